//! The modules of all crates, and the module in which an imported name lives.

use std::collections::{BTreeMap, BTreeSet};

use super::RustFile;
use super::imports::Import;

/// Re-exports of re-exports that are followed.
const MAX_DEPTH: usize = 8;

/// A module's path, the crate first: `["porthole_domain", "chain", "text"]`.
pub(crate) type Module = Vec<String>;

/// One module's use of another, and a line that shows it.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) from: Module,
    pub(crate) to: Module,
    pub(crate) place: String,
}

/// The production modules of the repository.
pub(crate) struct Modules<'a> {
    files: BTreeMap<Module, &'a RustFile>,
    children: BTreeSet<Module>,
}

/// Returns the folder in which a module's children have their files.
pub(crate) fn folder_of_children(path: &str) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    match file {
        "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
        _ => path.trim_end_matches(".rs").to_owned(),
    }
}

impl<'a> Modules<'a> {
    /// Builds the tree of modules from crates, as their name and source folder, and from all files.
    pub(crate) fn new(crates: &[(String, String)], files: &'a [RustFile]) -> Self {
        let mut found = BTreeMap::new();
        for file in files.iter().filter(|file| !file.is_test) {
            let place = crates.iter().find_map(|(name, folder)| {
                let rest = file.path.strip_prefix(folder.as_str())?.strip_prefix('/')?;
                Some((name, rest))
            });
            let Some((name, rest)) = place else { continue };
            let inner = rest.trim_end_matches(".rs").split('/').filter(|part| !["lib", "mod"].contains(part));
            let module: Module = std::iter::once(name.as_str()).chain(inner).map(str::to_owned).collect();
            found.insert(module, file);
        }
        Self { children: found.keys().cloned().collect(), files: found }
    }

    /// Returns the uses of modules by other modules.
    pub(crate) fn uses(&self) -> Vec<Use> {
        let mut uses = Vec::new();
        for (from, file) in &self.files {
            for import in &file.declarations.imports {
                let to = self.resolve(from, &import.path, 0);
                uses.extend(to.filter(|to| to != from).map(|to| Use {
                    from: from.clone(),
                    to,
                    place: format!("{}:{}: {}", file.path, import.line, import.path.join("::")),
                }));
            }
        }
        uses
    }

    /// Returns the module in which the item of a path lives, as seen from `within`.
    fn resolve(&self, within: &Module, path: &[String], depth: usize) -> Option<Module> {
        let (first, mut rest) = path.split_first()?;
        let mut module = match first.as_str() {
            "crate" => within[..1].to_vec(),
            "self" => within.clone(),
            "super" => parent(within)?,
            name if self.children.contains(&vec![name.to_owned()]) => vec![name.to_owned()],
            name => self.step(within, name, depth)?,
        };
        while let Some((name, after)) = rest.split_first() {
            module = match name.as_str() {
                "super" => parent(&module)?,
                name => match self.step(&module, name, depth) {
                    Some(inner) => inner,
                    None => break,
                },
            };
            rest = after;
        }
        Some(module)
    }

    /// Goes from a module to a child, or to the home of what it has imported under this name.
    fn step(&self, module: &Module, name: &str, depth: usize) -> Option<Module> {
        let child: Module = module.iter().cloned().chain([name.to_owned()]).collect();
        if self.children.contains(&child) {
            return Some(child);
        }
        let is_bound = |import: &&Import| import.binds.as_deref() == Some(name);
        let import = self.files.get(module)?.declarations.imports.iter().find(is_bound)?;
        if depth == MAX_DEPTH {
            return None;
        }
        self.resolve(module, &import.path, depth + 1)
    }
}

fn parent(module: &Module) -> Option<Module> {
    let (_, parent) = module.split_last()?;
    Some(parent.to_vec()).filter(|parent| !parent.is_empty())
}
