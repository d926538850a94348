//! The one place that writes to the terminal.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks by printing"
)]

use crate::failure::Failure;

/// Announces the next step. On stderr, so that stdout holds results only.
pub(crate) fn step(text: &str) {
    eprintln!("\u{2192} {text}");
}

/// Prints a line of a result.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// Prints what went wrong and what to do.
pub(crate) fn failure(failure: &Failure) {
    eprintln!(
        "\n\u{2717} {}\n  {}",
        failure.what,
        failure.remedy.replace('\n', "\n  ")
    );
}
