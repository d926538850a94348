//! The Yew app: compiled by cargo, linked by wasm-bindgen as a library.

use std::fs;
use std::process::Command;

use wasm_bindgen_cli_support::{Bindgen, Output};

use super::names;
use crate::failure::{Failure, OrFail, Outcome};
use crate::{process, project, setup};

/// What the browser loads.
pub(crate) struct App {
    /// `app.js`, which fetches and starts the module.
    pub(crate) glue: String,
    /// `app_bg.wasm`.
    pub(crate) module: Vec<u8>,
}

/// Compiles the widget in a target folder of its own, where no other profile or feature disturbs it.
pub(crate) fn compile() -> Outcome<Vec<u8>> {
    let target = project::target()?.join("widget");
    let mut cargo = process::cargo(&[
        "build",
        "--package",
        "porthole-widget",
        "--lib",
        "--profile",
        "widget",
    ]);
    cargo
        .args(["--target", "wasm32-unknown-unknown", "--target-dir"])
        .arg(&target);
    let mut flags = remapped_paths();
    if setup::std_source() {
        abort_at_once(&mut cargo, &mut flags);
    }
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
    process::run(&mut cargo, "The compiler's message above names the place.")?;
    let module = target.join("wasm32-unknown-unknown/widget/porthole_widget.wasm");
    fs::read(&module).or_fail(
        &format!("read {}", module.display()),
        "Delete target/widget and run this again.",
    )
}

/// Builds the standard library along, with panics that only stop: their messages, and the formatting behind them, are
/// an eighth of the module. The flags are unstable, which is why the compiler has to be told that we know.
fn abort_at_once(cargo: &mut Command, flags: &mut String) {
    flags.push_str(" -Zunstable-options -Cpanic=immediate-abort");
    cargo.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="]);
    cargo.env("RUSTC_BOOTSTRAP", "1");
}

/// Panics name source files: without the machine's own folders the build is smaller, and the same everywhere.
fn remapped_paths() -> String {
    let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let sources = home.map(|home| home.join("registry/src"));
    let registries = sources
        .and_then(|folder| fs::read_dir(folder).ok())
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<String> = registries
        .map(|entry| entry.path().display().to_string())
        .collect();
    folders.push(project::root().display().to_string());
    folders
        .iter()
        .map(|folder| format!("--remap-path-prefix={folder}="))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Makes the module and its glue out of what the compiler wrote.
pub(crate) fn link(wasm: &[u8]) -> Outcome<App> {
    let remedy = "Is `wasm-bindgen` in Cargo.lock the same version as `wasm-bindgen-cli-support`?";
    let mut output = generate(wasm)
        .map_err(|error| Failure::new(format!("could not link the widget: {error:#}"), remedy))?;
    if output.snippets().values().any(|inline| !inline.is_empty()) || !output.local_modules().is_empty() {
        let remedy = "A dependency brings JavaScript files of its own; the proxy serves only those it knows.";
        return Err(Failure::new("the widget imports inline JavaScript", remedy));
    }
    let glue = output.js().to_owned();
    let glue = names::shorten(output.wasm_mut(), &glue);
    Ok(App {
        glue,
        module: output.wasm_mut().emit_wasm(),
    })
}

fn generate(wasm: &[u8]) -> Result<Output, Box<dyn std::error::Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes("app", wasm.to_vec()).web(true)?;
    bindgen.typescript(false).omit_default_module_path(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    Ok(bindgen.out_name("app").generate_output()?)
}
