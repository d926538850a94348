//! The direction of imports: no arrow upwards, no circle between rooms.
//!
//! A room is a crate, or a module at the top of one. `CRATES` and `ROOMS` name them from the ground up: a room
//! imports only rooms that stand before it.

use std::collections::{BTreeMap, BTreeSet};

use porthole_tests::tree;

use crate::assert_none;
use crate::source::modules::{Module, Modules, Use};
use crate::source::{self, RustFile, rust_files, scripts};

/// The crates that are shipped, from the ground up.
const CRATES: &[&str] = &[
    "porthole-protocol",
    "porthole-domain",
    "porthole-library",
    "porthole-config",
    "porthole-telemetry",
    "porthole-store",
    "porthole-upstream",
    "porthole-relay",
    "porthole-chat",
    "porthole-doctor",
    "porthole",
    "porthole-widget-core",
    "porthole-prose",
    "porthole-widget",
];

/// The rooms of crates that have more than one floor, from the ground up.
const ROOMS: &[(&str, &[&str])] = &[(
    "porthole",
    &[
        "embedded",
        "routes",
        "request",
        "error",
        "pending_bodies",
        "nonce_header",
        "refusal_sums",
        "compressed_starts",
        "state",
        "server",
        "gate",
        "http",
        "parsers",
        "app",
        "command",
        "main",
    ],
)];

/// The one place where modules may need one another: a grammar is recursive.
const RECURSIVE: &str = "/markdown/";

/// A crate's name and folder, and the names of the crates it depends on.
struct Manifest {
    name: String,
    folder: String,
    dependencies: Vec<String>,
}

/// Reads the manifests of the repository.
fn manifests() -> Vec<Manifest> {
    let texts = tree::texts("", &["toml"]);
    let manifests = texts.iter().filter_map(|(path, text)| {
        let folder = path.strip_suffix("Cargo.toml")?.trim_end_matches('/').to_owned();
        let name = text.split("name = \"").nth(1)?.split('"').next()?.to_owned();
        let dependencies = dependencies(text);
        Some(Manifest { name, folder, dependencies })
    });
    manifests.collect()
}

/// Returns the names under `[dependencies]` of a manifest.
pub(crate) fn dependencies(manifest: &str) -> Vec<String> {
    let section =
        manifest.split("\n[").find_map(|section| section.strip_prefix("dependencies]")).unwrap_or_default();
    let lines = section.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', ' ']));
    lines.map(|line| line.split(['=', '.', ' ']).next().unwrap().to_owned()).collect()
}

fn uses_of(files: &[RustFile], manifests: &[Manifest]) -> Vec<Use> {
    let source = |manifest: &Manifest| (manifest.name.replace('-', "_"), format!("{}/src", manifest.folder));
    let crates: Vec<(String, String)> = manifests.iter().map(source).collect();
    Modules::new(&crates, files).uses()
}

/// Names the dependencies that run against the order of `crates`.
fn upward_dependencies(crates: &[&str], manifests: &[Manifest]) -> Vec<String> {
    let floor = |name: &str| crates.iter().position(|listed| *listed == name);
    let mut found = Vec::new();
    for Manifest { name, dependencies, .. } in manifests {
        let Some(own) = floor(name) else { continue };
        let upward =
            dependencies.iter().filter(|dependency| floor(dependency).is_some_and(|floor| floor > own));
        found.extend(upward.map(|dependency| format!("{name} -> {dependency}")));
    }
    found
}

/// Names the imports that run against the order of a crate's rooms, and the rooms that the order leaves out.
fn upward_imports(crate_name: &str, rooms: &[&str], uses: &[Use]) -> Vec<String> {
    let mut found = BTreeSet::new();
    let floor = |room: &str| rooms.iter().position(|listed| *listed == room);
    for Use { from, to, place } in
        uses.iter().filter(|used| used.from[0] == crate_name && used.to[0] == crate_name)
    {
        let (Some(from), Some(to)) = (from.get(1), to.get(1)) else {
            continue;
        };
        match (floor(from), floor(to)) {
            (Some(own), Some(other)) if other <= own => {}
            (Some(_), Some(_)) => drop(found.insert(format!("{place}: {from} -> {to}"))),
            (own, _) => {
                let room = if own.is_none() { from } else { to };
                found.insert(format!("{place}: {room} is not listed"));
            }
        }
    }
    found.into_iter().collect()
}

/// Names the circles among modules that have the same parent, each with the imports that close it.
fn circles(uses: &[Use]) -> Vec<String> {
    let mut arrows: BTreeMap<Module, BTreeMap<Module, &str>> = BTreeMap::new();
    for Use { from, to, place } in uses {
        let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
        if shared > 0 && shared < from.len().min(to.len()) {
            let ends = (from[..=shared].to_vec(), to[..=shared].to_vec());
            arrows.entry(ends.0).or_default().entry(ends.1).or_insert(place);
        }
    }
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        arrows.keys().map(|start| (start, reach(start, &arrows))).collect();
    let mut found = Vec::new();
    for (from, targets) in &arrows {
        for (to, place) in targets {
            if reached.get(to).is_some_and(|back| back.contains(from)) {
                found.push(format!("{place}: {} -> {}", from.join("::"), to.join("::")));
            }
        }
    }
    found
}

