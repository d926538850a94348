//! Rules about the repository itself that no compiler knows.

mod documents;
mod language;
mod names;
mod references;
mod rooms;
mod sizes;
mod source;
mod terms;
mod text;
mod walls;

use std::collections::BTreeSet;

use porthole_tests::{proxy, tree};

#[path = "../../scripts/src/widget/budget.rs"]
mod budget;

/// Fails with the findings of a rule, one a line.
fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_widget_stays_within_its_budget() {
    let dist = tree::root().join("widget/dist");
    let measured =
        budget::measure(&dist).expect("`cargo xtask test` builds the widget, as does `cargo xtask widget`");
    assert!(
        measured.excess().is_empty(),
        "too heavy:\n{}\nall of it:\n{measured}",
        measured.excess().join("\n")
    );
}

#[test]
fn the_example_environment_names_exactly_the_settings_of_the_binary() {
    let help = proxy::run(&["serve", "--help"], &[]).output;
    let is_flag = |word: &&str| word.starts_with("--") && *word != "--help" && *word != "--version";
    let words = help.split(|c: char| c.is_whitespace() || matches!(c, '=' | ',' | '<' | '[')).filter(is_flag);
    let in_code: BTreeSet<String> = words.map(|flag| flag[2..].replace('-', "_").to_uppercase()).collect();
    let example = tree::read(".env.example");
    let names = example.lines().filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('='));
    let is_name = |name: &&str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    let in_example: BTreeSet<String> =
        names.map(|(name, _)| name).filter(is_name).map(str::to_owned).collect();
    assert_eq!(in_example, in_code);
}
