//! Findings: each a thing that was checked, with its severity and its remedy.

mod code;

use porthole_telemetry::controls::is_terminal_control;
use serde::Serialize;

pub(crate) use code::{FindingCode, Severity};

/// A finding: a fact, and the remedy for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) level: Severity,
    pub(crate) code: FindingCode,
    /// The setting, the flag or the file that it is about, where that is not always the same for the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<String>,
    pub(crate) message: String,
    /// Empty where there is nothing to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) remedy: String,
}

impl FindingCode {
    /// Returns the finding whose message and remedy are those of the table.
    pub(crate) fn finding(self) -> Finding {
        debug_assert!(!self.message().is_empty(), "{self:?} needs a message of its own");
        self.with_message(self.message())
    }

    /// Returns the finding with this message, and with the remedy of the table.
    pub(crate) fn with_message(self, message: impl AsRef<str>) -> Finding {
        Finding {
            level: self.severity(),
            code: self,
            about: None,
            message: printable(message.as_ref()),
            remedy: self.remedy().to_owned(),
        }
    }
}

impl Finding {
    /// Returns the finding with a remedy of its own.
    pub(crate) fn remedy(self, remedy: impl AsRef<str>) -> Self {
        Self { remedy: printable(remedy.as_ref()), ..self }
    }

    /// Returns the finding with its setting, flag or file.
    pub(crate) fn about(self, name: &str) -> Self {
        Self { about: Some(printable(name)), ..self }
    }
}

/// Replaces terminal controls: addresses of pages and scripts come from outside.
fn printable(text: &str) -> String {
    text.replace(is_terminal_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_finding_steers_a_terminal() {
        let finding = FindingCode::PageTag.with_message("evil\u{1b}[2J").remedy("more\r\n\u{2028}\u{202e}");
        assert_eq!(
            (finding.message.as_str(), finding.remedy.as_str()),
            ("evil\u{fffd}[2J", "more\u{fffd}\u{fffd}\u{fffd}\u{fffd}")
        );
    }
}
