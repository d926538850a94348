//! The pace of an answer: as it is written, or held back.

use std::time::Duration;

use serde_json::Value;

use crate::finding::{Finding, answer};

/// Text that comes this far apart was written while the proxy waited.
const APART: Duration = Duration::from_millis(25);

/// So many parts in one moment were held back by an intermediary; fewer may just be a short answer.
const MANY_PARTS: usize = 4;

/// Two parts that come in one moment after so long were not written in one moment.
const WAITED: Duration = Duration::from_millis(250);

/// The shape of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyShape {
    /// JSON lines or server-sent events, made of so many parts.
    Stream { parts: usize },
    /// One JSON value.
    Document,
    /// Text as it is.
    Plain,
}

/// Judges the pace by the body and the times at which text came.
pub(super) fn judge(body: &str, arrivals: &[Duration]) -> Finding {
    pace(shape(body), arrivals)
}

/// Returns `true` for JSON lines and server-sent events.
pub(super) fn is_stream(body: &str) -> bool {
    matches!(shape(body), BodyShape::Stream { .. })
}

/// Returns `true` where a body that was cut would be known: one JSON value, or the lines of n8n, which say their end.
pub(super) fn shows_its_end(body: &str) -> bool {
    shape(body) == BodyShape::Document || body.lines().any(|line| is_of_kind(line, "end"))
}

fn pace(shape: BodyShape, arrivals: &[Duration]) -> Finding {
    let spread = match arrivals {
        [first, .., last] => last.saturating_sub(*first),
        _ => Duration::ZERO,
    };
    match shape {
        BodyShape::Document => answer::whole(),
        _ if spread >= APART => answer::streams(),
        BodyShape::Plain => answer::whole(),
        BodyShape::Stream { parts } if parts >= MANY_PARTS => answer::buffered(),
        BodyShape::Stream { parts } if parts > 1 && arrivals.first() >= Some(&WAITED) => answer::buffered(),
        BodyShape::Stream { .. } => answer::short(),
    }
}

fn shape(body: &str) -> BodyShape {
    let text = body.replace("\r\n", "\n");
    let events = text.split("\n\n").filter(|event| is_event(event)).count();
    let parts = events + text.lines().filter(|line| is_of_kind(line, "item")).count();
    if parts > 0 {
        BodyShape::Stream { parts }
    } else if text.trim_start().starts_with(['{', '[', '"']) {
        BodyShape::Document
    } else {
        BodyShape::Plain
    }
}

/// Returns `true` for a server-sent event with data other than the word that some streams end with.
fn is_event(event: &str) -> bool {
    let mut data = event.lines().filter_map(|line| line.strip_prefix("data:"));
    data.any(|data| !matches!(data.trim(), "" | "[DONE]"))
}

/// Returns `true` for one of n8n's lines of this kind.
fn is_of_kind(line: &str, kind: &str) -> bool {
    let value: Option<Value> = serde_json::from_str(line).ok();
    value.is_some_and(|value| value["type"] == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_times_of_text_make_a_stream() {
        let many = BodyShape::Stream { parts: 40 };
        let table: [(BodyShape, &[u64], &str); 12] = [
            (many, &[100, 125], "answer.streams"),
            (many, &[100, 110, 120, 130], "answer.streams"),
            (many, &[100, 101, 124], "answer.buffered"),
            (many, &[5000], "answer.buffered"),
            (BodyShape::Stream { parts: 2 }, &[250], "answer.buffered"),
            (BodyShape::Stream { parts: 3 }, &[249], "answer.short"),
            (BodyShape::Stream { parts: 1 }, &[5000], "answer.short"),
            (BodyShape::Stream { parts: 1 }, &[0], "answer.short"),
            (BodyShape::Document, &[100], "answer.whole"),
            (BodyShape::Document, &[100, 900], "answer.whole"),
            (BodyShape::Plain, &[100], "answer.whole"),
            (BodyShape::Plain, &[100, 900], "answer.streams"),
        ];
        for (shape, millis, want) in table {
            let arrivals: Vec<Duration> = millis.iter().copied().map(Duration::from_millis).collect();
            assert_eq!(pace(shape, &arrivals).code, want, "{shape:?} {millis:?}");
        }
    }
}
