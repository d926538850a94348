//! The cost of a tag for those who never chat: the launcher's paint, and the page's work over one without the tag.

use super::Bench;
use super::samples::Samples;
use super::visit::{Conditions, PageVisit};
use crate::error::BenchResult;

/// Milliseconds after which a page with the tag has nothing left to do.
const REST: u64 = 700;

/// Visits the page with the tag on each machine, and one without it.
pub(super) fn measure(bench: &mut Bench, samples: &mut Samples) -> BenchResult {
    for &(conditions, suffix) in bench.machines {
        let shop = bench.shop.with_tag();
        let mut visit = PageVisit::start(&mut bench.browser, conditions, &shop)?;
        let page = visit.page();
        let painted = visit.moment(&page, "first-paint")? - visit.moment(&page, "tag")?;
        samples.add(format!("widget.launcher{suffix}.ms"), "ms", painted);
        if conditions == Conditions::Plain {
            let with_tag = cpu(visit)?;
            let blank = bench.shop.blank();
            let without = cpu(PageVisit::start(&mut bench.browser, conditions, &blank)?)?;
            samples.add("widget.launcher.page_cpu_ms", "ms", with_tag - without);
        }
    }
    Ok(())
}

fn cpu(mut visit: PageVisit<'_>) -> BenchResult<f64> {
    visit.rest(REST)?;
    let page = visit.page();
    visit.cpu_ms(&page)
}
