//! The folder of documents, where no webhook is set.

use std::path::Path;

use porthole_library::{Library, LibraryError, Skipped};

use crate::finding::{Finding, documents, upstream};

/// Skipped files that are named; the rest is counted.
const MAX_NAMED: usize = 3;

/// Opens the folder as the proxy would; `None` where `DOCS_DIR` is not set.
pub(crate) fn check(folder: Option<&Path>) -> Vec<Finding> {
    let Some(folder) = folder else {
        return vec![upstream::none()];
    };
    match Library::open(folder) {
        Ok(library) => std::iter::once(count(&library)).chain(skipped(library.skipped())).collect(),
        Err(error @ LibraryError::Missing(_)) => vec![documents::missing(error)],
        Err(error @ LibraryError::NotAFolder(_)) => vec![documents::no_folder(error)],
        Err(error @ LibraryError::Unreadable { .. }) => vec![documents::unreadable(error)],
    }
}

fn count(library: &Library) -> Finding {
    match library.document_count() {
        0 => documents::empty(),
        count => documents::read(count),
    }
}

fn skipped(skipped: &[Skipped]) -> Option<Finding> {
    let named = skipped.iter().take(MAX_NAMED);
    let mut named: Vec<String> =
        named.map(|skipped| format!("{} {}", skipped.path.display(), skipped.reason)).collect();
    named.extend((skipped.len() > MAX_NAMED).then(|| "…".to_owned()));
    (!skipped.is_empty()).then(|| documents::skipped(skipped.len(), named.join(", ")))
}
