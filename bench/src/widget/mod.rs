//! The widget's half: a page, the release proxy and Chromium.

mod answer;
mod browser;
mod bytes;
mod launcher;
mod module;
mod open;
mod restore;
mod samples;
mod shop;
mod stream;
mod trace;
mod visit;

use tempfile::TempDir;

use self::browser::Browser;
use self::samples::Samples;
use self::shop::Shop;
use self::visit::Conditions;
use crate::error::{Attempt, BenchResult};
use crate::options::Options;
use crate::print;
use crate::process::ServerProcess;
use crate::proxy::porthole;
use crate::report::BenchReport;

/// The rounds of which the medians are taken, and those of `--quick`.
const ROUNDS: usize = 7;
const QUICK_ROUNDS: usize = 1;

/// Everything that a case needs.
#[derive(Debug)]
struct Bench {
    shop: Shop,
    browser: Browser,
    /// The machines on which times are taken.
    machines: &'static [(Conditions, &'static str)],
    proxy: ServerProcess,
    _folder: TempDir,
}

/// One case, measured once.
type Case = fn(&mut Bench, &mut Samples) -> BenchResult;

/// The cases, by the beginning of their measures' names.
const CASES: &[(&str, Case)] = &[
    ("widget.launcher", launcher::measure),
    ("widget.open", open::measure),
    ("widget.stream", stream::measure),
    ("widget.restore", restore::measure),
    ("widget.work", stream::measure_kinds),
    ("widget.typing", stream::measure_typing),
];
/// The first cases are those of `--quick`, on this machine as it is.
const QUICK_CASES: usize = 4;

/// Measures the widget: each round takes all cases in turn, so that drift hits all alike.
pub(crate) fn measure(options: &Options, report: &mut BenchReport) -> BenchResult {
    if !Browser::is_installed() {
        print::step(browser::REMEDY);
        return Ok(());
    }
    let mut bench = start(options)?;
    let mut samples = Samples::default();
    if options.wants("widget.module") {
        module::measure(&options.binary, &mut samples)?;
    }
    if options.wants("widget.bytes") {
        bytes::measure(&mut bench, &mut samples)?;
    }
    let (rounds, cases) = if options.quick { (QUICK_ROUNDS, &CASES[..QUICK_CASES]) } else { (ROUNDS, CASES) };
    for round in 1..=rounds {
        for (name, case) in cases.iter().filter(|(name, _)| options.wants(name)) {
            print::step(&format!("{name}, round {round} of {rounds}"));
            if let Err(error) = case(&mut bench, &mut samples) {
                print::step(&format!("{name}: {error}; this round does not count"));
            }
        }
    }
    samples.report(report);
    Ok(())
}

fn start(options: &Options) -> BenchResult<Bench> {
    let folder = tempfile::tempdir().attempt("make a folder for logs")?;
    let shop = Shop::start()?;
    let (origin, webhook) = (shop.origin(), shop.webhook());
    // Without TLS, as no proxy of production is.
    let settings =
        [("DEBUG", "true"), ("PUBLIC_URL", ""), ("ALLOWED_ORIGINS", &origin), ("N8N_WEBHOOK_URL", &webhook)];
    let proxy = porthole::start(&options.binary, folder.path(), &settings)?;
    shop.set_proxy(proxy.address());
    let machines = if options.quick { &Conditions::MACHINES[..1] } else { Conditions::MACHINES };
    Ok(Bench { shop, browser: Browser::start()?, machines, proxy, _folder: folder })
}
