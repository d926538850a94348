//! Comments and documents in the field's words: a sentence has a noun for its subject.

use porthole_tests::tree;

use crate::assert_none;
use crate::source::comments::{read, sentences};

/// Words that make a clause the subject of its sentence.
const CLAUSES: [&str; 5] = ["What", "Who", "Whether", "Whoever", "How"];

/// Returns the sentences of a file's comments that begin with a clause and are no question.
fn clause_subjects(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for comment in read(path, text) {
        for sentence in sentences(&comment.text) {
            let first = sentence.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            if CLAUSES.iter().any(|clause| clause.eq_ignore_ascii_case(first))
                && !sentence.trim_end_matches('\'').ends_with('?')
            {
                found.push(format!("{path}:{}: {sentence}", comment.line));
            }
        }
    }
    found
}

#[test]
fn no_sentence_of_a_comment_has_a_clause_for_its_subject() {
    let files = tree::texts("", &["rs", "js", "css", "html", "md", "toml", "example"]);
    let found: Vec<String> = files
        .iter()
        // The documents of the example shop speak to its visitors.
        .filter(|(path, _)| !path.starts_with("examples/documents/"))
        .flat_map(|(path, text)| clause_subjects(path, text))
        .collect();
    assert_none(&found);
}

#[test]
fn a_clause_is_found_wherever_a_sentence_begins() {
    for (path, text, expected) in [
        ("a.rs", "//! Whether it is.", "a.rs:1: Whether it is."),
        ("a.rs", "fn f() {}\n/// Reads on\n/// and on. Who\n/// reads?", ""),
        ("a.rs", "/// Reads.\n///\n/// * How long it may take", "a.rs:1: How long it may take"),
        ("a.rs", "let a = 1; // what it is", "a.rs:1: what it is"),
        ("a.rs", "let a = \"// What it is\"; let b = '\"'; // However", ""),
        ("a.rs", "let a = r#\"\"// What\"#; /* Who */", "a.rs:1: Who"),
        ("a.rs", "/// Reads. (What\n/// is left stays.)", "a.rs:1: What is left stays.)"),
        ("a.js", "const a = /[\"/]/; const b = `// What`; // *What* it is", "a.js:1: What* it is"),
        ("a.css", "a{content:\"/* What */\"}\n/* Whoever */", "a.css:2: Whoever"),
        ("a.toml", "a = \"# What\"\n# Who reads", "a.toml:2: Who reads"),
        (".env.example", "# How long.\n#A=b", ".env.example:1: How long."),
        (
            "a.md",
            "# What\n\nIt is. What\nis it?\n\n```\nWhat\n```\n* Whether it is.",
            "a.md:9: Whether it is.",
        ),
        ("a.html", "<p>Don't // What</p>\n<!-- What -->", "a.html:2: What"),
    ] {
        assert_eq!(clause_subjects(path, text).join("\n"), expected, "{text}");
    }
}
