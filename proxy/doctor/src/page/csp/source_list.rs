//! Source lists of a Content-Security-Policy, as CSP Level 3 matches them against an address.

use std::borrow::Cow;

use url::Url;

/// The sources of one directive.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourceList<'a>(&'a [String]);

impl<'a> SourceList<'a> {
    pub(super) const fn new(sources: &'a [String]) -> Self {
        Self(sources)
    }

    /// Returns `true` if an address is on the list, for a page at `page`.
    pub(super) fn matches(self, address: &Url, page: &Url) -> bool {
        self.0.iter().any(|source| matches(source, address, page))
    }

    /// Returns `true` if a keyword such as `'strict-dynamic'` is there.
    pub(super) fn contains(self, keyword: &str) -> bool {
        self.0.iter().any(|source| source.eq_ignore_ascii_case(keyword))
    }

    /// Returns `true` for a list without sources, or with `'none'` alone.
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty() || (self.0.len() == 1 && self.contains("'none'"))
    }

    /// Returns `true` if the nonce of a tag is there.
    pub(super) fn has_nonce(self, nonce: &str) -> bool {
        !nonce.is_empty() && self.quoted("nonce-").any(|known| known == nonce)
    }

    /// Returns `true` if every hash of an `integrity` attribute is there.
    pub(super) fn has_hashes(self, integrity: &str) -> bool {
        let mut hashes = integrity.split_ascii_whitespace().peekable();
        hashes.peek().is_some() && hashes.all(|hash| self.quoted("").any(|known| is_same_hash(known, hash)))
    }

    /// Returns the rest of each quoted source with this prefix, whose case does not matter.
    fn quoted(self, prefix: &'static str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(move |source| {
            let inside = source.strip_prefix('\'')?.strip_suffix('\'')?;
            let (head, rest) = inside.split_at_checked(prefix.len())?;
            head.eq_ignore_ascii_case(prefix).then_some(rest)
        })
    }
}

/// Returns `true` for the same hash in either alphabet of Base64; options after `?` do not count.
fn is_same_hash(known: &str, given: &str) -> bool {
    let plain = |hash: &str| {
        let hash = hash.split('?').next().unwrap_or_default();
        hash.replace('-', "+").replace('_', "/")
    };
    let is_hash = ["sha256-", "sha384-", "sha512-"].iter().any(|kind| known.starts_with(kind));
    is_hash && plain(known) == plain(given)
}

fn matches(source: &str, address: &Url, page: &Url) -> bool {
    if source == "*" {
        return matches!(address.scheme(), "http" | "https") || address.scheme() == page.scheme();
    }
    if source.eq_ignore_ascii_case("'self'") {
        return is_self(address, page);
    }
    if source.starts_with('\'') {
        return false;
    }
    if let Some(scheme) = source.strip_suffix(':') {
        return scheme_matches(&scheme.to_ascii_lowercase(), address);
    }
    HostSource::parse(source).matches(address, page)
}

fn is_self(address: &Url, page: &Url) -> bool {
    let upgraded = page.scheme() == "http" && address.scheme() == "https";
    let default_ports = page.port().is_none() && address.port().is_none();
    page.origin() == address.origin() || (upgraded && default_ports && page.host() == address.host())
}

/// Returns `true` for the same scheme, or for HTTPS under a source of plain HTTP.
fn scheme_matches(scheme: &str, address: &Url) -> bool {
    scheme == address.scheme() || (scheme == "http" && address.scheme() == "https")
}

/// `scheme://host:port/path`, of which only the host must be there.
struct HostSource<'a> {
    scheme: Option<String>,
    host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
}

impl<'a> HostSource<'a> {
    fn parse(source: &'a str) -> Self {
        let (scheme, rest) = match source.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, source),
        };
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (host, port) = match authority.rsplit_once(':') {
            // A colon inside brackets belongs to an IPv6 address.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        Self { scheme, host, port, path }
    }

    fn matches(&self, address: &Url, page: &Url) -> bool {
        let scheme = self.scheme.as_deref().unwrap_or_else(|| page.scheme());
        scheme_matches(scheme, address)
            && self.host_matches(address)
            && self.port_matches(address)
            && self.path_matches(address)
    }

    fn host_matches(&self, address: &Url) -> bool {
        let host = address.host_str().unwrap_or_default();
        match self.host.strip_prefix('*') {
            Some("") => true,
            Some(suffix) => ends_with(host, suffix) && host.len() > suffix.len(),
            None => self.host.eq_ignore_ascii_case(host),
        }
    }

    fn port_matches(&self, address: &Url) -> bool {
        match self.port {
            Some("*") => true,
            None => address.port().is_none(),
            Some(port) => {
                let upgraded = port == "80" && address.scheme() == "https" && address.port().is_none();
                let same = port.parse().is_ok_and(|port: u16| Some(port) == address.port_or_known_default());
                same || upgraded
            }
        }
    }

    fn path_matches(&self, address: &Url) -> bool {
        let (wanted, is) = (decoded(self.path), decoded(address.path()));
        match wanted.as_ref() {
            "" | "/" => true,
            folder if folder.ends_with('/') => is.starts_with(folder),
            file => is == file,
        }
    }
}

fn ends_with(host: &str, suffix: &str) -> bool {
    host.len()
        .checked_sub(suffix.len())
        .and_then(|at| host.get(at..))
        .is_some_and(|end| suffix.starts_with('.') && end.eq_ignore_ascii_case(suffix))
}

/// Returns a path without percent-encoding.
fn decoded(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    // The form decoder reads `+` as a space, which a path does not.
    let pair = path.replace('+', "%2B");
    let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
    decoded.map_or(Cow::Borrowed(path), |(name, _)| Cow::Owned(name.into_owned()))
}
