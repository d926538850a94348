//! Answers a visitor's question from a folder of documents: full-text ranking, quoted passages, links to the sources.
//!
//! This is the engine of the `docs` upstream. It needs nothing outside the binary, reads the folder once when it
//! is opened, and from then on answers from memory: no clock, no network, the same answer to the same question.

mod answer;
mod blocks;
mod courtesy;
mod document;
mod folder;
mod language;
mod library;
mod likeness;
mod markdown;
mod passage;
mod phrases;
mod ranking;
mod words;

pub use answer::Answer;
pub use folder::{LibraryError, SkipReason, Skipped};
pub use library::Library;
