//! The log: what is written to standard error at which level.

use porthole_config::LogConfig;
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::AUDIT;
use crate::line::LineFormatter;

/// Starts logging to standard error; a second call in one process changes nothing.
pub fn start(config: &LogConfig) {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .event_format(LineFormatter(config.format));
    let _already_started = tracing_subscriber::registry().with(filter(config.level)).with(lines).try_init();
}

/// Selects the events that are written at a `LOG_LEVEL`.
fn filter(level: Level) -> Targets {
    let level = LevelFilter::from_level(level);
    Targets::new()
        // Libraries log every connection at `info`, and its contents below that.
        .with_default(level.min(LevelFilter::WARN))
        // A client's malformed bytes are no error of ours: the server answers and counts them.
        .with_target("actix_http::h1::dispatcher", LevelFilter::OFF)
        // All crates of the proxy have names that begin so.
        .with_target("porthole", level)
        .with_target(AUDIT, LevelFilter::INFO)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use porthole_config::LogFormat;
    use serde_json::{Map, Value};
    use tracing_subscriber::Layer as _;

    use super::*;
    use crate::controls::is_terminal_control;
    use crate::event;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, level: Level, log: impl FnOnce()) -> String {
        let written = Written::default();
        let out = written.clone();
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(move || out.clone())
            .event_format(LineFormatter(format))
            .with_filter(filter(level));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), log);
        String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
    }

    /// Characters that end a line, command a terminal, close a quotation, turn or hide text.
    const HOSTILE: &str = "a\r\n{\"level\":\"ERROR\"}\u{1b}[31m\u{9b}2J\u{7f}\0\u{85}\u{2028}\u{2029}\u{202e}\u{2066}\u{200b}\u{feff}\"' b";

    fn log_hostile() {
        event!(INFO, request_id = "0199", value = HOSTILE, displayed = %HOSTILE, debugged = ?HOSTILE, "{}", HOSTILE);
    }

    #[test]
    fn no_value_forges_a_line_or_commands_a_terminal() {
        for format in [LogFormat::Json, LogFormat::Text] {
            let log = written(format, Level::INFO, log_hostile);
            let line = log.strip_suffix('\n').unwrap();
            let controls: Vec<char> =
                line.chars().filter(|character| is_terminal_control(*character)).collect();
            assert!(controls.is_empty(), "{controls:?} in {line:?}");
        }
    }

    #[test]
    fn a_json_line_reads_back_as_what_was_logged() {
        let log = written(LogFormat::Json, Level::INFO, log_hostile);
        let line: Value = serde_json::from_str(&log).unwrap();
        assert_eq!(line["message"], HOSTILE);
        assert_eq!(line["value"], HOSTILE);
        assert_eq!(line["displayed"], HOSTILE);
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["function"], "log_hostile");
        assert_eq!(line["module"], module_path!());
        assert!(line["line"].is_u64() && line["timestamp"].is_string(), "{line}");
        assert_eq!((&line["request_id"], &line["trace_id"]), (&"0199".into(), &"0199".into()));
    }

    #[test]
    fn every_json_line_has_the_members_of_the_contract() {
        let log = written(LogFormat::Json, Level::WARN, || tracing::warn!(target: "hyper", "theirs"));
        let line: Map<String, Value> = serde_json::from_str(&log).unwrap();
        for name in ["timestamp", "level", "message", "module", "function", "line", "request_id", "trace_id"]
        {
            assert!(line.contains_key(name), "{name} in {log}");
        }
    }

    #[test]
    fn libraries_stay_quiet_at_every_level_of_ours() {
        let log = written(LogFormat::Json, Level::TRACE, || {
            tracing::info!(target: "hyper::proto", "canary");
            tracing::trace!(target: "rustls", "canary");
            tracing::debug!(target: "reqwest", "canary");
            tracing::debug!(target: "actix_http::h1", "canary");
        });
        assert_eq!(log, "");
    }

    #[test]
    fn audit_is_written_at_every_level_and_libraries_at_none_above_ours() {
        let log = written(LogFormat::Json, Level::ERROR, || {
            event!(INFO, target: AUDIT, "audited");
            event!(WARN, "quiet");
            tracing::warn!(target: "hyper", "quiet");
            tracing::error!(target: "actix_http::h1::dispatcher", "quiet");
        });
        assert!(log.contains("audited") && !log.contains("quiet"), "{log}");
        let log = written(LogFormat::Json, Level::TRACE, || event!(DEBUG, target: AUDIT, "quiet"));
        assert_eq!(log, "");
    }
}
