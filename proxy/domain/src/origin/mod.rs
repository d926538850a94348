//! A web origin, in the form that browsers send.

use std::{borrow::Borrow, fmt, sync::Arc};

use thiserror::Error;
use url::{Host, Url};

mod list;
mod shared;
#[cfg(test)]
mod table;
mod wildcard;

pub use list::OriginList;

/// The longest origin: `https://`, a DNS name of 253 bytes, a colon and five digits, with a little room.
const MAX_BYTES: usize = 270;

/// The schemes of apps that show web pages of their own, such as `capacitor://localhost`; no port belongs to them.
const APP_SCHEMES: [&str; 4] = ["app", "capacitor", "ionic", "tauri"];

/// A serialised `http` or `https` origin: scheme, host and, unless it is the default, port; or that of an app.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(Arc<str>);

/// The error of an entry of the list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{:?}: {cause}", without_secrets(entry))]
pub struct OriginError {
    /// The entry as it was written.
    pub entry: String,
    /// The cause.
    pub cause: OriginCause,
}

/// The causes for which an entry of the list cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OriginCause {
    /// The entry does not begin with `http://` or `https://`.
    #[error("an origin begins with https:// or http://")]
    Scheme,
    /// The entry has a user name or password.
    #[error("an origin has no user name or password")]
    UserInfo,
    /// The entry has a path, query or fragment.
    #[error("an origin ends after host and port: no path, query or fragment")]
    Path,
    /// The entry has no host, or one that no URL can have.
    #[error("the host or port cannot be read")]
    Host,
    /// A `*` is neither the whole entry, nor the whole first label or its beginning, nor a port of this machine.
    #[error(
        "a wildcard is the first label, as in https://*.example.com, its beginning before a hyphen, as in \
         https://*-team.example.app, or the port of localhost"
    )]
    Wildcard,
    /// A `*` stands for hosts that anyone may have.
    #[error(
        "anyone may have a name there: a wildcard stands before a domain of your own, as in https://*.example.com"
    )]
    Shared,
    /// The entry is `null`, the origin of sandboxed and local documents, which any document can have.
    #[error("null is never permitted")]
    Null,
}

/// Removes user info and query from an entry before it is shown: they may hold a password or a token.
fn without_secrets(entry: &str) -> String {
    let entry = match entry.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            format!("{scheme}://…@{host}")
        }
        None => entry.to_owned(),
    };
    match entry.split_once('?') {
        Some((before, _)) => format!("{before}?…"),
        None => entry,
    }
}

impl Origin {
    /// Normalises an entry of a setting into the form that browsers send: lower case, punycode, no default port.
    ///
    /// The `Origin` of a request is never normalised: parsing it would let user info, back-slashes, tabs and full-width
    /// hosts through.
    pub fn normalise(entry: &str) -> Result<Self, OriginError> {
        let cause = |cause| OriginError { entry: entry.to_owned(), cause };
        if let Some(origin) = app_origin(entry) {
            return Self::from_serialised(&origin).ok_or_else(|| cause(OriginCause::Host));
        }
        let url = parse_strictly(entry).map_err(cause)?;
        let origin = url.origin().ascii_serialization();
        if is_serialised(origin.as_bytes()) { Ok(Self(origin.into())) } else { Err(cause(OriginCause::Host)) }
    }

    /// Takes an origin that is serialised already.
    pub(crate) fn from_serialised(text: &str) -> Option<Self> {
        is_serialised(text.as_bytes()).then(|| Self(text.into()))
    }

    /// Returns the origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Origin {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Parses an entry with the `url` crate, after refusing the mistakes that it would repair silently.
fn parse_strictly(entry: &str) -> Result<Url, OriginCause> {
    if entry == "null" {
        return Err(OriginCause::Null);
    }
    let Some((scheme, rest)) = entry.split_once("://") else {
        return Err(OriginCause::Scheme);
    };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(OriginCause::Scheme);
    }
    if rest.contains('@') {
        return Err(OriginCause::UserInfo);
    }
    // An address bar adds one slash at the very end.
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains(['/', '\\', '?', '#']) {
        return Err(OriginCause::Path);
    }
    if authority.contains('*') {
        return Err(OriginCause::Wildcard);
    }
    if authority.is_empty() || authority.contains(|c: char| c == '%' || c.is_whitespace() || c.is_control()) {
        return Err(OriginCause::Host);
    }
    Url::parse(&format!("{scheme}://{authority}")).map_err(|_| OriginCause::Host)
}

/// Returns the origin of an app in lower case, unless the entry is none.
fn app_origin(entry: &str) -> Option<String> {
    // An address bar adds one slash at the very end.
    let origin = entry.strip_suffix('/').unwrap_or(entry).to_ascii_lowercase();
    let (scheme, _) = origin.split_once("://")?;
    APP_SCHEMES.contains(&scheme).then_some(origin)
}

/// Tells if the host is a name: a wildcard before an address has no meaning.
fn is_name(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Domain(_)))
}

/// Tells if bytes are a serialised origin: one that can stand in a header or a policy without changing its meaning. It
/// says nothing about the permission to use it.
fn is_serialised(bytes: &[u8]) -> bool {
    let Some(authority) = bytes.strip_prefix(b"https://").or_else(|| bytes.strip_prefix(b"http://")) else {
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_BYTES);
        let (scheme, host) = text.and_then(|text| text.split_once("://")).unwrap_or_default();
        return APP_SCHEMES.contains(&scheme) && !host.starts_with('[') && is_host(host.as_bytes());
    };
    let (host, port) = split_port(authority);
    bytes.len() <= MAX_BYTES && is_host(host) && port.is_none_or(is_port)
}

/// Splits an authority at the colon before its port; colons inside brackets belong to an IPv6 address.
fn split_port(authority: &[u8]) -> (&[u8], Option<&[u8]>) {
    let after_bracket = authority.iter().rposition(|byte| *byte == b']').map_or(0, |at| at + 1);
    match authority[after_bracket..].iter().position(|byte| *byte == b':') {
        Some(colon) => {
            let (host, port) = authority.split_at(after_bracket + colon);
            (host, Some(&port[1..]))
        }
        None => (authority, None),
    }
}

fn is_host(host: &[u8]) -> bool {
    if let Some(inside) = host.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")) {
        return !inside.is_empty()
            && inside.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b':'));
    }
    let plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
    !host.is_empty() && host.iter().all(plain)
}

fn is_port(port: &[u8]) -> bool {
    matches!(port, [b'1'..=b'9', rest @ ..] if rest.len() < 5 && rest.iter().all(u8::is_ascii_digit))
}
