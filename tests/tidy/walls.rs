//! Walls: words that may not stand in a room, and crates that another may not depend on.

use porthole_tests::tree;

use crate::rooms::dependencies;

#[test]
fn the_contract_needs_nothing_but_serde() {
    let permitted = ["serde", "bytes"];
    let strangers: Vec<String> = dependencies(&tree::read("proxy/protocol/Cargo.toml"))
        .into_iter()
        .filter(|name| !permitted.contains(&name.as_str()))
        .collect();
    assert_eq!(strangers, [""; 0]);
}

#[test]
fn the_rules_know_no_http_no_async_and_no_log() {
    let edge = [
        "actix-web",
        "actix-web-lab",
        "reqwest",
        "hyper",
        "tokio",
        "futures-util",
        "tracing",
        "clap",
        "dotenvy",
    ];
    let found: Vec<String> = dependencies(&tree::read("proxy/domain/Cargo.toml"))
        .into_iter()
        .filter(|name| edge.contains(&name.as_str()))
        .collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn the_widget_knows_the_contract_and_not_the_rules() {
    let names = dependencies(&tree::read("widget/Cargo.toml"));
    assert!(names.contains(&"porthole-protocol".to_owned()));
    assert!(
        !names.contains(&"porthole-domain".to_owned()) && !names.contains(&"porthole".to_owned()),
        "{names:?}"
    );
}

#[test]
fn no_room_reaches_over_a_wall() {
    // Where, what may not stand there, and where that belongs.
    let walls: &[(&str, &[&str], &str)] = &[
        (
            "proxy/protocol/src",
            &["std::time", "std::net", "std::env", "web_sys"],
            "the caller",
        ),
        (
            "proxy/domain/src",
            &["Instant::now", "SystemTime::now", "std::env", "tracing::"],
            "an argument",
        ),
        (
            "proxy/src/gate",
            &["reqwest", "std::env", "env::var"],
            "upstream and config",
        ),
        (
            "proxy/src/http",
            &["reqwest", "std::env", "env::var"],
            "upstream and config",
        ),
        ("proxy/src/upstream", &["actix"], "http"),
        ("proxy/src/relay", &["actix"], "http"),
        (
            "widget/core/src",
            &["web_sys", "js_sys", "wasm_bindgen", "yew::"],
            "client, storage and ui",
        ),
        (
            "widget/loader",
            &[".cssText", "setAttribute(\"style\"", "import(\"http"],
            "adopted style sheets",
        ),
    ];
    let mut broken = Vec::new();
    for (folder, forbidden, belongs) in walls {
        for (path, text) in tree::texts(folder, &["rs", "js"]) {
            let code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            let found = forbidden.iter().filter(|word| code.contains(**word));
            broken.extend(found.map(|word| format!("{path} says {word}, which belongs into {belongs}")));
        }
    }
    assert_eq!(broken, [""; 0]);
}
