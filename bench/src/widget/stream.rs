//! A thousand tokens of Markdown, one each 5 ms: the work of the frame, beside that of one text node.

use serde_json::Value;

use super::samples::Samples;
use super::visit::{Conditions, PageVisit};
use super::{Bench, trace};
use crate::error::BenchResult;
use crate::stats::percentile;

/// The key that sends a question.
const ENTER: &str = "\n";

/// Waits until the reply is over, and kept; returns the length of its text.
const ENDED: &str = "new Promise((resolve) => {
  const look = () => {
    const reply = document.querySelector('.turn .reply');
    if (reply?.querySelector('.under')) resolve(reply.textContent.length);
    else setTimeout(look, 50);
  };
  look();
})";

/// Characters that a whole answer shows at least.
const MIN_LENGTH: f64 = 2_500.0;

/// Notes how long keys take.
const TYPING: &str = include_str!("probe/typing.js");

/// Letters that are typed into the next question, and the milliseconds between two.
const LETTERS: usize = 25;
const LETTER_INTERVAL: u64 = 150;

/// Figures of the frame, with their units and the browser's names. A busy machine draws fewer frames, and each is a layout:
/// work counts together with their number.
const FIGURES: &[(&str, &str, &str)] =
    &[("cpu_s", "s", "TaskDuration"), ("process_s", "s", "ProcessTime"), ("layouts", "", "LayoutCount")];

/// Streams one answer into the chat, and one into a text node.
pub(super) fn measure(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    with_chat(bench, |visit, frame| {
        let before = figures(visit, frame)?;
        answer(visit, frame)?;
        for ((name, unit, _), (after, before)) in
            FIGURES.iter().zip(figures(visit, frame)?.iter().zip(before))
        {
            samples.add(format!("widget.stream.{name}"), unit, after - before);
        }
        Ok(())
    })?;
    let page = bench.shop.text_node();
    let mut visit = PageVisit::start(&mut bench.browser, Conditions::Plain, &page)?;
    let frame = visit.frame()?;
    visit.moment(&frame, "ended")?;
    samples.add("widget.stream.text_node.cpu_s", "s", visit.metric(&frame, "TaskDuration")?);
    samples.add("widget.stream.text_node.layouts", "", visit.metric(&frame, "LayoutCount")?);
    Ok(())
}

fn figures(visit: &mut PageVisit<'_>, frame: &str) -> BenchResult<Vec<f64>> {
    FIGURES.iter().map(|(_, _, metric)| visit.metric(frame, metric)).collect()
}

/// Streams an answer under a trace, which itself costs time: the shares count, not their sum.
pub(super) fn measure_kinds(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    with_chat(bench, |visit, frame| {
        let before = visit.metric(frame, "TaskDuration")?;
        let kinds = trace::record(visit, frame, |visit| answer(visit, frame))?;
        let all = visit.metric(frame, "TaskDuration")? - before;
        samples.add("widget.work.other_s", "s", all - kinds.values().sum::<f64>());
        for (kind, seconds) in kinds {
            samples.add(format!("widget.work.{kind}_s"), "s", seconds);
        }
        Ok(())
    })
}

/// Types the next question while an answer is streamed.
pub(super) fn measure_typing(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    with_chat(bench, |visit, frame| {
        visit.evaluate(frame, TYPING)?;
        visit.type_text(ENTER)?;
        for _ in 0..LETTERS {
            visit.rest(LETTER_INTERVAL)?;
            visit.type_text("a")?;
        }
        let keys = visit.evaluate(frame, "bench.keys")?;
        let times: Vec<f64> = keys.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        samples.add("widget.typing.p50_ms", "ms", percentile(&times, 50));
        samples.add("widget.typing.p95_ms", "ms", percentile(&times, 95));
        Ok(())
    })
}

/// Sends the question and waits for the whole answer.
fn answer(visit: &mut PageVisit<'_>, frame: &str) -> BenchResult {
    visit.type_text(ENTER)?;
    let length = visit.number(frame, ENDED)?;
    if length < MIN_LENGTH {
        Err(format!("only {length} characters of an answer came").into())
    } else {
        Ok(())
    }
}

/// Opens a chat, writes a question, and lets `watch` send it and see what the answer does to the frame.
fn with_chat(bench: &mut Bench, watch: impl FnOnce(&mut PageVisit<'_>, &str) -> BenchResult) -> BenchResult {
    let shop = bench.shop.with_tag();
    let mut visit = PageVisit::start(&mut bench.browser, Conditions::Plain, &shop)?;
    visit.click()?;
    let (page, frame) = (visit.page(), visit.frame()?);
    visit.moment(&page, "ready")?;
    visit.moment(&frame, "focused")?;
    visit.rest(500)?;
    visit.type_text("Hello")?;
    watch(&mut visit, &frame)
}
