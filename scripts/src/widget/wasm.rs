//! The widget's two modules, the Yew app and the part that reads Markdown: compiled by cargo, linked by wasm-bindgen as a
//! library.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use walrus::ModuleConfig;
use wasm_bindgen_cli_support::{Bindgen, Output};

use super::{glue, import_names, order, unreached};
use crate::error::{ErrorContext, TaskError, TaskResult};
use crate::{paths, process, setup};

/// A linked module.
pub(crate) struct Linked {
    /// The beginning of its script, which fetches and starts it.
    pub(crate) glue: String,
    pub(crate) module: Vec<u8>,
}

/// The modules as the compiler leaves them.
#[derive(Hash)]
pub(crate) struct Compiled {
    pub(crate) app: Vec<u8>,
    pub(crate) prose: Vec<u8>,
}

/// Compiles the modules, in a target folder of their own: other flags would otherwise compile everything again.
pub(crate) fn compile() -> TaskResult<Compiled> {
    let target = paths::target()?.join("widget");
    let packages = ["--package", "porthole-widget", "--package", "porthole-prose"];
    let mut cargo = process::cargo(&["build", "--lib"]);
    cargo.args(packages);
    cargo.args(["--profile", "widget", "--target", setup::WASM_TARGET]);
    cargo.arg("--target-dir").arg(&target);
    let mut flags = path_remapping_flags();
    if setup::ensure_std_source() {
        abort_on_panic(&mut cargo, &mut flags);
    }
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
    process::run(&mut cargo, process::COMPILER_REMEDY)?;
    let modules = target.join(setup::WASM_TARGET).join("widget");
    let read = |name| {
        let module = modules.join(name);
        let remedy = "Delete target/widget and run this again.";
        fs::read(&module).context(&format!("read {}", module.display()), remedy)
    };
    Ok(Compiled { app: read("porthole_widget.wasm")?, prose: read("porthole_prose.wasm")? })
}

/// Builds the standard library along, with panics that abort without a message: messages and their formatting are an
/// eighth of the module. The flags are unstable, hence `RUSTC_BOOTSTRAP`.
fn abort_on_panic(cargo: &mut Command, flags: &mut String) {
    flags.push_str(" -Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none");
    cargo.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="]);
    cargo.env("RUSTC_BOOTSTRAP", "1");
}

/// Removes the machine's own folders from paths in panics: the build is smaller, and the same everywhere.
fn path_remapping_flags() -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let registries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let sources = registries.into_iter().flatten().flatten().map(|entry| entry.path());
    let folders = sources.chain([paths::root().to_owned()]);
    let flags = folders.map(|folder| format!("--remap-path-prefix={}=", folder.display()));
    flags.collect::<Vec<_>>().join(" ")
}

/// Links a compiled module with its glue.
pub(crate) fn link(wasm: &[u8]) -> TaskResult<Linked> {
    let remedy = "Is `wasm-bindgen` in Cargo.lock the same version as `wasm-bindgen-cli-support`?";
    let mut output = generate(wasm)
        .map_err(|error| TaskError::new(format!("could not link the widget: {error:#}"), remedy))?;
    if output.snippets().values().any(|inline| !inline.is_empty()) || !output.local_modules().is_empty() {
        let remedy = "A dependency brings JavaScript files of its own; the proxy serves only those it knows.";
        return Err(TaskError::new("the widget imports inline JavaScript", remedy));
    }
    let glue = glue::with_loader(output.js())?;
    unreached::remove_closure_calls(output.wasm_mut());
    let glue = import_names::shorten(output.wasm_mut(), &glue);
    // A note of the compiler's to linkers; no browser reads it.
    output.wasm_mut().customs.remove_raw("target_features");
    let module = order::by_likeness(&output.wasm_mut().emit_wasm())
        .context("order the functions of the widget", "Is `wasm-encoder` in Cargo.lock that of walrus?")?;
    Ok(Linked { glue, module })
}

fn generate(wasm: &[u8]) -> Result<Output, Box<dyn std::error::Error>> {
    // As wasm-bindgen parses bytes itself.
    let mut config = ModuleConfig::new();
    config.strict_validate(false).generate_name_section(false).generate_producers_section(false);
    let mut module = config.parse(wasm)?;
    unreached::trap(&mut module);
    let mut bindgen = Bindgen::new();
    bindgen.input_module("app", module).web(true)?;
    // Names stay as the compiler made them: they are no part of the result, and needed until then.
    bindgen.typescript(false).omit_default_module_path(false).demangle(false);
    Ok(bindgen.out_name("app").generate_output()?)
}
