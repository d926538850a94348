//! A folder of documents, ready to be asked.

use std::path::Path;

use crate::answer::Answer;
use crate::folder::{Folder, LibraryError, Skipped};

/// A folder of documents, read once and answered from memory.
#[derive(Debug)]
pub struct Library {
    documents: usize,
    skipped: Vec<Skipped>,
}

impl Library {
    /// Reads every `*.md`, `*.markdown` and `*.txt` file below a folder.
    ///
    /// At most 2,000 files of at most 1 MiB each and 32 MiB in all; hidden files are passed over, links are not
    /// followed out of the folder. An empty folder is a library that says so in its answers.
    pub fn open(dir: &Path) -> Result<Self, LibraryError> {
        let folder = Folder::read(dir)?;
        Ok(Self {
            documents: folder.sources.len(),
            skipped: folder.skipped,
        })
    }

    /// Answers a question, whatever it contains, in a bounded time.
    #[must_use]
    pub fn answer(&self, _question: &str) -> Answer {
        Answer {
            text: "I have no documents to answer from yet.".to_owned(),
            suggestions: Vec::new(),
        }
    }

    /// Counts the documents that can be quoted.
    #[must_use]
    pub fn document_count(&self) -> usize {
        self.documents
    }

    /// Lists files that were left out, and why; at most the first 100.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }
}
