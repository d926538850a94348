//! Full-text search over a folder of documents, answered by quotes. It may not know the proxy, a clock or the network.
//!
//! The engine of the `docs` upstream. It reads the folder once, when it is opened, and answers from memory: the same
//! answer to the same question.

mod answer;
mod blocks;
mod document;
mod folder;
mod front_matter;
mod language;
mod library;
mod markdown;
mod passage;
mod ranking;
mod similarity;
mod small_talk;
mod tokenizer;

pub use answer::Answer;
pub use folder::{LibraryError, SkipReason, Skipped};
pub use library::Library;
