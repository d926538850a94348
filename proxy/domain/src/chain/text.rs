//! The hash of a text: of the whole, or piece by piece.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};

use super::{sha256, to_bytes};
use crate::encoding;

/// The bytes before a text.
const PREFIX: &[u8] = b"porthole/1/text\0";

/// T(s) of contract §3, with the length of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextHash {
    hash: [u8; 32],
    bytes: u64,
}

impl TextHash {
    /// Hashes a whole text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { hash: sha256(&[PREFIX, text.as_bytes()]), bytes: text.len() as u64 }
    }

    /// Parses the base64url of a hash whose text is not told.
    #[must_use]
    pub fn parse(bytes: u64, hash: &str) -> Option<Self> {
        Some(Self { hash: encoding::array_from_b64(hash)?, bytes })
    }

    /// Returns the length of the text in bytes of UTF-8.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the 32 bytes of the hash.
    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.hash
    }
}

impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding::b64(&self.hash))
    }
}

/// A hasher of a text piece by piece, so that a reply need not be kept to be sealed.
#[derive(Clone)]
pub struct TextHasher {
    context: Context,
    bytes: u64,
}

impl TextHasher {
    /// Creates the hasher of the empty text.
    #[must_use]
    pub fn new() -> Self {
        let mut context = Context::new(&SHA256);
        context.update(PREFIX);
        Self { context, bytes: 0 }
    }

    /// Appends a piece.
    pub fn update(&mut self, piece: &str) {
        self.context.update(piece.as_bytes());
        self.bytes += piece.len() as u64;
    }

    /// Returns the length so far, in bytes of UTF-8.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the hash of all pieces together.
    #[must_use]
    pub fn finish(self) -> TextHash {
        TextHash { hash: to_bytes(&self.context.finish()), bytes: self.bytes }
    }
}

impl Default for TextHasher {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TextHash, TextHasher};

    proptest! {
        #[test]
        fn a_text_hashes_the_same_however_it_is_cut(pieces: Vec<String>) {
            let mut hasher = TextHasher::new();
            for piece in &pieces {
                hasher.update(piece);
            }
            let whole = pieces.concat();
            prop_assert_eq!(hasher.bytes(), whole.len() as u64);
            prop_assert_eq!(hasher.finish(), TextHash::new(&whole));
        }
    }
}
