//! A thousand tokens of Markdown, one each 5 ms: the work of the frame, beside that of one text node.

use super::Bench;
use super::samples::Samples;
use super::visit::{Conditions, PageVisit};
use crate::error::BenchResult;

/// Waits until the reply is over, and kept.
const ENDED: &str = "new Promise((resolve) => {
  const look = () => (document.querySelector('.turn .under') ? resolve(true) : setTimeout(look, 50));
  look();
})";

/// Figures of the frame's main thread, by the browser's name for each.
const METRICS: &[(&str, &str)] = &[
    ("cpu_s", "TaskDuration"),
    ("script_s", "ScriptDuration"),
    ("style_s", "RecalcStyleDuration"),
    ("layout_s", "LayoutDuration"),
    ("process_s", "ProcessTime"),
];

/// Streams one answer into the chat, and one into a text node.
pub(super) fn measure(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    into_chat(bench, samples)?;
    into_text_node(bench, samples)
}

fn into_chat(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    let shop = bench.shop.with_tag();
    let mut visit = PageVisit::start(&mut bench.browser, Conditions::Plain, &shop)?;
    visit.click()?;
    let (page, frame) = (visit.page(), visit.frame()?);
    visit.moment(&page, "ready")?;
    visit.rest(500)?;
    let before = metrics(&mut visit, &frame)?;
    visit.type_text("Hello\n")?;
    visit.evaluate(&frame, ENDED)?;
    let after = metrics(&mut visit, &frame)?;
    for ((name, _), (before, after)) in METRICS.iter().zip(before.into_iter().zip(after)) {
        samples.add(format!("widget.stream.{name}"), "s", after - before);
    }
    Ok(())
}

fn into_text_node(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    let page = bench.shop.text_node();
    let mut visit = PageVisit::start(&mut bench.browser, Conditions::Plain, &page)?;
    let frame = visit.frame()?;
    visit.moment(&frame, "ended")?;
    let cpu = visit.metric(&frame, "TaskDuration")?;
    samples.add("widget.stream.floor.cpu_s", "s", cpu);
    Ok(())
}

fn metrics(visit: &mut PageVisit<'_>, frame: &str) -> BenchResult<Vec<f64>> {
    METRICS.iter().map(|(_, metric)| visit.metric(frame, metric)).collect()
}
