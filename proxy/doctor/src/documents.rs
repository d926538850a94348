//! The folder of documents, where no webhook is set.

use std::path::Path;

use porthole_library::{Library, LibraryError};

use crate::finding::{Finding, FindingCode};

/// Skipped files that are named; the rest is counted.
const MAX_NAMED: usize = 3;

/// Opens the folder as the proxy would; `None` where `DOCS_DIR` is not set.
pub(crate) fn check(folder: Option<&Path>) -> Vec<Finding> {
    let Some(folder) = folder else {
        return vec![FindingCode::UpstreamNone.finding()];
    };
    match Library::open(folder) {
        Ok(library) => std::iter::once(count(&library)).chain(skipped(&library)).collect(),
        Err(error) => vec![unreadable(&error)],
    }
}

fn count(library: &Library) -> Finding {
    match library.document_count() {
        0 => FindingCode::DocumentsEmpty.finding(),
        count => FindingCode::DocumentsRead.with_message(format!("Answers come from {count} documents.")),
    }
}

fn skipped(library: &Library) -> Option<Finding> {
    let skipped = library.skipped();
    let named: Vec<String> = skipped
        .iter()
        .take(MAX_NAMED)
        .map(|skipped| format!("{} {}", skipped.path.display(), skipped.reason))
        .collect();
    let more = if skipped.len() > MAX_NAMED { ", …" } else { "" };
    (!skipped.is_empty()).then(|| {
        FindingCode::DocumentsSkipped.with_message(format!(
            "{} files of DOCS_DIR are left out: {}{more}.",
            skipped.len(),
            named.join(", ")
        ))
    })
}

fn unreadable(error: &LibraryError) -> Finding {
    let (code, fault) = match error {
        LibraryError::Missing(_) => (FindingCode::DocumentsMissing, "is not there"),
        LibraryError::NotAFolder(_) => (FindingCode::DocumentsNoFolder, "is not a folder"),
        LibraryError::Unreadable { .. } => (FindingCode::DocumentsUnreadable, "cannot be read"),
    };
    code.with_message(format!("The folder of DOCS_DIR {fault}.")).remedy(format!("{error}."))
}
