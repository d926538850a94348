//! Output: the one place that writes to the terminal.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool prints")]

/// Announces the next step, on stderr, so that stdout holds the report only.
pub(crate) fn step(text: &str) {
    eprintln!("\u{2192} {text}");
}

/// Prints a result.
pub(crate) fn line(text: &str) {
    println!("{text}");
}
