//! `cargo xtask check`: what CI runs besides the tests.

use crate::failure::Outcome;
use crate::{process, say, setup, widget};

const LINT_REMEDY: &str = "Each message above names its place. There is no `#[allow]`: where a lint is wrong, \
                           `#[expect(lint, reason = \"…\")]` says why.";

/// Format, lints, documentation, licences and sizes, in the order of their cost.
pub(crate) fn check() -> Outcome {
    setup::wasm_target()?;
    say::step("Format");
    process::run(
        &mut process::cargo(&["fmt", "--all", "--check"]),
        "Run `cargo fmt --all`.",
    )?;
    say::step("Lints");
    let lints = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ];
    process::run(&mut process::cargo(&lints), LINT_REMEDY)?;
    // What cargo test leaves out, all targets leave out too.
    let lints = [
        "clippy",
        "--package",
        "porthole-tests",
        "--test",
        "n8n",
        "--",
        "--deny",
        "warnings",
    ];
    process::run(&mut process::cargo(&lints), LINT_REMEDY)?;
    say::step("Lints of the widget as the browser gets it");
    let lints = [
        "clippy",
        "--package",
        "porthole-widget",
        "--target",
        "wasm32-unknown-unknown",
        "--",
        "--deny",
        "warnings",
    ];
    process::run(&mut process::cargo(&lints), LINT_REMEDY)?;
    documentation()?;
    licences()?;
    widget::report_size()
}

fn documentation() -> Outcome {
    say::step("Documentation");
    let mut cargo = process::cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"]);
    process::run(
        cargo.env("RUSTDOCFLAGS", "--deny warnings"),
        "Each message above names its place.",
    )
}

fn licences() -> Outcome {
    if !process::works("cargo-deny", "--version") {
        say::step(
            "Licences and advisories: skipped, cargo-deny is not installed (cargo install --locked cargo-deny)",
        );
        return Ok(());
    }
    say::step("Licences and advisories");
    process::run(
        &mut process::cargo(&["deny", "check"]),
        "deny.toml says what is permitted, and why.",
    )
}
