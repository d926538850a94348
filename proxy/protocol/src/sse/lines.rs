//! Splits a body into lines, for event streams and for JSON lines.

use super::TooLargeError;

/// The bytes of one line: far above any event of ours, and small enough to be held for each reply.
pub const MAX_LINE: usize = 256 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";
const LF: u8 = b'\n';
const CR: u8 = b'\r';

/// A splitter of a body into lines that end with LF, CR or CRLF, wherever the body is cut.
///
/// A byte order mark before the first line is dropped. Lines are bytes: UTF-8 never holds a line
/// end inside a character, so decoding whole lines equals decoding the whole body.
#[derive(Debug, Default)]
pub struct LineReader {
    held: Vec<u8>,
    /// `true` once `held` was returned as a line: the next call clears it.
    handed_out: bool,
    /// `true` after a CR: an LF right behind it ends no further line.
    after_cr: bool,
    /// `true` after the first line, which alone may begin with a byte order mark.
    begun: bool,
}

impl LineReader {
    /// Splits the next whole line, without its end, off the front of `input`; `None` where `input` has no line end, and is
    /// kept for the next call.
    pub fn next<'a, 'i: 'a>(&'a mut self, input: &mut &'i [u8]) -> Result<Option<&'a [u8]>, TooLargeError> {
        if self.handed_out {
            self.held.clear();
            self.handed_out = false;
        }
        if self.after_cr && !input.is_empty() {
            self.after_cr = false;
            *input = input.strip_prefix(&[LF]).unwrap_or(input);
        }
        let bytes = *input;
        let Some(end) = line_end(bytes) else {
            *input = &[];
            self.hold(bytes)?;
            return Ok(None);
        };
        let (head, rest) = bytes.split_at(end);
        *input = rest.strip_prefix(b"\r\n").unwrap_or(&rest[1..]);
        self.after_cr = rest == [CR];
        if self.held.is_empty() {
            within_limit(head.len())?;
            return Ok(Some(self.without_bom(head)));
        }
        self.hold(head)?;
        self.handed_out = true;
        let bom = self.bom_length();
        Ok(Some(&self.held[bom..]))
    }

    /// Returns the bytes behind the last line end, if there are any.
    pub fn finish(&mut self) -> Option<&[u8]> {
        if self.handed_out || self.held.is_empty() {
            return None;
        }
        self.handed_out = true;
        let bom = self.bom_length();
        Some(&self.held[bom..])
    }

    /// Returns the memory of the line that has not ended.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.held.capacity()
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), TooLargeError> {
        within_limit(self.held.len() + bytes.len())?;
        self.held.extend_from_slice(bytes);
        Ok(())
    }

    fn without_bom<'a>(&mut self, line: &'a [u8]) -> &'a [u8] {
        if core::mem::replace(&mut self.begun, true) {
            return line;
        }
        line.strip_prefix(BOM).unwrap_or(line)
    }

    fn bom_length(&mut self) -> usize {
        let first = !core::mem::replace(&mut self.begun, true);
        if first && self.held.starts_with(BOM) { BOM.len() } else { 0 }
    }
}

fn within_limit(length: usize) -> Result<(), TooLargeError> {
    if length > MAX_LINE { Err(TooLargeError) } else { Ok(()) }
}

/// Finds the first line end, 32 bytes at a time: compilers turn that into a few vector instructions, and every byte of
/// every reply passes here.
fn line_end(bytes: &[u8]) -> Option<usize> {
    let is_end = |byte: &u8| *byte == LF || *byte == CR;
    let holds_end = |chunk: &[u8]| chunk.iter().fold(false, |any, byte| any | is_end(byte));
    let without_end = bytes.chunks_exact(32).take_while(|chunk| !holds_end(chunk));
    let before = without_end.count() * 32;
    bytes[before..].iter().position(is_end).map(|at| before + at)
}
