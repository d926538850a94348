//! Imports of the widget's scripts.

use super::modules::{Module, Use};

/// Returns the uses of scripts by other scripts; a module is the path of its file.
pub(crate) fn uses(scripts: &[(String, String)]) -> Vec<Use> {
    let mut found = Vec::new();
    for (path, text) in scripts {
        for (at, line) in text.lines().enumerate() {
            let Some(imported) = imported(line) else { continue };
            found.push(Use {
                from: path.split('/').map(str::to_owned).collect(),
                to: resolve(path, imported),
                place: format!("{path}:{}: {imported}", at + 1),
            });
        }
    }
    found
}

/// Returns the path of a static import, which ends its statement and so its line.
fn imported(line: &str) -> Option<&str> {
    let (before, path) = line.strip_suffix("\";")?.rsplit_once('"')?;
    (before.ends_with("from ") && path.starts_with('.')).then_some(path)
}

fn resolve(importer: &str, path: &str) -> Module {
    let mut parts: Vec<&str> = importer.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.into_iter().map(str::to_owned).collect()
}
