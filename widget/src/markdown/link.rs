//! Addresses: where a link may lead, and which host it really leads to.

use super::line::{byte, part, rest, run, trim};
use super::{Inline, plain, steps};
use crate::text::is_hidden;

/// Whether links are made: not within the label of another one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Link,
    Nothing,
}

/// What stands behind a label.
pub(super) struct Found {
    /// The address, if one may go there.
    pub href: Option<String>,
    /// The byte behind the closing parenthesis.
    pub end: usize,
}

/// Makes a link, with its host where the label could deceive.
pub(super) fn link(href: String, label: Vec<Inline>) -> Inline {
    let mut words = String::new();
    plain::add(&label, &mut words);
    let shown_host = super::host::shown(&href, &words);
    Inline::Link {
        href,
        label,
        shown_host,
    }
}

/// Reads `(address "title")`.
pub(super) fn destination(text: &str, at: usize) -> Option<Found> {
    let skip = |at: usize| {
        at + rest(text, at)
            .bytes()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\n'))
            .count()
    };
    if byte(text, at) != b'(' {
        return None;
    }
    let from = skip(at + 1);
    let (from, to) = if byte(text, from) == b'<' {
        (from + 1, pointed_end(text, from + 1)?)
    } else {
        (from, bare_end(text, from)?)
    };
    let raw = part(text, from, to);
    let mut end = skip(to + usize::from(byte(text, from.wrapping_sub(1)) == b'<'));
    let quote = byte(text, end);
    if quote == b'"' || quote == b'\'' {
        let len = rest(text, end + 1).find(char::from(quote))?;
        steps::add(len);
        end = skip(end + len + 2);
    }
    (byte(text, end) == b')').then(|| Found {
        href: address(&unescape(raw)),
        end: end + 1,
    })
}

fn pointed_end(text: &str, from: usize) -> Option<usize> {
    let len = rest(text, from).find(['>', '<', '\n'])?;
    steps::add(len);
    (byte(text, from + len) == b'>').then_some(from + len)
}

fn bare_end(text: &str, from: usize) -> Option<usize> {
    const MAX_NESTED: usize = 4;
    let mut nested = 0;
    let mut at = from;
    loop {
        steps::add(1);
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
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(c) = rest(raw, at).chars().next() {
        match c {
            '\\' if byte(raw, at + 1).is_ascii_punctuation() => at += 1,
            '&' => {
                if let Some((c, len)) = entity(rest(raw, at)) {
                    out.extend(c);
                    at += len;
                    continue;
                }
            }
            _ => {}
        }
        let c = rest(raw, at).chars().next().unwrap_or(c);
        out.push(c);
        at += c.len_utf8();
    }
    out
}

/// Reads an entity: its character, none if it must not be shown, and its length.
pub(super) fn entity(text: &str) -> Option<(Option<char>, usize)> {
    let end = text.bytes().take(10).position(|b| b == b';')?;
    let name = part(text, 1, end);
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)
                .filter(|c| *c != '\0')
                .unwrap_or('\u{fffd}')
        }
    };
    Some(((!is_hidden(c)).then_some(c), end + 1))
}

/// What follows the scheme, if the address has this one.
pub(super) fn after_scheme<'a>(href: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, tail) = href.split_at_checked(scheme.len())?;
    tail.strip_prefix(':')
        .filter(|_| head.eq_ignore_ascii_case(scheme))
}

/// The address without control characters, if it has a scheme that one may follow.
fn address(raw: &str) -> Option<String> {
    let mut href = String::with_capacity(raw.len());
    for c in trim(raw).chars() {
        match c {
            ' ' => href.push_str("%20"),
            '\t' | '\n' | '\r' => {}
            c if is_hidden(c) => {}
            c => href.push(c),
        }
    }
    let leads = ["https", "http", "mailto", "tel"].iter().any(|scheme| {
        after_scheme(&href, scheme).is_some_and(|tail| tail.bytes().any(|b| b != b'/' && b != b'\\'))
    });
    leads.then_some(href)
}

/// The address within `<…>`.
pub(super) fn autolink(inner: &str) -> Option<String> {
    let is_mail = inner.bytes().filter(|b| *b == b'@').count() == 1
        && !inner.starts_with('@')
        && !inner.ends_with('@')
        && !inner.contains([':', '/', '\\', '"']);
    if is_mail {
        Some(["mailto:", inner].concat())
    } else {
        address(inner)
    }
}

/// The length of a bare address at the beginning of a text, 0 if there is none.
pub(super) fn address_len(text: &str) -> usize {
    let scheme = ["https", "http"]
        .iter()
        .find_map(|s| after_scheme(text, s)?.strip_prefix("//"));
    let www = text
        .get(..4)
        .is_some_and(|head| head.eq_ignore_ascii_case("www."));
    if scheme.is_none() && !www {
        return 0;
    }
    let ends = |c: char| {
        c <= ' '
            || matches!(
                c,
                '<' | '>' | '"' | '`' | '|' | '[' | ']' | '{' | '}' | '\\' | '^' | '\u{a0}'
            )
            || matches!(c, '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}')
    };
    let mut len = text.find(ends).unwrap_or(text.len());
    let mut unmatched = 0;
    for b in part(text, 0, len).bytes() {
        unmatched += i32::from(b == b')') - i32::from(b == b'(');
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

/// The address that a bare one means.
pub(super) fn bare(text: &str) -> Option<String> {
    if run(text, b'h') + run(text, b'H') > 0 {
        return address(text);
    }
    let host = rest(text, 4);
    host.contains('.').then(|| ["http://", text].concat())
}
