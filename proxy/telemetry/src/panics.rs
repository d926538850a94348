//! A panic in the log: one line with its place, and never its text, which may quote a visitor.

use std::panic;

use crate::event;

/// Sends the panics of this process to the log, instead of the runtime's own text to standard error.
pub fn install_hook() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        event!(ERROR, place, "process.panicked");
    }));
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use porthole_config::{LogConfig, LogFormat};

    use crate::log;

    const CHILD: &str = "PORTHOLE_TEST_PANICS";

    #[test]
    fn a_panic_is_one_line_that_does_not_say_what_it_was_about() {
        if std::env::var_os(CHILD).is_some() {
            log::start(&LogConfig { level: tracing::Level::INFO, format: LogFormat::Json });
            super::install_hook();
            panic!("canary\nof a visitor");
        }
        let test = "panics::tests::a_panic_is_one_line_that_does_not_say_what_it_was_about";
        let child = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture"])
            .env(CHILD, "1")
            .env("RUST_BACKTRACE", "1")
            .output()
            .unwrap();
        let log = String::from_utf8(child.stderr).unwrap();
        let lines: Vec<&str> = log.lines().filter(|line| line.contains("process.panicked")).collect();
        let [line] = lines[..] else { panic!("{log}") };
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["place"].as_str().unwrap().contains("panics.rs"), "{line}");
        assert!(!log.contains("canary") && !log.contains("visitor"), "{log}");
    }
}
