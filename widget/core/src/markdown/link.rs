//! The addresses that a link may lead to.

use super::cut::{byte, char_at, equals_ignoring_case, find, part, rest, skip, trim};
use super::entity::named;
use super::{Inline, host, plain, work};
use crate::text::is_hidden;

/// Tells if links are made: not within the label of another one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Link,
    Nothing,
}

/// The address behind a label.
pub(super) struct Destination {
    /// The address, if a link may lead there.
    pub href: Option<String>,
    /// The byte behind the closing parenthesis.
    pub end: usize,
}

/// Makes a link, with its host where the label could deceive.
pub(super) fn link(href: String, label: Vec<Inline>) -> Inline {
    let mut words = String::new();
    plain::add(&label, &mut words);
    let shown_host = host::shown(&href, &words);
    Inline::Link { href, label, shown_host }
}

/// Reads `(address "title")`.
pub(super) fn destination(text: &str, at: usize) -> Option<Destination> {
    const WHITE: &[u8] = b" \t\n";
    if byte(text, at) != b'(' {
        return None;
    }
    let mut from = skip(text, at + 1, WHITE);
    let pointed = byte(text, from) == b'<';
    let to = if pointed {
        from += 1;
        find(text, from, b"<>\n")
    } else {
        bare_end(text, from)?
    };
    work::add(to - from);
    let mut end = to;
    if pointed {
        if byte(text, to) != b'>' {
            return None;
        }
        end += 1;
    }
    end = skip(text, end, WHITE);
    let quote = byte(text, end);
    if quote == b'"' || quote == b'\'' {
        let close = find(text, end + 1, &[quote]);
        work::add(close - end);
        end = skip(text, close + 1, WHITE);
    }
    let href = address(&unescape(part(text, from, to)));
    (byte(text, end) == b')').then_some(Destination { href, end: end + 1 })
}

fn bare_end(text: &str, from: usize) -> Option<usize> {
    const MAX_NESTED: usize = 4;
    let mut nested = 0;
    let mut at = from;
    loop {
        match byte(text, at) {
            b'\\' => at += 1,
            b'(' if nested == MAX_NESTED => return None,
            b'(' => nested += 1,
            b')' if nested == 0 => return Some(at),
            b')' => nested -= 1,
            0..=b' ' => return Some(at),
            _ => {}
        }
        at += 1;
    }
}

/// Takes escapes and entities out of an address.
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut from = 0;
    loop {
        let at = find(raw, from, b"\\&");
        out.push_str(part(raw, from, at));
        if at == raw.len() {
            return out;
        }
        from = at + 1;
        if let Some((c, len)) = entity(rest(raw, at)) {
            out.extend(c);
            from = at + len;
        } else if byte(raw, at) == b'&' || !byte(raw, from).is_ascii_punctuation() {
            out.push_str(part(raw, at, from));
        } else {
            out.push_str(part(raw, from, from + 1));
            from += 1;
        }
    }
}

/// Reads an entity: its character, none if it must not be shown, and its length.
pub(super) fn entity(text: &str) -> Option<(Option<char>, usize)> {
    const MAX_LEN: usize = 10;
    let end = find(part(text, 0, MAX_LEN.min(text.len())), 0, b";");
    if byte(text, 0) != b'&' || byte(text, end) != b';' {
        return None;
    }
    let name = part(text, 1, end);
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ if byte(name, 0) == b'#' => numbered(rest(name, 1))?,
        _ => named(name)?,
    };
    // Joiners stay in plain letters only, where their neighbours are seen.
    let is_shown = !is_hidden(c) && !matches!(c, '\u{200c}' | '\u{200d}');
    Some((is_shown.then_some(c), end + 1))
}

fn numbered(digits: &str) -> Option<char> {
    let (base, digits) = match byte(digits, 0) {
        b'x' | b'X' => (16, rest(digits, 1)),
        _ => (10, digits),
    };
    let mut code = 0;
    for b in digits.bytes() {
        code = code * base + char::from(b).to_digit(base)?;
    }
    let c = char::from_u32(code).filter(|c| *c != '\0').unwrap_or('\u{fffd}');
    (!digits.is_empty()).then_some(c)
}

/// Returns the part behind the scheme, if the address has this one.
pub(super) fn after_scheme<'a>(href: &'a str, scheme: &str) -> Option<&'a str> {
    let len = scheme.len();
    (byte(href, len) == b':' && equals_ignoring_case(part(href, 0, len), scheme))
        .then_some(rest(href, len + 1))
}

/// Returns the address without white space, if its scheme is permitted.
pub(super) fn address(raw: &str) -> Option<String> {
    let raw = trim(raw);
    let mut href = String::with_capacity(raw.len());
    let mut from = 0;
    while from < raw.len() {
        let at = find(raw, from, b" \t\n\r");
        href.push_str(part(raw, from, at));
        if byte(raw, at) == b' ' {
            href.push_str("%20");
        }
        from = at + 1;
    }
    for scheme in ["https", "http", "mailto", "tel"] {
        if let Some(tail) = after_scheme(&href, scheme)
            && skip(tail, 0, b"/\\") < tail.len()
        {
            return Some(href);
        }
    }
    None
}

/// Returns the address within `<…>`.
pub(super) fn autolink(inner: &str) -> Option<String> {
    let at = find(inner, 0, b"@:/\\\"");
    let is_mail = at > 0 && byte(inner, at) == b'@' && find(inner, at + 1, b"@:/\\\"") == inner.len();
    if is_mail && at + 1 < inner.len() {
        return Some(joined("mailto:", inner));
    }
    address(inner)
}

fn joined(scheme: &str, text: &str) -> String {
    let mut href = String::from(scheme);
    href.push_str(text);
    href
}

/// Returns the length of a bare address at the beginning of a text, 0 if there is none.
pub(super) fn address_len(text: &str) -> usize {
    let web = after_scheme(text, "https").or_else(|| after_scheme(text, "http"));
    if !is_www(text) && !web.is_some_and(|tail| byte(tail, 0) == b'/' && byte(tail, 1) == b'/') {
        return 0;
    }
    let mut len = 0;
    let mut unmatched = 0;
    while !ends(text, len) {
        match byte(text, len) {
            b')' => unmatched += 1,
            b'(' => unmatched -= 1,
            _ => {}
        }
        len += 1;
    }
    while len > 0 {
        match byte(text, len - 1) {
            b'?' | b'!' | b'.' | b',' | b':' | b';' | b'*' | b'_' | b'~' | b'\'' => {}
            b')' if unmatched > 0 => unmatched -= 1,
            _ => break,
        }
        len -= 1;
    }
    len
}

pub(super) fn is_www(text: &str) -> bool {
    equals_ignoring_case(part(text, 0, 4), "www.")
}

/// Returns `true` where a bare address ends before this byte: at white space, at brackets and quotes, and at
/// the punctuation that follows it in Chinese and Japanese.
fn ends(text: &str, at: usize) -> bool {
    match byte(text, at) {
        0..=b' ' | b'<' | b'>' | b'"' | b'`' | b'|' | b'[' | b']' | b'{' | b'}' | b'\\' | b'^' => true,
        0xc2..=0xef => matches!(
            char_at(text, at),
            '\u{a0}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}'
        ),
        _ => false,
    }
}

/// Returns the address that a bare one means.
pub(super) fn bare(text: &str) -> Option<String> {
    if !is_www(text) {
        return address(text);
    }
    let dot = find(text, 4, b".");
    (dot < text.len()).then(|| joined("http://", text))
}
