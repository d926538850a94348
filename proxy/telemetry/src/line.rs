//! A log line: JSON for machines, text for people; no value can forge another line.

use std::fmt::{self, Write as _};

use porthole_config::LogFormat;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::AUDIT;
use crate::controls::escape_controls;

/// Writes events as lines of a format.
pub(crate) struct LineFormatter(pub(crate) LogFormat);

impl<S, N> FormatEvent<S, N> for LineFormatter
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = EventFields::default();
        event.record(&mut fields);
        match self.0 {
            LogFormat::Json => writeln!(out, "{}", json_line(event, fields)?),
            LogFormat::Text => writeln!(out, "{}", text_line(event, &fields)),
        }
    }
}

/// The members of a JSON line, in this order; a member that does not apply is null.
#[derive(Serialize)]
struct JsonLine<'a> {
    timestamp: String,
    level: &'a str,
    message: &'a str,
    module: Option<&'a str>,
    function: Option<&'a str>,
    line: Option<u32>,
    request_id: Option<&'a str>,
    /// The trace of the `traceparent` header that the workflow gets.
    trace_id: Option<&'a str>,
    target: &'a str,
    #[serde(flatten)]
    others: Map<String, Value>,
}

fn json_line(event: &Event<'_>, mut fields: EventFields) -> Result<String, fmt::Error> {
    let metadata = event.metadata();
    let (function, request_id) = (fields.remove_text("function"), fields.remove_text("request_id"));
    let line = JsonLine {
        timestamp: jiff::Timestamp::now().to_string(),
        level: metadata.level().as_str(),
        message: &fields.message,
        module: metadata.module_path(),
        function: function.as_deref(),
        line: metadata.line(),
        request_id: request_id.as_deref(),
        // The first request of a trace gives it its id.
        trace_id: request_id.as_deref(),
        target: metadata.target(),
        others: fields.others,
    };
    let json = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
    Ok(escape_controls(&json).into_owned())
}

fn text_line(event: &Event<'_>, fields: &EventFields) -> String {
    let metadata = event.metadata();
    let now = jiff::Timestamp::now().strftime("%H:%M:%S%.3f");
    let mut line = format!("{now} {:5} {}", metadata.level(), fields.message.escape_debug());
    if metadata.target() == AUDIT {
        line.push_str(" target=audit");
    }
    for (name, value) in fields.others.iter().filter(|(name, _)| *name != "function") {
        let _infallible = write!(line, " {name}={}", escape_controls(&value.to_string()));
    }
    line
}

/// The fields of an event, by name.
#[derive(Default)]
struct EventFields {
    message: String,
    others: Map<String, Value>,
}

impl EventFields {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        let value = value.into();
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            (name, value) => {
                self.others.insert(name.to_owned(), value);
            }
        }
    }

    fn remove_text(&mut self, name: &str) -> Option<String> {
        match self.others.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }
}

impl Visit for EventFields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }
}
