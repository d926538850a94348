//! `cargo xtask agents`: the recipes for agents that npm has, run as they are.

use crate::error::TaskResult;
use crate::{npm, paths, print, process, setup, widget};

/// The setting that names the agents' folder.
const FOLDER: &str = "PORTHOLE_AGENTS";

/// The recipes, folders of `examples/agents`; each has packages of its own, since their major versions differ.
const RECIPES: [&str; 2] = ["ai-sdk", "ag-ui"];

/// Asks each agent in a browser.
///
/// Their packages are installed by npm, once, into the folder that `PORTHOLE_AGENTS` names, or into the user's cache.
pub(crate) fn test() -> TaskResult {
    npm::require(npm::NPM)?;
    let folder = npm::folder(FOLDER, "agents")?;
    print::step("Installing the packages of the recipes (400 MB, once)");
    npm::fill(&folder, "tests/agents/site")?;
    npm::fill(&folder, "examples/agents")?;
    for recipe in RECIPES {
        npm::install(&folder.join(recipe))?;
    }
    setup::ensure_browser()?;
    widget::build()?;
    process::build_proxy()?;
    print::step("Asking each agent");
    let mut suite = process::cargo(&["test", "--quiet", "--package", "porthole-tests", "--test", "agents"]);
    suite.env(FOLDER, &folder).env("PORTHOLE_BIN", paths::proxy_binary("debug")?);
    process::run(&mut suite, "The message above names the agent.")
}
