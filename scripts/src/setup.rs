//! Tools that the machine must have, installed where that is possible without asking.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{TaskError, TaskResult};
use crate::{print, process};

/// The target that the widget is compiled for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The browsers that the tests can drive, in the order of preference.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const BROWSER_REMEDY: &str = "Install Chromium (or Chrome) and ChromeDriver of the same version, both on the PATH.\n\
                              On Debian, as root: apt-get update && apt-get install -y chromium chromium-driver";
const NPM_REMEDY: &str = "Install npm. On Debian, as root: apt-get update && apt-get install -y npm";

/// Installs the WebAssembly target if it is missing.
pub(crate) fn ensure_wasm_target() -> TaskResult {
    if has_wasm_target() {
        return Ok(());
    }
    print::step("Adding Rust's WebAssembly target");
    let remedy = "Install rustup from https://rustup.rs and run this again, or give your Rust the target \
                  wasm32-unknown-unknown by other means.";
    process::run(Command::new("rustup").args(["target", "add", WASM_TARGET]), remedy)
}

fn has_wasm_target() -> bool {
    let arguments = ["--print", "target-libdir", "--target", WASM_TARGET];
    process::stdout_of("rustc", &arguments).is_some_and(|folder| Path::new(folder.trim()).exists())
}

/// Installs the source of the standard library if it is missing; `false` if that fails.
///
/// The widget is built without it as well, but exceeds its budget.
pub(crate) fn ensure_std_source() -> bool {
    if has_std_source() {
        return true;
    }
    print::step("Adding the source of Rust's standard library");
    let by_hand = "rustup component add rust-src";
    let added = process::run(Command::new("rustup").args(["component", "add", "rust-src"]), by_hand);
    let is_added = added.is_ok() && has_std_source();
    if !is_added {
        print::line(
            "  It could not be added (rustup component add rust-src): the widget will be a tenth larger.",
        );
    }
    is_added
}

fn has_std_source() -> bool {
    process::stdout_of("rustc", &["--print", "sysroot"])
        .is_some_and(|root| Path::new(root.trim()).join("lib/rustlib/src/rust/library/std").exists())
}

/// Installs the tool that merges profiles, if it is missing, and returns its path.
pub(crate) fn ensure_profiler() -> TaskResult<PathBuf> {
    if let Some(profiler) = profiler() {
        return Ok(profiler);
    }
    print::step("Adding LLVM's tools");
    let remedy = "Install rustup from https://rustup.rs and run this again, or do without --guided.";
    process::run(Command::new("rustup").args(["component", "add", "llvm-tools"]), remedy)?;
    profiler().ok_or_else(|| TaskError::new("LLVM's tools were added and are not there", remedy))
}

fn profiler() -> Option<PathBuf> {
    let folder = process::stdout_of("rustc", &["--print", "target-libdir"])?;
    let tool = Path::new(folder.trim()).parent()?.join("bin/llvm-profdata");
    Some(tool.with_extension(std::env::consts::EXE_EXTENSION)).filter(|tool| tool.exists())
}

/// Installs Chromium and its driver, for the browser tests, if they are missing.
pub(crate) fn ensure_browser() -> TaskResult {
    ensure(
        has_browser,
        "the browser tests need Chromium and ChromeDriver",
        &["chromium", "chromium-driver"],
        BROWSER_REMEDY,
    )
}

/// Installs npm, for the check of accessibility, if it is missing.
pub(crate) fn ensure_npm() -> TaskResult {
    let has_npm = || process::is_installed("npm", "--version");
    ensure(has_npm, "the browser tests need npm, which installs axe-core", &["npm"], NPM_REMEDY)
}

/// Installs Debian's packages where a tool is missing.
fn ensure(is_there: impl Fn() -> bool, missing: &str, packages: &[&str], remedy: &str) -> TaskResult {
    if is_there() {
        return Ok(());
    }
    let failed = |message: &str| Err(TaskError::new(message, remedy));
    if !process::is_installed("apt-get", "--version") || !is_root() {
        return failed(missing);
    }
    print::step(&format!("Installing {}", packages.join(" and ")));
    process::run(&mut apt_get(&["update"]), remedy)?;
    let install = [&["install", "-y", "--no-install-recommends"], packages].concat();
    process::run(&mut apt_get(&install), remedy)?;
    if is_there() { Ok(()) } else { failed("it was installed and does not start") }
}

fn has_browser() -> bool {
    process::is_installed("chromedriver", "--version")
        && BROWSERS.iter().any(|name| process::is_installed(name, "--version"))
}

fn is_root() -> bool {
    process::stdout_of("id", &["-u"]).is_some_and(|id| id.trim() == "0")
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
