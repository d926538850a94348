//! The parts of an input.

use std::borrow::Cow;

/// The first bytes of an input, which choose how the rest is handed over.
pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    /// Splits at most `count` bytes off the front.
    pub(crate) fn before(input: &'a [u8], count: usize) -> (Self, &'a [u8]) {
        let (choices, rest) = input.split_at(count.min(input.len()));
        (Self(choices), rest)
    }

    /// Returns the next choice; 0 when there are no more.
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// Returns a number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound.max(1)
    }

    /// Returns one of a few values.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Returns the input as text.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Returns the lines of an input, without their LF; an empty input has no line.
pub(crate) fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes.split(|byte| *byte == b'\n').collect()
}

/// Returns the lines of an input that an HTTP parser lets through as values of a header.
pub(crate) fn header_lines(bytes: &[u8]) -> Vec<&[u8]> {
    let passes = |byte: &u8| (*byte >= b' ' && *byte != 0x7f) || *byte == b'\t';
    let mut lines = lines(bytes);
    lines.retain(|line| line.iter().all(passes));
    lines
}
