//! The text that was emitted, as far as a repeat of it is recognised: without a copy of it.

/// A text without the white space around it, as length and hash.
///
/// The hash is FNV-1a: nobody gains by a collision, since a workflow decides about its own answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TrimmedText {
    /// All bytes behind the leading white space.
    read: LengthAndHash,
    /// The same up to the last visible character.
    trimmed: LengthAndHash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LengthAndHash {
    bytes: usize,
    hash: u64,
}

impl LengthAndHash {
    const EMPTY: Self = Self { bytes: 0, hash: 0xcbf2_9ce4_8422_2325 };

    fn after(self, text: &str) -> Self {
        let add = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self { bytes: self.bytes + text.len(), hash: text.bytes().fold(self.hash, add) }
    }
}

impl Default for TrimmedText {
    fn default() -> Self {
        Self { read: LengthAndHash::EMPTY, trimmed: LengthAndHash::EMPTY }
    }
}

impl TrimmedText {
    /// Appends text, which may be cut anywhere between characters.
    pub(super) fn push(&mut self, text: &str) {
        let text = if self.read.bytes == 0 { text.trim_start() } else { text };
        let (visible, space) = text.split_at(text.trim_end().len());
        self.read = self.read.after(visible);
        if !visible.is_empty() {
            self.trimmed = self.read;
        }
        self.read = self.read.after(space);
    }

    /// Tells if `text` is the same, but for the white space around it.
    pub(super) fn equals(&self, text: &str) -> bool {
        self.trimmed == LengthAndHash::EMPTY.after(text.trim())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_equals_itself_however_it_was_cut_and_whatever_space_is_around_it(
            parts in proptest::collection::vec("[a-c \n\u{a0}é]{0,4}", 0..6),
            other in "[a-c \n]{0,6}",
        ) {
            let mut text = TrimmedText::default();
            for part in &parts {
                text.push(part);
            }
            let whole = parts.concat();
            let padded = format!("\n {whole}\t");
            prop_assert!(text.equals(&padded));
            prop_assert_eq!(text.equals(&other), other.trim() == whole.trim());
        }
    }
}
