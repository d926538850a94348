//! The widget's half: a page, the release proxy and Chromium.

use crate::error::BenchResult;
use crate::options::Options;
use crate::report::BenchReport;

/// Measures the widget.
#[expect(clippy::unnecessary_wraps, reason = "nothing is measured here yet")]
pub(crate) fn measure(_options: &Options, _report: &mut BenchReport) -> BenchResult {
    Ok(())
}
