//! `cargo xtask kills`: kills of the proxy and of the browser in the middle of replies.

use crate::error::TaskResult;
use crate::{paths, print, process, setup, widget};

/// Kills as often as `options` say (`--proxy`, `--browser`, `--seed`, each with a number), and prints the counts.
pub(crate) fn test(options: &[&str]) -> TaskResult {
    setup::ensure_browser()?;
    widget::build()?;
    process::build_proxy()?;
    print::step("Killing");
    let mut suite = process::cargo(&["test", "--quiet", "--package", "porthole-tests", "--test", "kills"]);
    suite.args(["--", "--nocapture"]);
    suite.env("PORTHOLE_KILLS", options.join(" ")).env("PORTHOLE_BIN", paths::proxy_binary("debug")?);
    process::run(
        &mut suite,
        "The table above counts what went wrong, the message below it says what that was.",
    )
}
