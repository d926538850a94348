//! A name for some bytes that changes when they do: 64-bit FNV-1a.
//!
//! It names a build for caches and guards nothing, so that no hash crate is needed for it.

use std::fmt;

/// The digest of what was added so far; shown as 16 lower-case hex digits.
pub(crate) struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    /// Adds one part. Its length goes in as well: "ab", "c" differs from "a", "bc".
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

    fn of(parts: &[&str]) -> String {
        let mut fingerprint = Fingerprint::default();
        for part in parts {
            fingerprint.add(part.as_bytes());
        }
        fingerprint.to_string()
    }

    #[test]
    fn it_is_sixteen_hex_digits_and_depends_on_where_parts_end() {
        assert_eq!(of(&["ab", "c"]).len(), 16);
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
    }
}
