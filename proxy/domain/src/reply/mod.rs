//! Decodes the body of an upstream's answer: bytes in, parts of a reply out (contract §9).
//!
//! The format is detected by the first bytes, however the body is cut. A reply is over when its body is over, not at
//! an end mark in it.

mod announcements;
mod answer_path;
mod builder;
mod charset;
mod data_stream;
mod decoder;
mod document;
mod error;
mod event_style;
mod events;
mod fence;
mod format;
mod lenient;
mod line;
mod look;
mod members;
mod notices;
mod options;
mod output;
mod pages;
mod part;
pub(crate) mod prefix;
mod protocols;
mod receipts;
mod repeat;
mod report;
mod sources;
mod speech;
mod steps;
pub(crate) mod string;
#[cfg(test)]
mod tests;
mod text;

pub use answer_path::AnswerPath;
pub use decoder::Decoder;
pub use error::{EmptyCause, ReplyError};
pub use options::DecoderOptions;
pub use part::{MAX_PART_BYTES, ReplyPart};
pub(crate) use speech::SpeechFilter;
pub use speech::Thoughts;
