//! The bytes of the app's module by crate, as the compiler leaves it, without the functions that only wasm-bindgen runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use rustc_demangle::demangle;
use wasmparser::{
    CustomSectionReader, ElementItems, ExternalKind, FunctionBody, KnownCustom, Name, Operator, Parser,
    Payload, TypeRef,
};

use super::samples::Samples;
use crate::error::{Attempt, BenchResult};
use crate::print;

/// The module as the compiler leaves it, below the folder of all builds: the linked one has no names.
const MODULE: &str = "widget/wasm32-unknown-unknown/widget/porthole_widget.wasm";

/// The beginning of exports that only wasm-bindgen runs, and removes.
const DESCRIPTION: &str = "__wbindgen_describe";

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
        print::step("widget.module: no compiled module is there, `cargo xtask widget` makes it");
        return Ok(());
    };
    let functions = Functions::read(&module).attempt("parse the widget's module")?;
    for (library, bytes) in functions.bytes_by_library() {
        samples.add(format!("widget.module.{library}"), "B", f64::from(bytes));
    }
    Ok(())
}

/// A module's functions: their bytes, callees and names by index, and the indices where calls begin.
#[derive(Default)]
struct Functions<'a> {
    bodies: BTreeMap<u32, (usize, Vec<u32>)>,
    names: BTreeMap<u32, &'a str>,
    roots: Vec<u32>,
    data: usize,
}

impl<'a> Functions<'a> {
    fn read(module: &'a [u8]) -> wasmparser::Result<Self> {
        let mut functions = Self::default();
        let mut next = 0;
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        next += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        let is_root =
                            export.kind == ExternalKind::Func && !export.name.starts_with(DESCRIPTION);
                        functions.roots.extend(is_root.then_some(export.index));
                    }
                }
                Payload::ElementSection(elements) => {
                    for element in elements {
                        let ElementItems::Functions(items) = element?.items else { continue };
                        for item in items {
                            functions.roots.push(item?);
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    functions.bodies.insert(next, (body.range().len(), callees(&body)?));
                    next += 1;
                }
                Payload::DataSection(data) => functions.data = data.range().len(),
                Payload::CustomSection(section) => functions.read_names(&section)?,
                _ => {}
            }
        }
        Ok(functions)
    }

    fn read_names(&mut self, section: &CustomSectionReader<'a>) -> wasmparser::Result<()> {
        let KnownCustom::Name(subsections) = section.as_known() else { return Ok(()) };
        for subsection in subsections {
            let Name::Function(functions) = subsection? else { continue };
            for function in functions {
                let function = function?;
                self.names.insert(function.index, function.name);
            }
        }
        Ok(())
    }

    /// Sums the bytes of all functions that a page can reach, by library.
    fn bytes_by_library(&self) -> BTreeMap<&'static str, u32> {
        let mut sums = BTreeMap::new();
        add(&mut sums, "data", self.data);
        let (mut seen, mut open) = (BTreeSet::new(), self.roots.clone());
        while let Some(index) = open.pop() {
            let Some((bytes, callees)) = self.bodies.get(&index).filter(|_| seen.insert(index)) else {
                continue;
            };
            open.extend(callees);
            add(&mut sums, library_of(self.names.get(&index).copied().unwrap_or_default()), *bytes);
        }
        sums
    }
}

fn callees(body: &FunctionBody<'_>) -> wasmparser::Result<Vec<u32>> {
    let mut callees = Vec::new();
    for operator in body.get_operators_reader()? {
        if let Operator::Call { function_index } | Operator::RefFunc { function_index } = operator? {
            callees.push(function_index);
        }
    }
    Ok(callees)
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
