//! Findings: each a thing that was checked, with its severity and its remedy. Their words stand in two tables.

use std::fmt;

use porthole_telemetry::controls::is_terminal_control;
use serde::Serialize;

/// The weight of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// As it should be.
    Ok,
    /// It works, but the operator should know.
    Warning,
    /// It does not work, or must not stay so.
    Problem,
}

/// A finding: a fact, and the remedy for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) level: Severity,
    /// The subject and the fact in a word each, such as `page.tag_twice`: stable, for scripts.
    pub(crate) code: &'static str,
    /// The setting, the flag or the file that it is about, where that is not always the same for the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<String>,
    pub(crate) message: String,
    /// Empty where there is nothing to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) remedy: String,
}

impl Finding {
    fn new(level: Severity, code: &'static str, message: fmt::Arguments<'_>) -> Self {
        Self { level, code, about: None, message: printable(&message.to_string()), remedy: String::new() }
    }

    fn remedy(self, remedy: fmt::Arguments<'_>) -> Self {
        Self { remedy: printable(&remedy.to_string()), ..self }
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

/// Makes a module of each subject, and in it a function of each finding, which takes the values in its words.
macro_rules! findings {
    ($($subject:ident { $(
        $level:ident $name:ident $(($($value:ident),+))? $message:literal $(=> $remedy:literal)?;
    )* })*) => { $(
        pub(crate) mod $subject {
            use crate::finding::{Finding, Severity};
            $(
                // Where all is well there is nothing to do; everywhere else there is.
                const _: () =
                    assert!(concat!($($remedy)?).is_empty() == matches!(Severity::$level, Severity::Ok));

                pub(crate) fn $name($($($value: impl std::fmt::Display),+)?) -> Finding {
                    let code = concat!(stringify!($subject), ".", stringify!($name));
                    Finding::new(Severity::$level, code, format_args!($message))
                        $(.remedy(format_args!($remedy)))?
                }
            )*
        }
    )* };
}

mod answers;
mod proxy;

pub(crate) use answers::*;
pub(crate) use proxy::*;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_finding_steers_a_terminal() {
        let finding = page::tag_path("evil\u{1b}[2J", "more\r\n\u{2028}\u{202e}").about("\u{7}");
        assert_eq!(finding.message, "The page loads evil\u{fffd}[2J, where this proxy has no script.");
        assert_eq!(finding.remedy, "Use more\u{fffd}\u{fffd}\u{fffd}\u{fffd}.");
        assert_eq!(finding.about.as_deref(), Some("\u{fffd}"));
    }
}
