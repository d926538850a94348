//! `cargo xtask frameworks`: pages of real frameworks around the chat.

use std::path::Path;

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
    npm::fill(folder, "tests/frameworks/site")?;
    npm::install(folder)?;
    let mut build = npm::command(folder);
    build.args(["run", "--silent", "build"]).env("ASTRO_TELEMETRY_DISABLED", "1");
    process::run(&mut build, "npm's message above says why.")
}
