//! The origins on which a site's chat may appear (DESIGN §3.1).

use std::collections::HashSet;

use super::{Origin, OriginCause, OriginError, is_name, is_serialised, parse_strictly};

/// The origins that a site permits, normalised once; requests are compared byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginList {
    exact: HashSet<Origin>,
    below: Vec<Subdomains>,
    any: bool,
}

/// `https://*.example.com`: any depth of plain labels before the suffix, on the default port.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Subdomains {
    /// With its `://`.
    scheme: &'static str,
    /// With its leading dot.
    suffix: String,
}

impl OriginList {
    /// Reads the entries of a setting; white space around an entry and empty entries do not count.
    /// Every mistake is reported, not only the first.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<OriginError>> {
        let mut list = Self::default();
        let mut errors = Vec::new();
        for entry in entries
            .into_iter()
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
        {
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
            let below = Subdomains::parse(entry).map_err(|cause| OriginError {
                entry: entry.to_owned(),
                cause,
            })?;
            self.below.push(below);
        } else {
            self.exact.insert(Origin::normalise(entry)?);
        }
        Ok(())
    }

    /// The origin that a request names, if its bytes equal an entry or fit a wildcard.
    #[must_use]
    pub fn permits(&self, header: &[u8]) -> Option<Origin> {
        let text = std::str::from_utf8(header).ok()?;
        if let Some(listed) = self.exact.get(text) {
            return Some(listed.clone());
        }
        let fits = is_serialised(header) && (self.any || self.below.iter().any(|below| below.fits(text)));
        fits.then(|| Origin(text.into()))
    }

    /// Whether nothing is listed: then the proxy's own origin is the only one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.below.is_empty() && !self.any
    }
}

impl Subdomains {
    fn parse(entry: &str) -> Result<Self, OriginCause> {
        let (scheme, rest) = entry.split_once("://").ok_or(OriginCause::Scheme)?;
        let name = rest.strip_prefix("*.").ok_or(OriginCause::Wildcard)?;
        let url = parse_strictly(&format!("{scheme}://{name}"))?;
        let written_port = name.contains(':');
        let host = url
            .host_str()
            .filter(|_| is_name(&url) && !written_port)
            .ok_or(OriginCause::Wildcard)?;
        let scheme = if url.scheme() == "https" {
            "https://"
        } else {
            "http://"
        };
        Ok(Self {
            scheme,
            suffix: format!(".{host}"),
        })
    }

    fn fits(&self, origin: &str) -> bool {
        let labels = origin
            .strip_prefix(self.scheme)
            .and_then(|host| host.strip_suffix(&*self.suffix));
        labels.is_some_and(|labels| labels.split('.').all(is_plain_label))
    }
}

fn is_plain_label(label: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    !label.is_empty() && label.bytes().all(plain)
}
