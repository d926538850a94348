//! Server-sent events: framing a reply, and parsing an upstream's.
//!
//! The reader follows the WHATWG specification (HTML, "Parsing an event stream") to the letter, wherever the bytes are
//! cut. The crates that were tried fail on a byte order mark or a CRLF that is cut in two.

mod lines;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use lines::{LineReader, MAX_LINE};
pub use reader::{EventReader, Frame, MAX_DATA};
pub use writer::write;

/// The error of a line or an event that is larger than the reader takes; the rest of the stream cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLargeError;

impl core::fmt::Display for TooLargeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a line or an event is larger than the limit")
    }
}

impl core::error::Error for TooLargeError {}
