//! The sources of the repository as the rules see them: comments, declarations, imports.

pub(crate) mod comments;
pub(crate) mod declarations;
pub(crate) mod imports;
pub(crate) mod modules;
pub(crate) mod scripts;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use porthole_tests::tree;

use declarations::Declarations;

/// A Rust file: its path from the root, its text, and what stands in it.
pub(crate) struct RustFile {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) declarations: Declarations,
    /// `true` where only tests are compiled from it.
    pub(crate) is_test: bool,
}

impl RustFile {
    /// Counts the lines up to `#[cfg(test)]`; a file of tests has none.
    pub(crate) fn production_lines(&self) -> usize {
        let all = self.text.lines().count();
        let end = self.declarations.tests_begin.map_or(all, |line| line - 1);
        if self.is_test { 0 } else { end }
    }
}

/// Returns every Rust file of the repository, parsed once.
pub(crate) fn rust_files() -> &'static [RustFile] {
    static FILES: OnceLock<Vec<RustFile>> = OnceLock::new();
    FILES.get_or_init(|| parse(tree::texts("", &["rs"])))
}

/// Parses files and finds the test modules among them.
pub(crate) fn parse(texts: Vec<(String, String)>) -> Vec<RustFile> {
    let parsed: Vec<(String, String, Declarations)> = texts
        .into_iter()
        .map(|(path, text)| {
            let declarations = Declarations::parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            (path, text, declarations)
        })
        .collect();
    let test_modules: BTreeSet<String> = parsed
        .iter()
        .flat_map(|(path, _, declarations)| {
            let folder = modules::folder_of_children(path);
            let names = declarations.test_modules.iter();
            names.map(move |name| format!("{folder}/{name}"))
        })
        .collect();
    let is_test = |path: &str| {
        let in_folder =
            |folder: &String| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with(['.', '/']));
        path.starts_with("tests/") || path.contains("/tests/") || test_modules.iter().any(in_folder)
    };
    parsed
        .into_iter()
        .map(|(path, text, declarations)| RustFile { is_test: is_test(&path), path, text, declarations })
        .collect()
}
