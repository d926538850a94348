//! Development or production.

use crate::reader::SettingReader;
use crate::setting::DEBUG;

/// The rules that hold: those of a machine on the internet, or those of a developer's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// `DEBUG=true`.
    Development,
    /// The default.
    Production,
}

impl Stage {
    pub(crate) fn read(reader: &mut SettingReader<'_>) -> Self {
        match reader.switch(&DEBUG) {
            Some(true) => Self::Development,
            _ => Self::Production,
        }
    }
}
