//! Output: the one place that writes to the terminal.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool prints")]

use crate::error::TaskError;

/// Announces the next step, on stderr, so that stdout holds results only.
pub(crate) fn step(text: &str) {
    eprintln!("\u{2192} {text}");
}

/// Prints a result.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// Prints an error and its remedy.
pub(crate) fn error(error: &TaskError) {
    eprintln!("\n\u{2717} {}\n  {}", error.message, error.remedy.replace('\n', "\n  "));
}
