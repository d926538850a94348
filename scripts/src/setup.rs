//! What the machine must have, installed where that can be done without asking.

use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::{process, say};

const WASM: &str = "wasm32-unknown-unknown";

/// The browsers that the tests can drive, in order.
const BROWSERS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Makes sure that Rust can compile for the browser.
pub(crate) fn wasm_target() -> Outcome {
    if has_wasm_target() {
        return Ok(());
    }
    say::step("Adding Rust's WebAssembly target");
    let remedy = "Install rustup from https://rustup.rs and run this again, or give your Rust the target \
                  wasm32-unknown-unknown by other means.";
    process::run(Command::new("rustup").args(["target", "add", WASM]), remedy)
}

fn has_wasm_target() -> bool {
    let arguments = ["--print", "target-libdir", "--target", WASM];
    process::output("rustc", &arguments).is_some_and(|folder| std::path::Path::new(folder.trim()).exists())
}

/// Makes sure that the standard library's source is there, from which a smaller widget is built.
///
/// Where it cannot be had the widget works as well, and weighs more than its budget: that is said, and the build goes on.
pub(crate) fn std_source() -> bool {
    if has_std_source() {
        return true;
    }
    say::step("Adding the source of Rust's standard library");
    let by_hand = "rustup component add rust-src";
    let added = process::run(
        Command::new("rustup").args(["component", "add", "rust-src"]),
        by_hand,
    );
    let there = added.is_ok() && has_std_source();
    if !there {
        say::line(
            "  It could not be added (rustup component add rust-src): the widget will be a tenth larger.",
        );
    }
    there
}

fn has_std_source() -> bool {
    process::output("rustc", &["--print", "sysroot"]).is_some_and(|root| {
        std::path::Path::new(root.trim())
            .join("lib/rustlib/src/rust/library/std")
            .exists()
    })
}

/// Makes sure that there are a Chromium and its driver for the browser tests.
pub(crate) fn browser() -> Outcome {
    if has_browser() {
        return Ok(());
    }
    let by_hand = "Install Chromium (or Chrome) and ChromeDriver of the same version, both on the PATH.\n\
                   On Debian, as root: apt-get update && apt-get install -y chromium chromium-driver";
    if !process::works("apt-get", "--version") || !is_root() {
        return Err(Failure::new(
            "the browser tests need Chromium and ChromeDriver",
            by_hand,
        ));
    }
    say::step("Installing Chromium and ChromeDriver");
    process::run(&mut apt(&["update"]), by_hand)?;
    process::run(
        &mut apt(&[
            "install",
            "-y",
            "--no-install-recommends",
            "chromium",
            "chromium-driver",
        ]),
        by_hand,
    )?;
    if has_browser() {
        Ok(())
    } else {
        Err(Failure::new("Chromium was installed and does not start", by_hand))
    }
}

fn has_browser() -> bool {
    process::works("chromedriver", "--version")
        && BROWSERS.iter().any(|name| process::works(name, "--version"))
}

fn is_root() -> bool {
    process::output("id", &["-u"]).is_some_and(|id| id.trim() == "0")
}

fn apt(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
