//! A thousand tokens of Markdown, one each 5 ms: the work of the frame, beside that of one text node.

use serde_json::Value;

use super::samples::Samples;
use super::visit::{Conditions, PageVisit};
use super::{Bench, trace};
use crate::error::BenchResult;
use crate::stats::percentile;

/// Waits until the reply is over, and kept.
const ENDED: &str = "new Promise((resolve) => {
  const look = () => (document.querySelector('.turn .under') ? resolve(true) : setTimeout(look, 50));
  look();
})";

/// Notes how long keys take.
const TYPING: &str = include_str!("probe/typing.js");

/// Letters that are typed into the next question, and the milliseconds between two.
const LETTERS: usize = 25;
const LETTER_INTERVAL: u64 = 150;

/// Streams one answer into the chat, and one into a text node.
pub(super) fn measure(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    with_chat(bench, |visit, frame| {
        let before = [visit.metric(frame, "TaskDuration")?, visit.metric(frame, "ProcessTime")?];
        visit.evaluate(frame, ENDED)?;
        samples.add("widget.stream.cpu_s", "s", visit.metric(frame, "TaskDuration")? - before[0]);
        samples.add("widget.stream.process_s", "s", visit.metric(frame, "ProcessTime")? - before[1]);
        Ok(())
    })?;
    let page = bench.shop.text_node();
    let mut visit = PageVisit::start(&mut bench.browser, Conditions::Plain, &page)?;
    let frame = visit.frame()?;
    visit.moment(&frame, "ended")?;
    samples.add("widget.stream.text_node.cpu_s", "s", visit.metric(&frame, "TaskDuration")?);
    Ok(())
}

/// Streams an answer under a trace, which itself costs time: the shares count, not their sum.
pub(super) fn measure_kinds(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    with_chat(bench, |visit, frame| {
        let kinds = trace::record(visit, frame, |visit| visit.evaluate(frame, ENDED).map(drop))?;
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

/// Opens a chat, asks, and lets `watch` see what the answer does to the frame.
fn with_chat(bench: &mut Bench, watch: impl FnOnce(&mut PageVisit<'_>, &str) -> BenchResult) -> BenchResult {
    let shop = bench.shop.with_tag();
    let mut visit = PageVisit::start(&mut bench.browser, Conditions::Plain, &shop)?;
    visit.click()?;
    let (page, frame) = (visit.page(), visit.frame()?);
    visit.moment(&page, "ready")?;
    visit.moment(&frame, "focused")?;
    visit.rest(500)?;
    visit.type_text("Hello\n")?;
    watch(&mut visit, &frame)
}
