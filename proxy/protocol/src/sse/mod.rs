//! Server-sent events: how a reply is framed and how it is read back.
//!
//! The reader follows the WHATWG specification ("Parsing an event stream") to the letter, however
//! the bytes are cut. It is compiled into the browser's module too, so it is kept small: no
//! dependency, no formatting machinery.

mod lines;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use lines::{LineReader, MAX_LINE};
pub use reader::{EventReader, Frame, MAX_DATA};
pub use writer::write;

/// A line or an event is larger than the reader takes; what follows can no longer be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLargeError;

impl core::fmt::Display for TooLargeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a line or an event is larger than the limit")
    }
}

impl core::error::Error for TooLargeError {}
