//! The list of origins on which a site's chat may appear (contract §7).

use std::collections::HashSet;

use super::wildcard::Wildcard;
use super::{Origin, OriginError, is_serialised};

/// The origins that a site permits, normalised once; requests are compared byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginList {
    exact: HashSet<Origin>,
    wildcards: Vec<Wildcard>,
    any: bool,
}

impl OriginList {
    /// Parses the entries of a setting; white space around an entry and empty entries are ignored.
    ///
    /// Every mistake is reported, not only the first.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<OriginError>> {
        let mut list = Self::default();
        let mut errors = Vec::new();
        for entry in entries.into_iter().map(str::trim).filter(|entry| !entry.is_empty()) {
            if let Err(error) = list.add(entry) {
                errors.push(error);
            }
        }
        if errors.is_empty() { Ok(list) } else { Err(errors) }
    }

    fn add(&mut self, entry: &str) -> Result<(), OriginError> {
        if entry == "*" {
            self.any = true;
        } else if entry.contains('*') {
            let wildcard =
                Wildcard::parse(entry).map_err(|cause| OriginError { entry: entry.to_owned(), cause })?;
            self.wildcards.push(wildcard);
        } else {
            self.exact.insert(Origin::normalise(entry)?);
        }
        Ok(())
    }

    /// Returns the `Origin` of a request where its bytes equal an entry or match a wildcard.
    #[must_use]
    pub fn permits(&self, header: &[u8]) -> Option<Origin> {
        let text = std::str::from_utf8(header).ok()?;
        if let Some(listed) = self.exact.get(text) {
            return Some(listed.clone());
        }
        let matches = is_serialised(header)
            && (self.any || self.wildcards.iter().any(|wildcard| wildcard.matches(text)));
        matches.then(|| Origin(text.into()))
    }

    /// Returns the entries as sources of a `frame-ancestors` directive (CSP3, "6.4.2"), in no order.
    pub fn frame_ancestors(&self) -> impl Iterator<Item = String> {
        let exact = self.exact.iter().map(ToString::to_string);
        let wildcards = self.wildcards.iter().filter_map(Wildcard::to_source);
        exact.chain(wildcards).chain(self.any.then(|| "*".to_owned()))
    }

    /// Returns `true` for an empty list: the proxy's own origin is the only one then.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.wildcards.is_empty() && !self.any
    }
}
