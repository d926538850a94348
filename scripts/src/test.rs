//! `cargo xtask test`.

use crate::error::TaskResult;
use crate::{axe, paths, print, process, setup, widget};

/// Runs every test; `filters` go on to cargo, as in `cargo xtask test -p porthole-domain`.
///
/// Nothing is printed after cargo's own report.
pub(crate) fn test(filters: &[&str]) -> TaskResult {
    setup::ensure_browser()?;
    axe::ensure()?;
    widget::build()?;
    print::step("Building the proxy");
    process::run(&mut process::cargo(&["build", "--workspace", "--bins"]), process::COMPILER_REMEDY)?;
    print::step("Running the tests");
    let selection: &[&str] = if filters.is_empty() { &["--workspace"] } else { filters };
    let mut tests = process::cargo(&[&["test"], selection].concat());
    tests.env("PORTHOLE_BIN", paths::proxy_binary("debug")?);
    process::run(&mut tests, "The failed tests are listed above, each with its reason.")
}
