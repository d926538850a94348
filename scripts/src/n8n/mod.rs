//! `cargo xtask n8n`: a real n8n behind the real proxy.

mod install;

use crate::error::TaskResult;
use crate::{npm, paths, print, process};

/// The setting that names n8n's folder.
const FOLDER: &str = "PORTHOLE_N8N";

/// Runs the conformance suite against a real n8n; `filters` choose cases by words in their names.
///
/// n8n is installed by npm, once, into the folder that `PORTHOLE_N8N` names, or into the user's cache.
pub(crate) fn test(filters: &[&str]) -> TaskResult {
    let folder = npm::folder(FOLDER, "n8n")?;
    install::install(&folder)?;
    process::build_proxy()?;
    print::step("Starting n8n (half a minute), and asking it everything");
    let mut suite = process::cargo(&["test", "--quiet", "--package", "porthole-tests", "--test", "n8n"]);
    suite.arg("--").args(filters);
    suite.env(FOLDER, &folder).env("PORTHOLE_BIN", paths::proxy_binary("debug")?);
    process::run(&mut suite, "The table above says what each failed case got instead.")
}
