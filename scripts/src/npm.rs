//! npm, and the folders for what only some commands need.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::error::{ErrorContext, TaskError, TaskResult};
use crate::{paths, process};

/// Arguments of npm: no scripts that download, no report.
pub(crate) const INSTALL: [&str; 6] =
    ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev", "--loglevel=error"];

/// The same for exactly what the lock file says.
pub(crate) const CLEAN_INSTALL: [&str; 5] =
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/// npm itself, with the hint where to get it.
pub(crate) const NPM: (&str, &str) = ("npm", "npm (`apt-get install -y npm`, or https://nodejs.org)");

/// Returns a command of npm in a folder.
pub(crate) fn command(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder);
    npm
}

/// Fails where a program is missing, with the hint where to get it.
pub(crate) fn require((program, hint): (&str, &str)) -> TaskResult {
    if process::is_installed(program, "--version") {
        return Ok(());
    }
    Err(TaskError::new(
        format!("`{program}` is missing, which this command needs to install its packages"),
        format!("Install {hint}, and run this again. Nothing else of this repository needs it."),
    ))
}

/// Installs the packages that a folder lists.
pub(crate) fn install(folder: &Path) -> TaskResult {
    let remedy = "npm's message above says why. The registry must be within reach.";
    process::run(command(folder).args(INSTALL), remedy)
}

/// Copies what a folder of the repository holds into this one.
pub(crate) fn fill(folder: &Path, from: &str) -> TaskResult {
    let mut copy = Command::new("cp");
    copy.arg("-R").arg(paths::root().join(from).join(".")).arg(folder);
    process::run(&mut copy, "Is the disk full?")
}

/// Returns the folder that a setting names, else one of this name in the user's cache, made where it is missing.
pub(crate) fn folder(setting: &str, name: &str) -> TaskResult<PathBuf> {
    if let Some(folder) = env::var_os(setting) {
        return fs::canonicalize(folder).context(&format!("use the folder in {setting}"), "Create it first.");
    }
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    let remedy = format!("Name a folder in {setting}.");
    let cache = cache.ok_or_else(|| TaskError::new("no home folder is set", &remedy))?;
    let folder = cache.join("porthole").join(name);
    fs::create_dir_all(&folder).context(&format!("create the folder for {name}"), &remedy)?;
    Ok(folder)
}
