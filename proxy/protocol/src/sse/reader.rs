//! Parses an event stream.

use super::{LineReader, TooLargeError};

/// The bytes of data in one event: a whole reply of 1 MiB fits into one.
pub const MAX_DATA: usize = 1024 * 1024;

/// The bytes of an event id: each event carries a copy of the last one.
const MAX_ID: usize = 1024;

/// One event as it is dispatched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The last event id in effect, which stays until the stream sets another; empty before the first.
    pub id: String,
    /// The event's name; `message` where the stream gives no name.
    pub event: String,
    /// The data lines, joined by LF.
    pub data: String,
}

/// A parser of events from bytes that may be cut anywhere.
///
/// An event that the stream does not finish with a blank line is discarded, unless [`EventReader::finish`] asks for it.
/// After an error the reader must be dropped.
#[derive(Debug, Default)]
pub struct EventReader {
    lines: LineReader,
    event: Fields,
}

/// The buffers of the specification; `data` ends each line with LF until it is dispatched.
#[derive(Debug, Default)]
struct Fields {
    id: String,
    event: String,
    data: String,
}

impl EventReader {
    /// Parses `bytes` and appends every event that they complete.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Frame>) -> Result<(), TooLargeError> {
        let mut rest = bytes;
        while let Some(line) = self.lines.next(&mut rest)? {
            if line.is_empty() {
                out.extend(self.event.dispatch());
            } else {
                self.event.field(line)?;
            }
        }
        Ok(())
    }

    /// Returns the memory of the event that has not ended.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let Fields { id, event, data } = &self.event;
        self.lines.held_bytes() + id.capacity() + event.capacity() + data.capacity()
    }

    /// Finishes the event that the stream left without its blank line, for streams that are written loosely.
    pub fn finish(&mut self) -> Result<Option<Frame>, TooLargeError> {
        if let Some(line) = self.lines.finish() {
            self.event.field(line)?;
        }
        Ok(self.event.dispatch())
    }
}

impl Fields {
    fn field(&mut self, line: &[u8]) -> Result<(), TooLargeError> {
        let colon = line.iter().position(|&byte| byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => return self.more_data(value),
            b"event" => self.event = text(value),
            b"id" if !value.contains(&0) && value.len() <= MAX_ID => self.id = text(value),
            // A comment has an empty name. `retry` means nothing to a reader that never reconnects.
            _ => {}
        }
        Ok(())
    }

    fn more_data(&mut self, value: &[u8]) -> Result<(), TooLargeError> {
        // U+FFFD is three bytes, so what is too large may only show after decoding.
        let value = core::str::from_utf8(value).map_or_else(|_| String::from_utf8_lossy(value), Into::into);
        if self.data.len() + value.len() > MAX_DATA {
            return Err(TooLargeError);
        }
        self.data.push_str(&value);
        self.data.push('\n');
        Ok(())
    }

    fn dispatch(&mut self) -> Option<Frame> {
        let event = core::mem::take(&mut self.event);
        let mut data = core::mem::take(&mut self.data);
        // The last line's LF; without one there was no data field, and nothing is dispatched.
        data.pop()?;
        let event = if event.is_empty() { "message".into() } else { event };
        Some(Frame { id: self.id.clone(), event, data })
    }
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}
