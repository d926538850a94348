//! The build of the widget: from its sources to `widget/dist`, which the proxy embeds.

pub(crate) mod budget;
mod bundle;
mod compress;
mod css;
mod dist;
mod glue;
mod html;
mod import_names;
mod js;
mod locals;
mod order;
mod sources;
mod unreached;
mod wasm;
mod words;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use crate::error::{ErrorContext, TaskError, TaskResult};
use crate::widget::sources::Sources;
use crate::widget::wasm::Compiled;
use crate::{paths, print, setup};

/// Builds the widget, unless nothing has changed since the last time; returns the folder.
pub(crate) fn build() -> TaskResult<PathBuf> {
    setup::ensure_wasm_target()?;
    print::step("Building the widget");
    let sources = Sources::read()?;
    let compiled = wasm::compile()?;
    let inputs = fingerprint_of(&sources, &compiled)?;
    let stamp = paths::target()?.join("widget").join("inputs");
    let folder = dist::folder();
    if folder.join("hash").exists() && fs::read_to_string(&stamp).is_ok_and(|last| last == inputs) {
        return Ok(folder);
    }
    print::step("Linking, minifying and compressing the widget");
    dist::write(&dist::files(&sources, &compiled)?)?;
    fs::write(&stamp, inputs).context("write the fingerprint of the widget's sources", paths::FILE_REMEDY)?;
    Ok(folder)
}

/// Builds the widget and prints its size; fails beyond the budget.
pub(crate) fn report_size() -> TaskResult {
    let measured = budget::measure(&build()?).context("measure the widget", "Run `cargo xtask widget`.")?;
    print::line(&measured.to_string());
    let excess = measured.excess();
    if excess.is_empty() {
        return Ok(());
    }
    let remedy = "Bytes are the widget's cost: find out what came in, or change scripts/src/widget/budget.rs \
                  with the reason.";
    Err(TaskError::new(format!("the widget is too heavy: {}", excess.join(", ")), remedy))
}

/// Covers the sources, the compiled modules and this program, which minifies and links them.
fn fingerprint_of(sources: &Sources, compiled: &Compiled) -> TaskResult<String> {
    let program = std::env::current_exe()
        .and_then(fs::read)
        .context("read this program's own file", paths::FILE_REMEDY)?;
    let mut fingerprint = DefaultHasher::new();
    (sources, compiled, program).hash(&mut fingerprint);
    Ok(fingerprint.finish().to_string())
}
