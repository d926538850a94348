//! A visitor who comes back to a conversation of 500 messages.

use super::Bench;
use super::samples::Samples;
use super::visit::{Conditions, PageVisit};
use crate::error::BenchResult;

/// Stores the conversation.
const HISTORY: &str = include_str!("probe/history.js");

/// Milliseconds after which a restored chat has nothing left to do.
const REST: u64 = 1_000;

/// Comes back to an empty chat, and then to a long one: both find the files in the browser's cache.
pub(super) fn measure(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    let shop = bench.shop.with_tag();
    let mut visit = PageVisit::start(&mut bench.browser, Conditions::Plain, &shop)?;
    visit.click()?;
    let page = visit.page();
    visit.moment(&page, "ready")?;
    let (empty, _) = come_back(&mut visit, &shop)?;
    let frame = visit.frame()?;
    visit.evaluate(&frame, HISTORY)?;
    let (full, elements) = come_back(&mut visit, &shop)?;
    samples.add("widget.restore.cpu_ms", "ms", full - empty);
    samples.add("widget.restore.elements", "", elements);
    Ok(())
}

/// Loads the page again, where the chat opens by itself; returns the work of the frame and its elements.
fn come_back(visit: &mut PageVisit<'_>, shop: &str) -> BenchResult<(f64, f64)> {
    visit.go_to(shop)?;
    let (page, frame) = (visit.page(), visit.frame()?);
    visit.moment(&page, "ready")?;
    visit.rest(REST)?;
    Ok((visit.cpu_ms(&frame)?, visit.number(&frame, "document.querySelectorAll('*').length")?))
}
