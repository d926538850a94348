//! axe-core, which the browser tests run in every state of the chat; nothing of it is shipped.

use std::fs;

use crate::error::{ErrorContext, TaskResult};
use crate::{npm, paths, print, process, setup};

/// Installs axe-core into Cargo's output, unless this version of it is there.
///
/// Its version and hash stand in `tests/browser/axe`.
pub(crate) fn ensure() -> TaskResult {
    let folder = paths::target()?.join("axe");
    let wanted = fs::read(paths::root().join("tests/browser/axe/package-lock.json"))
        .context("read the version of axe-core", paths::FILE_REMEDY)?;
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.exists() && fs::read(folder.join("package-lock.json")).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    setup::ensure_npm()?;
    print::step("Installing axe-core for the browser tests");
    fs::create_dir_all(&folder).context("create the folder of axe-core", paths::FILE_REMEDY)?;
    npm::fill(&folder, "tests/browser/axe")?;
    let remedy = "npm's message above says why. The registry must be within reach.";
    process::run(npm::command(&folder).args(npm::CLEAN_INSTALL), remedy)
}
