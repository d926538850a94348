//! Settings whose other values come with later versions: one that silently did nothing would be worse than a refusal
//! to start.

use crate::reader::SettingReader;
use crate::setting::{DEPLOYMENT_MODE, Setting};

/// A setting, its only value so far, and the values to come.
const ONLY: [(&Setting, &str, &[&str]); 1] = [(&DEPLOYMENT_MODE, "stateless", &["sqlite", "production"])];

/// Rejects every value that does not exist yet.
pub(crate) fn reject(reader: &mut SettingReader<'_>) {
    for (setting, only, later) in ONLY {
        let text = reader.text(setting).unwrap_or_default();
        if later.contains(&text.as_str()) {
            reader.reject(setting, format_args!("`{text}` does not exist yet; set `{only}`"));
        } else if text != only {
            reader.reject(setting, format_args!("expected `{only}`"));
        }
    }
}
