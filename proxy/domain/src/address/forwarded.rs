//! Parsing of `Forwarded` (RFC 7239) and `X-Forwarded-For`, entry by entry from the right.
//!
//! An entry without an address (`unknown`, `_hidden`), or one that cannot be parsed, is `None`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Iterates over the entries of all `X-Forwarded-For` lines.
pub(super) fn x_forwarded_from_right<'a>(lines: &'a [&'a [u8]]) -> impl Iterator<Item = Option<IpAddr>> + 'a {
    let entries = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    entries.map(|entry| plain_entry(std::str::from_utf8(entry).ok()?.trim_matches([' ', '\t'])))
}

/// Iterates over the entries of all `Forwarded` lines.
pub(super) fn forwarded_from_right<'a>(lines: &'a [&'a [u8]]) -> impl Iterator<Item = Option<IpAddr>> + 'a {
    lines.iter().rev().flat_map(|line| elements(line).into_iter().rev())
}

/// Parses `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn plain_entry(text: &str) -> Option<IpAddr> {
    text.parse::<Ipv6Addr>().ok().map(IpAddr::V6).or_else(|| node(text))
}

/// Parses a node of RFC 7239 §6 that is an address: IPv6 stands in brackets, a port may follow.
fn node(text: &str) -> Option<IpAddr> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let address = address.parse::<Ipv6Addr>().ok()?;
        return (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
            .then_some(IpAddr::V6(address));
    }
    let (address, port) = text.split_once(':').map_or((text, None), |(address, port)| (address, Some(port)));
    let address = address.parse::<Ipv4Addr>().ok()?;
    port.is_none_or(is_port).then_some(IpAddr::V4(address))
}

/// Tells if a text is up to five digits, or an obfuscated port (`_…`).
fn is_port(text: &str) -> bool {
    let digits = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits || text.strip_prefix('_').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(is_obfuscated))
}

const fn is_obfuscated(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// Parses the elements of one line from the left, since only so quotes can be recognised.
///
/// A malformed element ends the line, as one entry without an address: a quote that a client left open must not turn the
/// entries that a proxy appended into text.
fn elements(line: &[u8]) -> Vec<Option<IpAddr>> {
    let mut found = Vec::new();
    let mut parser = ElementParser { rest: line };
    loop {
        let element = parser.element();
        let is_malformed = element.is_err();
        found.push(element.ok().flatten());
        if is_malformed || !parser.take(b',') {
            return found;
        }
    }
}

/// The error of a line that does not follow the grammar.
struct MalformedElement;

struct ElementParser<'a> {
    rest: &'a [u8],
}

impl ElementParser<'_> {
    /// Parses the pairs up to a comma or the end, and returns the address of the one `for`.
    fn element(&mut self) -> Result<Option<IpAddr>, MalformedElement> {
        let mut node_for = None;
        loop {
            self.skip_space();
            let name = self.token()?;
            if !self.take(b'=') {
                return Err(MalformedElement);
            }
            let value = self.value()?;
            self.skip_space();
            if name.eq_ignore_ascii_case(b"for") && node_for.replace(value).is_some() {
                return Err(MalformedElement);
            }
            match self.rest.first() {
                Some(b';') => self.rest = &self.rest[1..],
                Some(b',') | None => break,
                Some(_) => return Err(MalformedElement),
            }
        }
        Ok(node_for.and_then(|value| node(std::str::from_utf8(&value).ok()?)))
    }

    fn value(&mut self) -> Result<Vec<u8>, MalformedElement> {
        if self.take(b'"') { self.quoted() } else { self.token() }
    }

    fn token(&mut self) -> Result<Vec<u8>, MalformedElement> {
        let end = self.rest.iter().position(|byte| !is_token(*byte)).unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        if token.is_empty() { Err(MalformedElement) } else { Ok(token.to_vec()) }
    }

    /// Parses a quoted string behind its opening quote.
    fn quoted(&mut self) -> Result<Vec<u8>, MalformedElement> {
        let mut text = Vec::new();
        loop {
            match self.rest {
                [b'"', rest @ ..] => {
                    self.rest = rest;
                    return Ok(text);
                }
                [b'\\', escaped, rest @ ..] => {
                    text.push(*escaped);
                    self.rest = rest;
                }
                [b'\\'] | [] => return Err(MalformedElement),
                [byte, rest @ ..] => {
                    text.push(*byte);
                    self.rest = rest;
                }
            }
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.rest.first() == Some(&byte);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    fn skip_space(&mut self) {
        while self.take(b' ') || self.take(b'\t') {}
    }
}

/// Tells if a byte belongs to a token (RFC 9110 §5.6.2), or to an IPv4 node with a port, which should be quoted and often
/// is not.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~' | b':')
}
