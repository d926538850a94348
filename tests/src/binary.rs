//! The proxy's binary, built once with the widget inside.

use std::env::{consts::EXE_EXTENSION, current_exe, var_os};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::tree;

/// The binary named by `PORTHOLE_BIN` (set by `cargo xtask test`), or one built now.
pub(crate) fn proxy() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| var_os("PORTHOLE_BIN").map_or_else(build, PathBuf::from))
}

/// Builds the widget and the proxy that embeds it, which plain `cargo test` does not.
fn build() -> PathBuf {
    if !tree::root().join("widget/dist/hash").exists() {
        cargo(&["xtask", "widget"]);
    }
    cargo(&["build", "--package", "porthole"]);
    // A test runs as `<target>/debug/deps/<test>`.
    let folder = current_exe().unwrap().ancestors().nth(2).unwrap().to_path_buf();
    folder.join("porthole").with_extension(EXE_EXTENSION)
}

/// Returns axe-core as a script, installed by `cargo xtask axe`.
pub(crate) fn axe() -> &'static str {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        cargo(&["xtask", "axe"]);
        let target = current_exe().unwrap().ancestors().nth(3).unwrap().to_path_buf();
        fs::read_to_string(target.join("axe/node_modules/axe-core/axe.min.js")).unwrap()
    })
}

fn cargo(arguments: &[&str]) {
    let program = var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program).args(arguments).current_dir(tree::root()).status().unwrap();
    assert!(status.success(), "cargo {} failed", arguments.join(" "));
}
