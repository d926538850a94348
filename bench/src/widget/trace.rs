//! The work of a document's main thread by its kind, out of the browser's trace.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::visit::PageVisit;
use crate::error::{Attempt, BenchResult};

/// The kinds of work, each with the beginnings of its events' names; an event of another name is of the kind around it.
const KINDS: &[(&str, &[&str])] = &[
    (
        "script",
        &[
            "EvaluateScript",
            "v8",
            "V8",
            "FunctionCall",
            "TimerFire",
            "EventDispatch",
            "FireAnimationFrame",
            "RunMicrotasks",
            "MinorGC",
            "MajorGC",
        ],
    ),
    ("style", &["UpdateLayoutTree", "RecalculateStyles", "ScheduleStyleRecalculation"]),
    ("layout", &["Layout", "IntersectionObserverController"]),
    ("paint", &["PrePaint", "Paint", "Layerize", "UpdateLayer", "Commit", "CompositeLayers"]),
];
const OTHER: &str = "other";

/// The mark that tells the document's thread.
const MARK: &str = "bench.trace";

/// An event that lasts.
#[derive(Debug)]
struct Span<'a> {
    name: &'a str,
    start: f64,
    end: f64,
    /// Microseconds of the thread, without those in which it had to wait for the processor.
    work: f64,
}

/// Records a trace while `run` lasts; returns the seconds of each kind of work of the document's main thread.
pub(super) fn record(
    visit: &mut PageVisit<'_>,
    document: &str,
    run: impl FnOnce(&mut PageVisit<'_>) -> BenchResult,
) -> BenchResult<BTreeMap<&'static str, f64>> {
    let categories = json!({ "includedCategories": ["devtools.timeline", "v8", "blink.user_timing"] });
    let config = json!({ "transferMode": "ReportEvents", "traceConfig": categories });
    visit.browser().call("", "Tracing.start", &config)?;
    visit.evaluate(document, &format!("performance.mark('{MARK}'), true"))?;
    run(visit)?;
    let browser = visit.browser();
    browser.call("", "Tracing.end", &json!({}))?;
    browser.event(|event| event["method"] == "Tracing.tracingComplete")?;
    let collected = browser.events().iter().filter(|event| event["method"] == "Tracing.dataCollected");
    let events: Vec<&Value> =
        collected.filter_map(|event| event["params"]["value"].as_array()).flatten().collect();
    let mark =
        events.iter().find(|event| event["name"] == MARK).attempt("find the frame in the browser's trace")?;
    let thread = (&mark["pid"], &mark["tid"]);
    let spans = events
        .iter()
        .filter(|event| (&event["pid"], &event["tid"]) == thread)
        .filter_map(|event| span(event));
    Ok(seconds_by_kind(spans.collect()))
}

fn span(event: &Value) -> Option<Span<'_>> {
    let start = event["ts"].as_f64()?;
    let duration = event["dur"].as_f64().filter(|_| event["ph"] == "X")?;
    let work = event["tdur"].as_f64().unwrap_or(duration);
    Some(Span { name: event["name"].as_str()?, start, end: start + duration, work })
}

/// Sums the work of each kind, an inner event's without that of those within it.
fn seconds_by_kind(mut spans: Vec<Span<'_>>) -> BTreeMap<&'static str, f64> {
    spans.sort_by(|one, other| one.start.total_cmp(&other.start).then(other.end.total_cmp(&one.end)));
    let mut sums = BTreeMap::new();
    let mut around: Vec<(f64, &'static str)> = Vec::new();
    for span in spans {
        while around.last().is_some_and(|(end, _)| *end <= span.start) {
            around.pop();
        }
        let outer = around.last().map(|(_, kind)| *kind);
        let kind = kind_of(span.name).or(outer).unwrap_or(OTHER);
        if let Some(outer) = outer {
            *sums.entry(outer).or_default() -= span.work / 1e6;
        }
        *sums.entry(kind).or_default() += span.work / 1e6;
        around.push((span.end, kind));
    }
    sums
}

fn kind_of(name: &str) -> Option<&'static str> {
    let is_of = |beginnings: &&[&str]| beginnings.iter().any(|beginning| name.starts_with(beginning));
    KINDS.iter().find(|(_, beginnings)| is_of(beginnings)).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_work_is_counted_once_and_unknown_work_belongs_to_that_around_it() {
        let span = |name, start: f64, end: f64| Span { name, start, end, work: (end - start) * 1e6 };
        let sums = seconds_by_kind(vec![
            span("RunTask", 0.0, 10.0),
            span("Layout", 6.0, 9.0),
            span("FunctionCall", 1.0, 5.0),
            span("UpdateLayoutTree", 2.0, 3.0),
            span("Unknown", 3.0, 4.0),
            span("Paint", 10.0, 12.0),
        ]);
        let expected = [("layout", 3.0), ("other", 3.0), ("paint", 2.0), ("script", 3.0), ("style", 1.0)];
        assert_eq!(sums.into_iter().collect::<Vec<_>>(), expected);
    }
}
