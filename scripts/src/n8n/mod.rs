//! `cargo xtask n8n`: a real n8n behind the real proxy.

mod install;

use std::path::PathBuf;
use std::{env, fs};

use crate::error::{ErrorContext, TaskError, TaskResult};
use crate::{paths, print, process};

/// The setting that names n8n's folder.
const FOLDER: &str = "PORTHOLE_N8N";

/// Runs the conformance suite against a real n8n; `filters` choose cases by words in their names.
///
/// n8n is installed by npm, once, into the folder that `PORTHOLE_N8N` names, or into the user's cache.
pub(crate) fn test(filters: &[&str]) -> TaskResult {
    let folder = folder()?;
    install::install(&folder)?;
    process::build_proxy()?;
    print::step("Starting n8n (half a minute), and asking it everything");
    let mut suite = process::cargo(&["test", "--quiet", "--package", "porthole-tests", "--test", "n8n"]);
    suite.arg("--").args(filters);
    suite.env(FOLDER, &folder).env("PORTHOLE_BIN", paths::proxy_binary("debug")?);
    process::run(&mut suite, "The table above says what each failed case got instead.")
}

fn folder() -> TaskResult<PathBuf> {
    if let Some(folder) = env::var_os(FOLDER) {
        return fs::canonicalize(folder).context("use the folder in PORTHOLE_N8N", "Create it first.");
    }
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(home)
        .ok_or_else(|| TaskError::new("no home folder is set", "Name a folder in PORTHOLE_N8N."))?;
    let folder = cache.join("porthole/n8n");
    fs::create_dir_all(&folder).context("create the folder for n8n", "Name another one in PORTHOLE_N8N.")?;
    Ok(folder)
}
