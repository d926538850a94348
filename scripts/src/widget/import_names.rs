//! Short names of imports and exports between the module and its glue: 2.4 KB less of the panel when compressed.
//!
//! wasm-bindgen gives each import and export a name with a hash of 16 digits, which no compressor makes smaller, and
//! which stands in both files. Only these two files ever use them.

use std::collections::BTreeMap;

use walrus::Module;

/// The import module of the functions in the glue.
const GLUE: &str = "./app_bg.js";
/// The short name of that module.
const SHORT_GLUE: &str = "a";

/// Renames the imports from the glue and the exports to it, on both sides; returns the glue.
pub(crate) fn shorten(module: &mut Module, glue: &str) -> String {
    let mut renames = BTreeMap::new();
    let mut names = (0..).map(short_name);
    for import in module.imports.iter_mut().filter(|import| import.module == GLUE) {
        if let Some(name) = names.next() {
            renames.insert(std::mem::replace(&mut import.name, name.clone()), name);
            SHORT_GLUE.clone_into(&mut import.module);
        }
    }
    let exports = module.exports.iter_mut();
    for export in exports.filter(|export| is_generated(&export.name)) {
        if let Some(name) = names.next() {
            renames.insert(std::mem::replace(&mut export.name, name.clone()), name);
        }
    }
    renamed(glue, &renames).replace(&format!("\"{GLUE}\""), &format!("\"{SHORT_GLUE}\""))
}

/// Tells if wasm-bindgen or the compiler made a name; exports of the widget keep theirs.
fn is_generated(name: &str) -> bool {
    ["__wb", "__externref", "_R", "_ZN"].iter().any(|made| name.starts_with(made))
}

/// Returns the short name of a number, which is no word of JavaScript.
fn short_name(number: u32) -> String {
    format!("_{number:x}")
}

/// Replaces whole identifiers.
fn renamed(text: &str, renames: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_identifier_char) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_identifier_char(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(before);
        out.push_str(renames.get(word).map_or(word, String::as_str));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_identifier_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_identifiers_are_renamed() {
        let renames = BTreeMap::from([("__wbg_a_1".to_owned(), "_0".to_owned())]);
        let glue = "{ __wbg_a_1: f(__wbg_a_12), x__wbg_a_1: wasm.__wbg_a_1() }";
        assert_eq!(renamed(glue, &renames), "{ _0: f(__wbg_a_12), x__wbg_a_1: wasm._0() }");
    }
}
