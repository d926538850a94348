//! Words that may not stand in any file.

use porthole_tests::tree;

/// The one file that may sleep.
const SLEEPS: &str = "tests/src/wait.rs";

fn sources() -> Vec<(String, String)> {
    let mut all = tree::texts("", &["rs", "js", "css"]);
    // This file has to name what it forbids.
    all.retain(|(path, _)| path != "tests/tidy/text.rs");
    all
}

fn places<'a>(files: &'a [(String, String)], forbidden: &'a [&'a str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        for (number, line) in text.lines().enumerate() {
            let words = forbidden.iter().filter(|word| line.contains(**word));
            found.extend(words.map(|word| format!("{path}:{}: {word}", number + 1)));
        }
    }
    found
}

#[test]
fn no_work_is_left_for_later() {
    assert_eq!(places(&sources(), &["TODO", "FIXME", "XXX", "todo!(", "unimplemented!("]), [""; 0]);
}

#[test]
fn a_lint_is_expected_with_a_reason_and_never_allowed() {
    assert_eq!(places(&sources(), &["#[allow(", "#![allow("]), [""; 0]);
}

#[test]
fn markup_is_never_made_from_text() {
    let files: Vec<_> = sources().into_iter().filter(|(path, _)| path.starts_with("widget/")).collect();
    let ways = [
        "innerHTML",
        "outerHTML",
        "inner_html",
        "outer_html",
        "insertAdjacentHTML",
        "insert_adjacent_html",
        "document.write",
        "from_html_unchecked",
        "VRaw",
        "srcdoc",
        "set_srcdoc",
        "eval(",
        "new Function",
        "createContextualFragment",
        "DOMParser",
        "setHTMLUnsafe",
    ];
    assert_eq!(places(&files, &ways), [""; 0]);
}

#[test]
fn a_test_waits_for_conditions_and_not_for_time() {
    let mut tests = tree::texts("tests", &["rs"]);
    tests.retain(|(path, _)| path != SLEEPS && path != "tests/tidy/text.rs");
    for (path, text) in sources() {
        let first_test = text.find("#[cfg(test)]").map(|at| text[at..].to_owned());
        tests.extend(first_test.map(|text| (format!("{path} (tests)"), text)));
    }
    assert_eq!(places(&tests, &["sleep("]), [""; 0]);
}

#[test]
fn no_test_is_switched_off() {
    assert_eq!(places(&sources(), &["#[ignore"]), [""; 0]);
}
