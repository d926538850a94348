//! The proxy's half: the release binary beside its floors.

mod porthole;

use crate::error::{Attempt, BenchResult};
use crate::options::Options;
use crate::report::{BenchReport, Measure};
use crate::usage::resident_kib;

/// Measures the proxy.
pub(crate) fn measure(options: &Options, report: &mut BenchReport) -> BenchResult {
    let folder = tempfile::tempdir().attempt("make a folder for logs")?;
    let proxy = porthole::start(&options.binary, folder.path(), &[])?;
    report.add(Measure::cost("proxy.idle.resident", resident_kib(proxy.id())? / 1024.0, "MiB"));
    Ok(())
}
