//! Log lines: JSON for machines, text for people; no value can forge a line.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{LogConfig, LogFormat};

/// Starts logging to standard error; a second call in one process changes nothing.
pub(crate) fn start(config: &LogConfig) {
    // Libraries talk at `info` about every connection; theirs is wanted from `warn` on.
    let filter = Targets::new()
        .with_default(LevelFilter::WARN)
        // A client's bad bytes are no error of ours: `connection` answers and counts them.
        .with_target("actix_http::h1::dispatcher", LevelFilter::OFF)
        .with_target("porthole", config.level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .event_format(Lines(config.format));
    let _already_started = tracing_subscriber::registry().with(filter).with(lines).try_init();
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
            LogFormat::Json => writeln!(out, "{}", json_line(event, fields)),
            LogFormat::Text => writeln!(out, "{}", text_line(event, &fields)),
        }
    }
}

fn json_line(event: &Event<'_>, fields: Fields) -> Value {
    let about = event.metadata();
    let mut line = Map::new();
    line.insert("timestamp".into(), jiff::Timestamp::now().to_string().into());
    line.insert("level".into(), about.level().as_str().into());
    line.insert("message".into(), fields.message.into());
    line.insert("target".into(), about.target().into());
    line.insert("module".into(), about.module_path().into());
    line.insert("line".into(), about.line().into());
    line.extend(fields.others);
    Value::Object(line)
}

fn text_line(event: &Event<'_>, fields: &Fields) -> String {
    let about = event.metadata();
    let now = jiff::Timestamp::now().strftime("%H:%M:%S%.3f");
    let mut line = format!("{now} {:5} {}", about.level(), fields.message.escape_debug());
    for (name, value) in fields.others.iter().filter(|(name, _)| *name != "function") {
        // A JSON value has no raw control characters, so a line stays one line.
        let _infallible = write!(line, " {name}={value}");
    }
    line
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
