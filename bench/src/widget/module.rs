//! The bytes of the app's module by crate, before wasm-bindgen removes the names of functions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rustc_demangle::demangle;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use super::samples::Samples;
use crate::error::{Attempt, BenchResult};
use crate::print;

/// The module as the compiler leaves it, below the folder of all builds.
const MODULE: &str = "widget/wasm32-unknown-unknown/widget/porthole_widget.wasm";

/// Crates that stand for one library.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("std", &["core", "alloc", "std", "hashbrown", "memchr", "compiler_builtins"]),
    ("wasm_bindgen", &["js_sys", "web_sys", "wasm_bindgen_futures", "__wbindgen_describe", "__wbgt"]),
];

/// Adds the bytes of each library and of the data; `binary` is the proxy beside whose build the widget's lies.
pub(super) fn measure(binary: &Path, samples: &mut Samples) -> BenchResult {
    let path = binary.ancestors().nth(2).map(|target| target.join(MODULE)).filter(|path| path.exists());
    let Some(path): Option<PathBuf> = path else {
        print::step("widget.module: the compiled module is not there, `cargo xtask widget` makes it");
        return Ok(());
    };
    let module = fs::read(path).attempt("read the widget's module")?;
    for (library, bytes) in bytes_by_library(&module).attempt("parse the widget's module")? {
        samples.add(format!("widget.module.{library}"), "B", f64::from(bytes));
    }
    Ok(())
}

fn bytes_by_library(module: &[u8]) -> wasmparser::Result<BTreeMap<String, u32>> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    let mut names = BTreeMap::new();
    let mut sums = BTreeMap::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range().len()),
            Payload::DataSection(data) => add(&mut sums, "data", data.range().len()),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(subsections) = section.as_known() else { continue };
                for subsection in subsections {
                    let Name::Function(functions) = subsection? else { continue };
                    for function in functions {
                        let function = function?;
                        names.insert(function.index, function.name);
                    }
                }
            }
            _ => {}
        }
    }
    for (index, bytes) in (imported..).zip(bodies) {
        add(&mut sums, &library_of(names.get(&index).copied().unwrap_or_default()), bytes);
    }
    Ok(sums)
}

fn add(sums: &mut BTreeMap<String, u32>, name: &str, bytes: usize) {
    *sums.entry(name.to_owned()).or_default() += u32::try_from(bytes).unwrap_or(u32::MAX);
}

/// Returns the library of a function: that of the type or module before its first `::`.
fn library_of(mangled: &str) -> String {
    let name = format!("{:#}", demangle(mangled));
    let start = name.find(|c: char| c.is_alphanumeric() || c == '_').unwrap_or(name.len());
    let name = name[start..].trim_start_matches("mut ").trim_start_matches("dyn ");
    let library = LIBRARIES.iter().find(|(_, crates)| crates.iter().any(|part| name.starts_with(part)));
    match (library, name.split_once("::")) {
        (Some((library, _)), _) => (*library).to_owned(),
        (None, Some((first, _))) => first.to_owned(),
        (None, None) => "unnamed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::library_of;

    #[test]
    fn a_function_belongs_to_the_library_of_its_type() {
        for (name, library) in [
            ("<yew::virtual_dom::VNode as core::clone::Clone>::clone", "yew"),
            ("<&mut dyn core::fmt::Write>::write_str", "std"),
            ("alloc::raw_vec::finish_grow", "std"),
            ("porthole_widget_core::markdown::parse", "porthole_widget_core"),
            ("__wbindgen_describe_start", "wasm_bindgen"),
            ("memcpy", "unnamed"),
        ] {
            assert_eq!(library_of(name), library, "{name}");
        }
    }
}
