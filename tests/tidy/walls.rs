//! Walls: crates that another may not depend on, and words that may not stand in a room.

use porthole_tests::tree;

use crate::rooms::dependencies;

/// Frameworks of the edge.
const SERVER: &[&str] = &["actix-web", "actix-http", "actix-web-lab", "hyper", "clap"];
/// Clients, runtimes and logs, which the rules and the settings do without.
const ASYNC: &[&str] = &["reqwest", "tokio", "futures-util"];
/// The browser.
const BROWSER: &[&str] = &["web-sys", "js-sys", "wasm-bindgen", "yew"];

/// A crate's folder, and the crates that it may not depend on.
const CRATES: &[(&str, &[&[&str]])] = &[
    ("proxy/domain", &[SERVER, ASYNC, &["tracing", "dotenvy"]]),
    ("proxy/library", &[SERVER, ASYNC, &["porthole-domain", "porthole-protocol"]]),
    ("proxy/config", &[SERVER, ASYNC]),
    ("proxy/telemetry", &[SERVER, ASYNC]),
    ("proxy/store", &[SERVER, &["reqwest"]]),
    ("proxy/upstream", &[SERVER]),
    ("proxy/relay", &[SERVER, &["reqwest"]]),
    ("proxy/chat", &[SERVER, &["reqwest"]]),
    ("proxy/doctor", &[SERVER]),
    ("widget/core", &[BROWSER, &["porthole-domain"]]),
    ("widget/prose", &[&["porthole-domain", "yew", "web-sys"]]),
    ("widget", &[&["porthole-domain"]]),
];

/// A folder, the words that may not stand in its code, and the place where they belong.
const WORDS: &[(&str, &[&str], &str)] = &[
    ("proxy/protocol/src", &["std::time", "std::net", "std::env"], "the caller"),
    ("proxy/domain/src", &["Instant::now", "SystemTime::now", "std::env"], "an argument"),
    ("proxy/src/gate", &["reqwest", "env::var"], "upstream and config"),
    ("proxy/src/http", &["reqwest", "env::var"], "upstream and config"),
    ("widget/loader", &[".cssText", "setAttribute(\"style\"", "import(\"http"], "adopted style sheets"),
];

#[test]
fn the_contract_needs_nothing_but_serde() {
    assert_eq!(dependencies(&tree::read("proxy/protocol/Cargo.toml")), ["serde"]);
}

#[test]
fn no_crate_depends_on_one_behind_its_wall() {
    for (folder, forbidden) in CRATES {
        let mut found = dependencies(&tree::read(&format!("{folder}/Cargo.toml")));
        assert_ne!(found, [""; 0], "{folder}: the manifest is not read");
        found.retain(|name| forbidden.concat().contains(&name.as_str()));
        assert_eq!(found, [""; 0], "{folder}");
    }
}

#[test]
fn no_room_reaches_over_a_wall() {
    let mut broken = Vec::new();
    for (folder, forbidden, belongs) in WORDS {
        let files = tree::texts(folder, &["rs", "js"]);
        assert!(!files.is_empty(), "{folder}");
        for (path, text) in files {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n");
            let found = forbidden.iter().filter(|word| code.contains(**word));
            broken.extend(found.map(|word| format!("{path} says {word}, which belongs into {belongs}")));
        }
    }
    assert_eq!(broken, [""; 0]);
}
