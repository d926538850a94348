//! Log lines: JSON for machines, text for people; no value can forge a line.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::AUDIT;
use crate::config::{LogConfig, LogFormat};

/// Starts logging to standard error; a second call in one process changes nothing.
pub(crate) fn start(config: &LogConfig) {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .event_format(Lines(config.format));
    let _already_started = tracing_subscriber::registry()
        .with(wanted(config.level))
        .with(lines)
        .try_init();
}

/// Which events are written at a `LOG_LEVEL`.
fn wanted(level: Level) -> Targets {
    let level = LevelFilter::from_level(level);
    Targets::new()
        // Libraries talk at `info` about every connection, and below that about what it carries.
        .with_default(level.min(LevelFilter::WARN))
        // A client's bad bytes are no error of ours: `connection` answers and counts them.
        .with_target("actix_http::h1::dispatcher", LevelFilter::OFF)
        .with_target("porthole", level)
        // Who was let in and who was not is no matter of verbosity.
        .with_target(AUDIT, LevelFilter::INFO)
}

struct Lines(LogFormat);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        match self.0 {
            LogFormat::Json => writeln!(out, "{}", json_line(event, fields)?),
            LogFormat::Text => writeln!(out, "{}", text_line(event, &fields)),
        }
    }
}

/// One line for machines, in this order; what does not apply is null.
#[derive(Serialize)]
struct Entry<'a> {
    timestamp: String,
    level: &'a str,
    message: &'a str,
    module: Option<&'a str>,
    function: Option<&'a str>,
    line: Option<u32>,
    request_id: Option<&'a str>,
    /// That of the `traceparent` which the workflow gets.
    trace_id: Option<&'a str>,
    target: &'a str,
    #[serde(flatten)]
    others: Map<String, Value>,
}

fn json_line(event: &Event<'_>, mut fields: Fields) -> Result<String, fmt::Error> {
    let about = event.metadata();
    let mut taken = |name| match fields.others.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (function, request_id) = (taken("function"), taken("request_id"));
    let entry = Entry {
        timestamp: jiff::Timestamp::now().to_string(),
        level: about.level().as_str(),
        message: &fields.message,
        module: about.module_path(),
        function: function.as_deref(),
        line: about.line(),
        request_id: request_id.as_deref(),
        // A trace is named after the request that began it.
        trace_id: request_id.as_deref(),
        target: about.target(),
        others: fields.others,
    };
    let json = serde_json::to_string(&entry).map_err(|_| fmt::Error)?;
    Ok(harmless(&json).into_owned())
}

fn text_line(event: &Event<'_>, fields: &Fields) -> String {
    let about = event.metadata();
    let now = jiff::Timestamp::now().strftime("%H:%M:%S%.3f");
    let mut line = format!("{now} {:5} {}", about.level(), fields.message.escape_debug());
    if about.target() == AUDIT {
        line.push_str(" target=audit");
    }
    for (name, value) in fields.others.iter().filter(|(name, _)| *name != "function") {
        let _infallible = write!(line, " {name}={}", harmless(&value.to_string()));
    }
    line
}

/// JSON without what a terminal or a viewer obeys, or takes for the end of a line: JSON itself escapes only what is
/// below a space. Outside of strings it has no such characters, so that it stays the same JSON.
fn harmless(json: &str) -> Cow<'_, str> {
    if !json.contains(is_obeyed) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_obeyed(character) {
            let _infallible = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Controls, line separators, and what turns or hides text.
pub(crate) fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[derive(Default)]
struct Fields {
    message: String,
    others: Map<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        let value = value.into();
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            (name, value) => {
                self.others.insert(name.to_owned(), value);
            }
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::Layer as _;

    use super::*;
    use crate::telemetry;

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

    fn written(format: LogFormat, level: Level, say: impl FnOnce()) -> String {
        let written = Written::default();
        let out = written.clone();
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(move || out.clone())
            .event_format(Lines(format))
            .with_filter(wanted(level));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), say);
        String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
    }

    /// What ends a line, commands a terminal, closes a quotation, turns or hides text.
    const HOSTILE: &str = "a\r\n{\"level\":\"ERROR\"}\u{1b}[31m\u{9b}2J\u{7f}\0\u{85}\u{2028}\u{2029}\u{202e}\u{2066}\u{200b}\u{feff}\"' b";

    fn say_hostile() {
        telemetry::event!(INFO, request_id = "0199", value = HOSTILE, shown = %HOSTILE, told = ?HOSTILE, "{}", HOSTILE);
    }

    #[test]
    fn no_value_forges_a_line_or_commands_a_terminal() {
        for format in [LogFormat::Json, LogFormat::Text] {
            let log = written(format, Level::INFO, say_hostile);
            let line = log.strip_suffix('\n').unwrap();
            let obeyed: Vec<char> = line.chars().filter(|character| is_obeyed(*character)).collect();
            assert!(obeyed.is_empty(), "{obeyed:?} in {line:?}");
        }
    }

    #[test]
    fn a_json_line_reads_back_as_what_was_said() {
        let log = written(LogFormat::Json, Level::INFO, say_hostile);
        let line: Value = serde_json::from_str(&log).unwrap();
        assert_eq!(line["message"], HOSTILE);
        assert_eq!(line["value"], HOSTILE);
        assert_eq!(line["shown"], HOSTILE);
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["function"], "say_hostile");
        assert_eq!(line["module"], module_path!());
        assert!(line["line"].is_u64() && line["timestamp"].is_string(), "{line}");
        assert_eq!(
            (&line["request_id"], &line["trace_id"]),
            (&"0199".into(), &"0199".into())
        );
    }

    #[test]
    fn every_json_line_has_the_members_of_the_contract() {
        let log = written(
            LogFormat::Json,
            Level::WARN,
            || tracing::warn!(target: "hyper", "theirs"),
        );
        let line: Map<String, Value> = serde_json::from_str(&log).unwrap();
        for name in [
            "timestamp",
            "level",
            "message",
            "module",
            "function",
            "line",
            "request_id",
            "trace_id",
        ] {
            assert!(line.contains_key(name), "{name} in {log}");
        }
    }

    #[test]
    fn libraries_stay_quiet_however_much_is_asked_of_us() {
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
            telemetry::event!(INFO, target: AUDIT, "audited");
            telemetry::event!(WARN, "quiet");
            tracing::warn!(target: "hyper", "quiet");
            tracing::error!(target: "actix_http::h1::dispatcher", "quiet");
        });
        assert!(log.contains("audited") && !log.contains("quiet"), "{log}");
        let log = written(
            LogFormat::Json,
            Level::TRACE,
            || telemetry::event!(DEBUG, target: AUDIT, "quiet"),
        );
        assert_eq!(log, "");
    }
}
