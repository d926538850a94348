//! `cargo xtask test`.

use crate::failure::Outcome;
use crate::{process, project, say, setup, widget};

/// Runs every test; `filters` go on to cargo, as in `cargo xtask test -p porthole-domain`.
///
/// Nothing is printed after cargo's own report.
pub(crate) fn test(filters: &[&str]) -> Outcome {
    setup::browser()?;
    widget::build()?;
    say::step("Building the proxy");
    let remedy = "The compiler's message above names the place.";
    process::run(&mut process::cargo(&["build", "--workspace", "--bins"]), remedy)?;
    say::step("Running the tests");
    let selection: &[&str] = if filters.is_empty() {
        &["--workspace"]
    } else {
        filters
    };
    let arguments: Vec<&str> = ["test"].iter().chain(selection).copied().collect();
    let mut tests = process::cargo(&arguments);
    tests.env("PORTHOLE_BIN", project::proxy("debug")?);
    process::run(
        &mut tests,
        "The failed tests are listed above, each with its reason.",
    )
}
