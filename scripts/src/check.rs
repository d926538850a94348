//! `cargo xtask check`: the part of CI that is no test.

use std::process::Command;

use crate::error::TaskResult;
use crate::{print, process, setup, widget};

const LINT_REMEDY: &str = "Each message above names its place. There is no `#[allow]`: where a lint is wrong, \
                           `#[expect(lint, reason = \"…\")]` says why.";

/// Arguments of clippy: everything, and the two places that all targets leave out.
const LINTS: [&[&str]; 3] = [
    &["--workspace", "--all-targets"],
    &["--package", "porthole-tests", "--test", "n8n"],
    &["--package", "porthole-widget", "--package", "porthole-prose", "--target", setup::WASM_TARGET],
];

/// Checks format, lints, documentation, licences and sizes, in the order of their cost.
pub(crate) fn check() -> TaskResult {
    setup::ensure_wasm_target()?;
    print::step("Format");
    let format: &mut Command = &mut process::cargo(&["fmt", "--all", "--check"]);
    process::run(format, "Run `cargo fmt --all`.")?;
    print::step("Lints");
    for lints in LINTS {
        let arguments = [&["clippy"], lints, &["--", "--deny", "warnings"]].concat();
        process::run(&mut process::cargo(&arguments), LINT_REMEDY)?;
    }
    check_documentation()?;
    check_licences()?;
    widget::report_size()
}

fn check_documentation() -> TaskResult {
    print::step("Documentation");
    let mut cargo = process::cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"]);
    process::run(cargo.env("RUSTDOCFLAGS", "--deny warnings"), "Each message above names its place.")
}

fn check_licences() -> TaskResult {
    if !process::is_installed("cargo-deny", "--version") {
        print::step(
            "Licences and advisories: skipped, cargo-deny is not installed (cargo install --locked cargo-deny)",
        );
        return Ok(());
    }
    print::step("Licences and advisories");
    process::run(
        &mut process::cargo(&["deny", "check"]),
        "deny.toml lists what is permitted, with the reasons.",
    )
}
