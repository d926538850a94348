//! Settings of the log.

use crate::reader::SettingReader;
use crate::setting::{LOG_FORMAT, LOG_LEVEL};
use crate::stage::Stage;

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// The log's level and format.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// The least severe level that is written.
    pub level: tracing::Level,
    /// The format of log lines.
    pub format: LogFormat,
}

impl LogConfig {
    pub(crate) fn read(reader: &mut SettingReader<'_>, stage: Stage) -> Self {
        let level = reader.parsed(&LOG_LEVEL, "error, warn, info, debug or trace");
        let format = reader.choice(&LOG_FORMAT, &[("json", LogFormat::Json), ("text", LogFormat::Text)]);
        Self {
            level: level.unwrap_or(tracing::Level::INFO),
            format: format.unwrap_or(match stage {
                Stage::Development => LogFormat::Text,
                Stage::Production => LogFormat::Json,
            }),
        }
    }
}
