//! The id of a signing key, `kid` in the header of a token.

use std::fmt;

use crate::encoding;

/// The id of the keys of one secret; it is derived beside them and says nothing about the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// Takes the first bytes of the output of the key derivation.
    pub(crate) fn from_derived(bytes: &[u8; 32]) -> Self {
        let mut id = [0; 8];
        id.copy_from_slice(&bytes[..8]);
        Self(id)
    }

    /// Parses base64url.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        encoding::array_from_b64(text).map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding::b64(&self.0))
    }
}
