//! `cargo xtask frameworks`: pages of real frameworks around the chat.

use std::path::Path;
use std::process::Command;

use crate::error::TaskResult;
use crate::{npm, paths, print, process, setup, widget};

/// The setting that names the frameworks' folder.
const FOLDER: &str = "PORTHOLE_FRAMEWORKS";

/// Navigates pages of each framework around a running reply.
///
/// They are installed by npm, once, into the folder that `PORTHOLE_FRAMEWORKS` names, or into the user's cache.
pub(crate) fn test() -> TaskResult {
    npm::require(npm::NPM)?;
    let folder = npm::folder(FOLDER, "frameworks")?;
    build(&folder)?;
    setup::ensure_browser()?;
    widget::build()?;
    process::build_proxy()?;
    print::step("Visiting the pages of each framework");
    let mut suite =
        process::cargo(&["test", "--quiet", "--package", "porthole-tests", "--test", "frameworks"]);
    suite.env(FOLDER, &folder).env("PORTHOLE_BIN", paths::proxy_binary("debug")?);
    process::run(&mut suite, "The message above names the framework and the page.")
}

/// Installs what is missing, and builds the pages.
fn build(folder: &Path) -> TaskResult {
    print::step("Installing the frameworks (200 MB, once), and building their pages");
    let mut copy = Command::new("cp");
    copy.arg("-R").arg(paths::root().join("tests/frameworks/site/.")).arg(folder);
    process::run(&mut copy, "Is the disk full?")?;
    let remedy = "npm's message above says why. The registry must be within reach.";
    process::run(npm::command(folder).args(npm::INSTALL), remedy)?;
    let mut build = npm::command(folder);
    process::run(build.args(["run", "--silent", "build"]).env("ASTRO_TELEMETRY_DISABLED", "1"), remedy)
}
