//! Full-text search over a folder of documents: a question is answered by quoted passages with links to their sources.
//!
//! The engine of the `docs` upstream. It reads the folder once, when it is opened, and answers from memory: no clock,
//! no network, no knowledge of the proxy, and the same answer to the same question.

mod answer;
mod blocks;
mod document;
mod folder;
mod front_matter;
mod language;
mod library;
mod markdown;
mod passage;
mod phrases;
mod ranking;
mod similarity;
mod small_talk;
mod tokenizer;

pub use answer::Answer;
pub use folder::{LibraryError, SkipReason, Skipped};
pub use library::Library;
