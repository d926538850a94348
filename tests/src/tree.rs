//! The repository's own files.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders of generated files.
const MADE: &[&str] = &["target", "dist", ".git", "node_modules"];

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Reads a file by its path from the root.
pub fn read(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every written file below a folder with one of the extensions, as path from the root and text.
pub fn texts(folder: &str, extensions: &[&str]) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    let wanted =
        |path: &PathBuf| path.extension().is_some_and(|it| extensions.iter().any(|wanted| it == *wanted));
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    paths
        .iter()
        .filter(|path| wanted(path))
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if !path.is_dir() {
            paths.push(path);
        } else if !MADE.iter().any(|made| entry.file_name() == *made) {
            collect(&path, paths);
        }
    }
}
