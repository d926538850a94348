//! Documents agree with the code.

use std::collections::BTreeSet;

use porthole_tests::{proxy, tree};
use serde_json::Value;

/// The contract: it names constants of the code as well as settings.
const CONTRACT: &str = "proxy/protocol/README.md";

/// The promises of a server that stores nothing, each with its test.
const PROMISES: &str = "docs/stateless.md";

const READ_BY_PEOPLE: [&str; 8] = [
    "README.md",
    "ARCHITECTURE.md",
    "GLOSSARY.md",
    PROMISES,
    "examples/client/README.md",
    "examples/pages/README.md",
    "examples/workflows/README.md",
    "widget/pages/playground.html",
];

/// Words in capitals with an underscore that are no settings.
const OTHER_NAMES: [&str; 5] =
    ["PAGES_PORT", "NAME_FILE", "RUSTC_BOOTSTRAP", "SSL_CERT_FILE", "SSL_CERT_DIR"];

#[test]
fn every_setting_that_is_named_exists() {
    let settings: BTreeSet<String> = tree::read(".env.example")
        .lines()
        .filter_map(|line| Some(line.strip_prefix('#')?.split_once('=')?.0.to_owned()))
        .collect();
    let is_known = |name: &str| {
        settings.contains(name.strip_suffix("_FILE").unwrap_or(name)) || OTHER_NAMES.contains(&name)
    };
    for path in READ_BY_PEOPLE {
        let text = tree::read(path);
        let words = text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
        let unknown: Vec<&str> = words
            .filter(|word| word.contains('_') && word.starts_with(|c: char| c.is_ascii_uppercase()))
            .filter(|word| !is_known(word))
            .collect();
        assert_eq!(unknown, [""; 0], "{path}");
    }
}

#[test]
fn every_command_that_is_named_exists() {
    let xtask = tree::read("scripts/src/main.rs");
    let porthole = proxy::run(&["--help"], &[]).output;
    for path in READ_BY_PEOPLE {
        let text = tree::read(path);
        for (prefix, known) in [("cargo xtask ", &xtask), ("target/release/porthole ", &porthole)] {
            for after in text.split(prefix).skip(1) {
                let command = after.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
                let listed = format!("  {command} ");
                assert!(command.is_empty() || known.contains(&listed), "{path}: {prefix}{command}");
            }
        }
    }
}

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    for path in READ_BY_PEOPLE.into_iter().chain([CONTRACT]) {
        let text = tree::read(path);
        let folder = tree::root().join(path).parent().unwrap().to_owned();
        for after in text.split("](").skip(1) {
            let target = after.split([')', '#']).next().unwrap_or_default();
            let elsewhere = target.is_empty() || target.contains("://") || target.contains('{');
            assert!(elsewhere || folder.join(target).exists(), "{path}: {target}");
        }
    }
}

#[test]
fn every_file_that_is_named_exists() {
    let written: Vec<String> =
        tree::texts("", &["rs", "js", "css"]).into_iter().map(|(path, _)| path).collect();
    for path in READ_BY_PEOPLE.into_iter().chain([CONTRACT]) {
        let text = tree::read(path);
        for quoted in text.split('`').skip(1).step_by(2) {
            let is_path = [".rs", ".js", ".css"].iter().any(|end| quoted.ends_with(end));
            let is_plain = !quoted.contains(['{', '*', ' ', '<', ':']) && !quoted.starts_with('/');
            let is_there = written.iter().any(|file| file == quoted || file.ends_with(&format!("/{quoted}")));
            assert!(!is_path || !is_plain || is_there, "{path}: {quoted}");
        }
    }
}

/// Returns the tests of a row, each with its file: `a.rs`: `one`, `two`; `b.rs`: `three`.
fn named_tests(row: &str) -> Vec<(&str, &str)> {
    let shown_by = row.trim_end_matches([' ', '|']).rsplit_once(" | ").map_or("", |(_, last)| last);
    let mut file = "";
    let mut found = Vec::new();
    for quoted in shown_by.split('`').skip(1).step_by(2) {
        if quoted.contains('/') { file = quoted } else { found.push((file, quoted)) }
    }
    found
}

#[test]
fn every_promise_names_a_test_that_exists() {
    let document = tree::read(PROMISES);
    let is_row = |line: &&str| line.starts_with("| **");
    for row in document.lines().filter(is_row) {
        let tests = named_tests(row);
        assert_ne!(tests, [("", ""); 0], "{row}");
        for (file, test) in tests {
            let text = tree::read(file);
            let is_there = text.contains(&format!("fn {test}(")) || text.contains(&format!("\"{test}\""));
            assert!(is_there, "{file}: {test}");
        }
    }
}

#[test]
fn the_architecture_stays_short() {
    let lines = tree::read("ARCHITECTURE.md").lines().count();
    assert!(lines <= 130, "{lines} lines");
}

#[test]
fn the_playground_names_sections_that_the_readme_has() {
    let readme = tree::read("README.md");
    let page = tree::read("widget/pages/playground.html");
    let named: Vec<&str> =
        page.split('“').skip(1).filter_map(|after| Some(after.split_once('”')?.0)).collect();
    assert_ne!(named, [""; 0]);
    for section in named {
        assert!(readme.contains(&format!("\n## {section}\n")), "{section}");
    }
}

#[test]
fn workflows_to_import_are_whole_and_hold_no_credentials() {
    for (path, text) in tree::texts("examples/workflows", &["json"]) {
        let workflow: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let nodes = workflow["nodes"].as_array().unwrap_or_else(|| panic!("{path}: no nodes"));
        let of = |kind: &str| nodes.iter().find(|node| node["type"] == kind);
        if of("n8n-nodes-base.executeWorkflowTrigger").is_none() {
            let webhook = of("n8n-nodes-base.webhook").unwrap_or_else(|| panic!("{path}: nothing begins it"));
            assert_eq!(webhook["parameters"]["authentication"], "jwtAuth", "{path}");
            assert_eq!(webhook["parameters"]["httpMethod"], "POST", "{path}");
        }
        let is_without =
            |node: &Value| node.get("credentials").is_none_or(|held| held == &serde_json::json!({}));
        assert!(nodes.iter().all(is_without), "{path}: credentials are the importer's own");
    }
}
