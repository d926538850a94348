//! References lead to what is in the repository.

use std::collections::BTreeSet;

use porthole_tests::tree;

use crate::assert_none;
use crate::source::comments::read;

const CONTRACT: &str = "proxy/protocol/README.md";
const WRITTEN: &[&str] = &["rs", "js", "css", "html", "md", "toml", "json", "example", "sh", "yml"];

/// Documents that stand outside; their names in two halves, so that this file names none.
const OUTSIDE: [(&str, &str); 4] = [("DES", "IGN"), ("PROTO", "COL"), ("HO", "USE"), ("../sha", "red")];

/// The numbers of the contract's sections: `4` of `## 4. A message`.
fn sections(contract: &str) -> BTreeSet<String> {
    let headings = contract.lines().filter(|line| line.starts_with("##"));
    let number = |heading: &str| section_number(heading.trim_start_matches(['#', ' ', '§']));
    headings.map(number).filter(|number| !number.is_empty()).collect()
}

fn section_number(text: &str) -> String {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text[..end].trim_end_matches('.').to_owned()
}

/// Returns the numbers of the contract's sections that a comment refers to; several stand as `§4, §7`.
fn referred(comment: &str) -> Vec<String> {
    let flowing = comment.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for mut rest in flowing.split("ontract §").skip(1) {
        loop {
            let number = section_number(rest);
            rest = &rest[number.len()..];
            found.push(number);
            match rest.strip_prefix(", §").or_else(|| rest.strip_prefix(" and §")) {
                Some(next) => rest = next,
                None => break,
            }
        }
    }
    found
}

/// Tells if a line names a document, or a file of a folder, by itself and not within a longer word.
fn names(line: &str, document: &str) -> bool {
    let is_inner = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(document).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + document.len()..]);
        !before.ends_with(is_inner) && !after.starts_with(is_inner)
    })
}

#[test]
fn no_file_names_a_document_outside_the_repository() {
    let mut found = Vec::new();
    for (path, text) in tree::texts("", WRITTEN) {
        for document in OUTSIDE.map(|(start, end)| format!("{start}{end}")) {
            let lines = text.lines().enumerate().filter(|(_, line)| names(line, &document));
            found.extend(lines.map(|(number, _)| format!("{path}:{}: {document}", number + 1)));
        }
    }
    assert_none(&found);
}

#[test]
fn every_section_that_a_comment_names_is_in_the_contract() {
    let contract = sections(&tree::read(CONTRACT));
    let mut found = Vec::new();
    for (path, text) in tree::texts("", &["rs", "js", "css", "html"]) {
        for comment in read(&path, &text) {
            let unknown = referred(&comment.text).into_iter().filter(|section| !contract.contains(section));
            found.extend(unknown.map(|section| format!("{path}:{}: §{section}", comment.line)));
        }
    }
    assert_none(&found);
}

#[test]
fn references_and_headings_are_read_alike() {
    let contract = "# The contract\n## 4. A message\n### 4.1 Rules\n## §10 Frame";
    assert_eq!(sections(contract).into_iter().collect::<Vec<_>>(), ["10", "4", "4.1"]);
    assert!(names("see PLAN.md", "PLAN") && !names("PLAN_DIR, EXPLAN", "PLAN"));
    let comment = "Contract §4,\nrule 2 (RFC 9110 §12); as in the contract\n§4.1, §7 and §10.";
    assert_eq!(referred(comment), ["4", "4.1", "7", "10"]);
}
