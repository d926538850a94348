//! The id of a site.

use std::{fmt, sync::Arc};

use thiserror::Error;

/// The bytes of the longest id.
const MAX_BYTES: usize = 32;

/// The id of a site: 1 to 32 of `a` to `z`, `0` to `9` and `-`, not beginning with `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteId(Arc<str>);

/// The error of a text that is no site id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a site's id is 1 to 32 characters of a-z, 0-9 and '-', and does not begin with '-'")]
pub struct InvalidSiteId;

impl SiteId {
    /// Parses an id.
    pub fn parse(text: &str) -> Result<Self, InvalidSiteId> {
        let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = text.as_bytes();
        let starts_well = bytes.first().is_some_and(plain);
        let goes_on_well = bytes.iter().all(|byte| plain(byte) || *byte == b'-');
        if starts_well && goes_on_well && bytes.len() <= MAX_BYTES {
            Ok(Self(text.into()))
        } else {
            Err(InvalidSiteId)
        }
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for SiteId {
    /// Returns the only site of a proxy without a file of sites.
    fn default() -> Self {
        Self("default".into())
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::SiteId;

    #[test]
    fn a_site_id_is_short_lower_case_and_plain() {
        for text in ["a", "0", "shop", "shop-2", "a-", "a--b", &"x".repeat(32)] {
            assert_eq!(SiteId::parse(text).unwrap().as_str(), text);
        }
        let too_long = "x".repeat(33);
        for text in ["", "-a", "Shop", "a_b", "a.b", "a b", "ä", "a\0", "a\n", "a/b", &too_long] {
            assert!(SiteId::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(SiteId::parse(SiteId::default().as_str()), Ok(SiteId::default()));
    }
}
