//! Links: a label and a destination.

use super::address::{address, after_scheme, web};
use super::cut::{byte, find, part, rest, skip, trim};
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
    /// `true` where the address was written with spaces.
    pub has_spaces: bool,
}

/// Makes a link, with its host where the label could deceive; one without words shows its address.
pub(super) fn link(href: String, mut label: Vec<Inline>) -> Inline {
    let mut words = String::new();
    plain::add(&label, &mut words);
    if trim(&words).is_empty() {
        words.clone_from(&href);
        label = vec![Inline::Text(href.clone())];
    }
    let shown_host = host::shown(&href, &words);
    Inline::Link { href, label, shown_host }
}

/// Reads `(address "title")`. Spaces within the address of a page or a message are what their writer meant.
pub(super) fn destination(text: &str, at: usize, page: &str) -> Option<Destination> {
    if byte(text, at) != b'(' {
        return None;
    }
    let from = skip(text, at + 1, WHITE);
    let (from, to, end) = if byte(text, from) == b'<' {
        let to = find(text, from + 1, b"<>\n");
        work::add(to - from);
        let end = (byte(text, to) == b'>').then(|| closing(text, to + 1))?;
        (from + 1, to, end?)
    } else {
        let (to, end) = bare_end(text, from)?;
        (from, to, end)
    };
    let raw = part(text, from, to);
    let href = address(&unescape(raw), page);
    let has_spaces = find(raw, 0, b" \t") < raw.len();
    (!has_spaces || href.is_some()).then_some(Destination { href, end, has_spaces })
}

/// Returns the end of a bare address, and the byte behind the parenthesis that closes it. Of parentheses that nothing
/// closes on the line, the last one that is there does.
fn bare_end(text: &str, from: usize) -> Option<(usize, usize)> {
    const MAX_NESTED: usize = 4;
    let mut nested = 0;
    let mut last = None;
    let mut has_spaces = false;
    let mut at = from;
    loop {
        work::add(1);
        match byte(text, at) {
            b'\\' => at += 1,
            b'(' if nested == MAX_NESTED => return last,
            b'(' => nested += 1,
            b')' if nested == 0 => return Some((at, at + 1)),
            b')' => {
                nested -= 1;
                if !has_spaces {
                    last = Some((at + 1, at + 1));
                }
            }
            b' ' | b'\t' | b'\n' => {
                if let Some(end) = closing(text, at) {
                    return Some((at, end));
                }
                if byte(text, at) == b'\n' || !may_have_spaces(part(text, from, at)) {
                    return last;
                }
                has_spaces = true;
            }
            0..b' ' => return last,
            _ => {}
        }
        at += 1;
    }
}

fn may_have_spaces(address: &str) -> bool {
    web(address).or_else(|| after_scheme(address, "mailto")).is_some()
        || byte(address, 0) == b'/' && address.len() > 1
}

const WHITE: &[u8] = b" \t\n";

/// Reads a title, if there is one, and the closing parenthesis; returns the byte behind it.
fn closing(text: &str, at: usize) -> Option<usize> {
    const MAX_TITLE: usize = 256;
    let mut at = skip(text, at, WHITE);
    let quote = match byte(text, at) {
        b'(' => b')',
        quote @ (b'"' | b'\'') => quote,
        _ => 0,
    };
    if quote != 0 {
        let from = at;
        at += 1;
        while byte(text, at) != quote {
            at += usize::from(byte(text, at) == b'\\') + 1;
            work::add(1);
            if at >= text.len() || at > from + MAX_TITLE {
                return None;
            }
        }
        at = skip(text, at + 1, WHITE);
    }
    (byte(text, at) == b')').then_some(at + 1)
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
    Some(((!is_hidden(c)).then_some(c), end + 1))
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
