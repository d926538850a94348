//! A fingerprint of bytes: 64-bit FNV-1a.
//!
//! It names builds for caches and need not resist forgery, so that no hash crate is needed.

use std::fmt;

/// A digest, displayed as 16 lower-case hex digits.
pub(crate) struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    /// Adds one part with its length: "ab", "c" differs from "a", "bc".
    pub(crate) fn add(&mut self, part: &[u8]) {
        let length = part.len().to_le_bytes();
        for &byte in length.iter().chain(part) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    fn digest(parts: &[&str]) -> String {
        let mut fingerprint = Fingerprint::default();
        for part in parts {
            fingerprint.add(part.as_bytes());
        }
        fingerprint.to_string()
    }

    #[test]
    fn it_is_sixteen_hex_digits_and_depends_on_where_parts_end() {
        assert_eq!(digest(&["ab", "c"]).len(), 16);
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&["ab", "c"]), digest(&["ab", "c"]));
    }
}
