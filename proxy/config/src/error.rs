//! Mistakes in the settings, named by setting or file; no message repeats a value, which may be a secret.

use std::fmt::{self, Display};
use std::path::Path;

use crate::setting::Setting;

/// A mistake in one setting or in the `.env` file.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingError {
    place: String,
    reason: String,
}

impl SettingError {
    /// Builds a mistake in a setting.
    pub fn new(setting: &Setting, reason: impl Display) -> Self {
        Self { place: setting.name.to_owned(), reason: reason.to_string() }
    }

    /// Builds a mistake in the text of a `.env` file. The parser's own message repeats the line, so only its number stays.
    pub(crate) fn in_dotenv(path: &Path, text: &[u8], error: &dotenvy::Error) -> Self {
        let reason = if let dotenvy::Error::Io(error) = error {
            error.to_string()
        } else {
            let line = line_number(text, error)
                .map_or_else(|| "a line".to_owned(), |number| format!("line {number}"));
            format!("{line} cannot be read: each is NAME=value, with quotes around spaces, `#` and `$`")
        };
        Self::in_file(path, reason)
    }

    /// Builds a mistake in a file as a whole.
    pub(crate) fn in_file(path: &Path, reason: impl Display) -> Self {
        Self { place: path.display().to_string(), reason: reason.to_string() }
    }

    /// Returns the setting's name, or the file's path.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// Returns the number of the line that the parser could not read, from 1.
fn line_number(text: &[u8], error: &dotenvy::Error) -> Option<usize> {
    let dotenvy::Error::LineParse(line, _) = error else {
        return None;
    };
    let text = std::str::from_utf8(text).ok()?;
    let first = line.lines().next()?.trim();
    // The parser names a line, or what stands behind its `=`.
    let at = text.lines().position(|line| line.trim().ends_with(first))?;
    Some(at + 1)
}
