//! From the click to a text box that is seen, has the focus and takes a key.

use super::Bench;
use super::samples::Samples;
use super::visit::{Conditions, PageVisit};
use crate::error::BenchResult;
use crate::print;

/// The visitor's ways to the click.
const WAYS: &[(&str, Approach)] =
    &[("cold", Approach::Cold), ("hovered", Approach::Hovered), ("warm", Approach::Warm)];

/// Milliseconds between pointing at a button and pressing it.
const HOVER: u64 = 300;
/// Milliseconds after which a frame that is loaded has nothing left to do.
const REST: u64 = 1_500;

/// The text in the box, as soon as there is some.
const TYPED: &str = "new Promise((resolve) => {
  const look = () => document.getElementById('text').value ? resolve(document.getElementById('text').value) : setTimeout(look, 10);
  look();
  setTimeout(resolve, 20_000, 'nothing');
})";

/// The moment before the click.
#[derive(Clone, Copy, Debug)]
enum Approach {
    /// Nothing but the launcher is loaded.
    Cold,
    /// The pointer has just reached the launcher.
    Hovered,
    /// The pointer has been there, and all is loaded since long.
    Warm,
}

/// Opens the chat once in each way, on each machine; over a slow network only the first visit is slow.
pub(super) fn measure(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    for &(conditions, suffix) in bench.machines {
        let ways = if conditions == Conditions::SlowNetwork { &WAYS[..1] } else { WAYS };
        for (name, approach) in ways {
            open(bench, conditions, *approach, &format!("widget.open.{name}{suffix}"), samples)?;
        }
    }
    Ok(())
}

fn open(
    bench: &mut Bench,
    conditions: Conditions,
    approach: Approach,
    name: &str,
    samples: &mut Samples,
) -> BenchResult {
    let shop = bench.shop.with_tag();
    let mut visit = PageVisit::start(&mut bench.browser, conditions, &shop)?;
    let page = visit.page();
    visit.moment(&page, "first-paint")?;
    visit.rest(HOVER)?;
    let mut loaded = 0.0;
    match approach {
        Approach::Cold => {}
        Approach::Hovered => {
            visit.hover()?;
            visit.rest(HOVER)?;
        }
        Approach::Warm => {
            visit.hover()?;
            visit.moment(&page, "ready")?;
            visit.rest(REST)?;
            let frame = visit.frame()?;
            loaded = visit.cpu_ms(&frame)?;
        }
    }
    let before = visit.cpu_ms(&page)?;
    visit.click()?;
    let frame = visit.frame()?;
    let clicked = visit.moment(&page, "clicked")?;
    let focused = visit.moment(&frame, "focused")? - clicked;
    let seen = visit.moment(&page, "seen")? - clicked;
    visit.type_text("a")?;
    let text = visit.evaluate(&frame, TYPED)?;
    if text != "a" {
        print::step(&format!("{name}: a key that was typed became {text}; this round does not count"));
        return Ok(());
    }
    let ready = visit.moment(&page, "ready")? - clicked;
    samples.add(format!("{name}.ms"), "ms", focused.max(seen));
    samples.add(format!("{name}.focused_ms"), "ms", focused);
    samples.add(format!("{name}.app_ms"), "ms", ready.max(focused).max(seen));
    if conditions == Conditions::Plain {
        visit.rest(REST)?;
        samples.add(format!("{name}.page_cpu_ms"), "ms", visit.cpu_ms(&page)? - before);
        samples.add(format!("{name}.frame_cpu_ms"), "ms", visit.cpu_ms(&frame)? - loaded);
    }
    Ok(())
}
