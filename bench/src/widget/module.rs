//! The bytes of the app's module by crate, before the names of functions are removed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rustc_demangle::demangle;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use super::samples::Samples;
use crate::error::{Attempt, BenchResult};
use crate::print;

/// The linked module with its names, below the folder of all builds.
const MODULE: &str = "widget/named.wasm";

/// The libraries, each with its crates; all others are one.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("widget", &["porthole_widget"]),
    ("widget_core", &["porthole_widget_core", "porthole_protocol"]),
    ("yew", &["yew", "gloo_utils", "implicit_clone", "indexmap"]),
    ("wasm_bindgen", &["wasm_bindgen", "js_sys", "web_sys"]),
    ("std", &["core", "alloc", "std", "hashbrown", "rlsf"]),
];

/// Adds the bytes of each library and of the data; `binary` is the proxy beside whose build the widget's lies.
pub(super) fn measure(binary: &Path, samples: &mut Samples) -> BenchResult {
    let target = binary.ancestors().nth(2).attempt("find the folder of all builds")?;
    let Ok(module) = fs::read(target.join(MODULE)) else {
        print::step("widget.module: no module with names is there, `cargo xtask widget` makes it");
        return Ok(());
    };
    for (library, bytes) in bytes_by_library(&module).attempt("parse the widget's module")? {
        samples.add(format!("widget.module.{library}"), "B", f64::from(bytes));
    }
    Ok(())
}

fn bytes_by_library(module: &[u8]) -> wasmparser::Result<BTreeMap<&'static str, u32>> {
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
        add(&mut sums, library_of(names.get(&index).copied().unwrap_or_default()), bytes);
    }
    Ok(sums)
}

fn add(sums: &mut BTreeMap<&'static str, u32>, name: &'static str, bytes: usize) {
    *sums.entry(name).or_default() += u32::try_from(bytes).unwrap_or(u32::MAX);
}

/// Returns the library of a function: that of the first crate that its name holds, as the type before the trait.
fn library_of(mangled: &str) -> &'static str {
    let name = format!("{:#}", demangle(mangled));
    let mut crates =
        name.split("::").filter_map(|part| part.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next());
    let library =
        |part: &str| LIBRARIES.iter().find(|(_, crates)| crates.contains(&part)).map(|(library, _)| *library);
    crates.find_map(library).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::library_of;

    #[test]
    fn a_function_belongs_to_the_library_of_its_type() {
        for (name, library) in [
            ("<yew::virtual_dom::VNode as core::clone::Clone>::clone", "yew"),
            ("<[u8] as wasm_bindgen::convert::IntoWasmAbi>::into_abi", "wasm_bindgen"),
            ("<&mut dyn core::fmt::Write>::write_str", "std"),
            ("alloc::raw_vec::finish_grow", "std"),
            ("porthole_widget_core::markdown::parse", "widget_core"),
            ("memcpy", "other"),
        ] {
            assert_eq!(library_of(name), library, "{name}");
        }
    }
}
