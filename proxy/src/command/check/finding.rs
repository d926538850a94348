//! One thing that was looked at, and what came of it.

use porthole_telemetry::controls::is_terminal_control;
use serde::Serialize;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// As it should be.
    Ok,
    /// It works, but somebody should know.
    Warning,
    /// It does not work, or must not stay so.
    Problem,
}

impl Level {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// One finding: what was seen, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) level: Level,
    /// Stable, for scripts.
    pub(super) code: &'static str,
    /// The setting, the flag or the file that it is about, where that is not always the same for the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) about: Option<String>,
    pub(super) message: String,
    /// Empty where there is nothing to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) remedy: String,
}

impl Finding {
    pub(super) fn ok(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Level::Ok, code, &message.into(), "")
    }

    pub(super) fn warning(code: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Level::Warning, code, &message.into(), &remedy.into())
    }

    pub(super) fn problem(code: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Level::Problem, code, &message.into(), &remedy.into())
    }

    /// The same, with what it is about.
    pub(super) fn about(self, name: &str) -> Self {
        Self {
            about: Some(printable(name)),
            ..self
        }
    }

    fn new(level: Level, code: &'static str, message: &str, remedy: &str) -> Self {
        Self {
            level,
            code,
            about: None,
            message: printable(message),
            remedy: printable(remedy),
        }
    }
}

/// Addresses of pages and scripts come from outside: none of them moves the cursor of a terminal, ends or turns a line.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if is_terminal_control(c) { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_finding_steers_a_terminal() {
        let finding = Finding::warning("a.b", "evil\u{1b}[2J", "more\r\n\u{2028}\u{202e}");
        assert_eq!(
            (finding.message.as_str(), finding.remedy.as_str()),
            ("evil\u{fffd}[2J", "more\u{fffd}\u{fffd}\u{fffd}\u{fffd}")
        );
    }
}
