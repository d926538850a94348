//! Who may know whom: `widget -> protocol <- domain <- proxy`, and the walls inside them.

use porthole_tests::tree;

/// The names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> Vec<String> {
    let text = tree::read(manifest);
    let section = text
        .split("\n[")
        .find_map(|section| section.strip_prefix("dependencies]"))
        .unwrap_or_default();
    let lines = section
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split(['=', '.', ' ']).next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_contract_needs_nothing_but_serde() {
    let permitted = ["serde", "bytes"];
    let strangers: Vec<String> = dependencies("proxy/protocol/Cargo.toml")
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
    let found: Vec<String> = dependencies("proxy/domain/Cargo.toml")
        .into_iter()
        .filter(|name| edge.contains(&name.as_str()))
        .collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn the_widget_knows_the_contract_and_not_the_rules() {
    let names = dependencies("widget/Cargo.toml");
    assert!(names.contains(&"porthole-protocol".to_owned()));
    assert!(
        !names.contains(&"porthole-domain".to_owned()) && !names.contains(&"porthole".to_owned()),
        "{names:?}"
    );
}

#[test]
fn nobody_reaches_over_a_wall() {
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
