//! The folder of documents, where no webhook is set.

use std::path::Path;

use porthole_library::{Library, LibraryError};

use super::finding::Finding;

/// How many files that were left out are named.
const NAMED: usize = 3;

/// Opens the folder as the proxy would; `None` where `DOCS_DIR` is not set.
pub(super) fn check(folder: Option<&Path>) -> Vec<Finding> {
    let Some(folder) = folder else {
        return vec![Finding::problem(
            "upstream.none",
            "Neither N8N_WEBHOOK_URL nor DOCS_DIR is set: there is nothing to answer from.",
            "Set one of them.",
        )];
    };
    match Library::open(folder) {
        Ok(library) => judge(&library),
        Err(error) => vec![unreadable(&error)],
    }
}

fn judge(library: &Library) -> Vec<Finding> {
    let mut findings = vec![match library.document_count() {
        0 => Finding::problem(
            "documents.empty",
            "The folder of DOCS_DIR has no documents.",
            "Put Markdown or text files (*.md, *.markdown, *.txt) into it.",
        ),
        count => Finding::ok("documents.read", format!("Answers come from {count} documents.")),
    }];
    let skipped = library.skipped();
    if !skipped.is_empty() {
        let named: Vec<String> = skipped
            .iter()
            .take(NAMED)
            .map(|skipped| format!("{} {}", skipped.path.display(), skipped.reason))
            .collect();
        let more = if skipped.len() > NAMED { ", …" } else { "" };
        findings.push(Finding::warning(
            "documents.skipped",
            format!(
                "{} files of DOCS_DIR are left out: {}{more}.",
                skipped.len(),
                named.join(", ")
            ),
            "Correct them, or move them out of the folder.",
        ));
    }
    findings
}

fn unreadable(error: &LibraryError) -> Finding {
    let (code, what) = match error {
        LibraryError::Missing(_) => ("documents.missing", "is not there"),
        LibraryError::NotAFolder(_) => ("documents.no_folder", "is not a folder"),
        LibraryError::Unreadable { .. } => ("documents.unreadable", "cannot be read"),
    };
    Finding::problem(
        code,
        format!("The folder of DOCS_DIR {what}."),
        format!("{error}."),
    )
}