fn reach<'a>(start: &Module, arrows: &'a BTreeMap<Module, BTreeMap<Module, &str>>) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = arrows[start].keys().collect();
    while let Some(module) = open.pop() {
        if reached.insert(module) {
            open.extend(arrows.get(module).into_iter().flat_map(BTreeMap::keys));
        }
    }
    reached
}

#[test]
fn no_crate_depends_on_one_above_it() {
    let manifests = manifests();
    let is_shipped =
        |manifest: &&Manifest| ["proxy", "widget"].iter().any(|top| manifest.folder.starts_with(top));
    let shipped = manifests.iter().filter(is_shipped).map(|manifest| manifest.name.as_str());
    assert_eq!(shipped.filter(|name| !CRATES.contains(name)).collect::<Vec<_>>(), [""; 0], "not listed");
    assert_eq!(upward_dependencies(CRATES, &manifests), [""; 0]);
}

#[test]
fn no_room_imports_one_above_it() {
    let uses = uses_of(rust_files(), &manifests());
    for (crate_name, rooms) in ROOMS {
        assert_none(&upward_imports(crate_name, rooms, &uses));
    }
}

#[test]
fn no_circle_runs_between_modules() {
    let uses = uses_of(rust_files(), &manifests());
    let mut found = circles(&uses);
    found.retain(|arrow| !arrow.contains(RECURSIVE));
    assert_none(&found);
}

#[test]
fn no_circle_runs_between_scripts() {
    let scripts = tree::texts("widget", &["js"]);
    let uses = scripts::uses(&scripts);
    assert_ne!(uses.len(), 0);
    assert_eq!(circles(&uses), [""; 0]);
}

#[test]
fn a_planted_circle_of_scripts_is_found() {
    let script = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let planted = [
        script(
            "widget/js/start.js",
            "import { a } from \"./chat.js\";\nimport {\n  b,\n} from \"../loader/port.js\";",
        ),
        script("widget/js/chat.js", "const text = 'import';"),
        script("widget/loader/port.js", "import { c } from \"../js/chat.js\";"),
    ];
    assert_eq!(circles(&scripts::uses(&planted[..2])), [""; 0]);
    let found = circles(&scripts::uses(&planted));
    assert_eq!(found.len(), 2, "{found:?}");
}

fn manifest(name: &str, dependency: &str) -> Manifest {
    Manifest { name: name.to_owned(), folder: name.to_owned(), dependencies: vec![dependency.to_owned()] }
}

/// Two rooms and the files in them, planted for the tests of these rules.
fn planted(gate: &str, http: &str) -> Vec<Use> {
    let file = |path: &str, text: &str| (format!("planted/src/{path}"), text.to_owned());
    let files = source::parse(vec![
        file("lib.rs", "mod gate; mod http;"),
        file("gate/mod.rs", "mod head; pub use head::Head;"),
        file("gate/head.rs", gate),
        file("http.rs", http),
    ]);
    uses_of(&files, &[manifest("planted", "")])
}

#[test]
fn a_planted_import_upwards_is_found() {
    let upward = planted("use crate::http::{Page, Answer as Reply};", "");
    let found = upward_imports("planted", &["gate", "http"], &upward);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], "planted/src/gate/head.rs:1: crate::http::Answer: gate -> http");
    assert_eq!(upward_imports("planted", &["http", "gate"], &upward), [""; 0]);
    let unlisted = upward_imports("planted", &["gate"], &upward);
    assert!(unlisted[0].ends_with("http is not listed"), "{unlisted:?}");
}

#[test]
fn a_planted_path_upwards_is_found_without_a_use() {
    let upward = planted("fn f() { let page = vec![crate::http::page()]; }", "");
    assert_eq!(upward_imports("planted", &["gate", "http"], &upward).len(), 1);
}

#[test]
fn a_planted_circle_is_found_also_through_a_re_export() {
    assert_eq!(circles(&planted("", "use crate::gate::Head;")), [""; 0]);
    let found = circles(&planted("use super::super::http::Page;", "use crate::gate::Head;"));
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn imports_of_tests_are_no_arrows() {
    let uses = planted("#[cfg(test)] mod tests { use crate::http::Page; }", "use crate::gate::Head;");
    assert_eq!(circles(&uses), [""; 0]);
}

#[test]
fn a_planted_dependency_upwards_is_found() {
    let planted = [manifest("low", "high"), manifest("high", "low")];
    assert_eq!(upward_dependencies(&["low", "high"], &planted), ["low -> high"]);
}
