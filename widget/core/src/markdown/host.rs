//! The host that a link leads to, as a person should see it.

use super::cut::{byte, equals_ignoring_case, find, find_last, part, rest, skip, skip_back, strip};
use super::link::{after_scheme, is_www};

/// Returns the real host, where the words of a link could make a reader believe in another.
pub(super) fn shown(href: &str, words: &str) -> Option<String> {
    let web = after_scheme(href, "https").or_else(|| after_scheme(href, "http"));
    let tail = web.or_else(|| after_scheme(href, "mailto"))?;
    // As browsers do: any number of slashes, forward or backward.
    let from = skip(tail, 0, b"/\\");
    let authority = part(tail, from, find(tail, from, b"/?#\\"));
    let user = find_last(authority, b'@');
    let host = rest(authority, user.map_or(0, |at| at + 1));
    let host = part(host, 0, find(host, 0, b":"));
    let host = part(host, 0, skip_back(host, b"."));
    let mut deceives = user.is_some() && web.is_some() || !is_ascii(host);
    let mut at = 0;
    while at < words.len() {
        let end = find(words, at, b" \n@");
        deceives |= names_another(part(words, at, end), host);
        at = end + 1;
    }
    deceives.then(|| ascii(host))
}

/// Returns `true` for a word that looks like a host other than this one.
fn names_another(word: &str, host: &str) -> bool {
    const SIGNS: &[u8] = b"!\"'()*,-.;<>[]_{|}~";
    let scheme = find(word, 0, b":");
    let word = if byte(word, scheme + 1) == b'/' && byte(word, scheme + 2) == b'/' {
        rest(word, scheme + 3)
    } else {
        word
    };
    let word = strip(word, SIGNS);
    let word = strip(part(word, 0, find(word, 0, b"/?#:\\")), SIGNS);
    let Some(dot) = find_last(word, b'.') else {
        return false;
    };
    let mut is_host = dot + 2 < word.len();
    for at in 0..word.len() {
        let b = byte(word, at);
        let is_letter = b.is_ascii_alphabetic() || !b.is_ascii();
        is_host &= is_letter || at <= dot && (b.is_ascii_digit() || b == b'-' || b == b'.');
    }
    is_host && !equals_ignoring_case(bare(word), bare(host))
}

fn is_ascii(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii())
}

/// Returns the host without the `www.` that people leave out.
fn bare(host: &str) -> &str {
    if is_www(host) { rest(host, 4) } else { host }
}

/// Returns the host in lower case and ASCII, so that look-alike letters show.
fn ascii(host: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    loop {
        let end = find(host, at, b".");
        let label = part(host, at, end);
        if is_ascii(label) {
            out.push_str(label);
        } else {
            punycode(label, &mut out);
        }
        if end == host.len() {
            out.make_ascii_lowercase();
            return out;
        }
        out.push('.');
        at = end + 1;
    }
}

/// Adds a label in Punycode (RFC 3492).
fn punycode(label: &str, out: &mut String) {
    // No label of DNS is longer than 63 bytes; a longer one leads nowhere.
    let mut points: Vec<u32> = Vec::new();
    for c in label.chars() {
        if points.len() < 63 {
            points.push(c.into());
        }
    }
    out.push_str("xn--");
    let mut done = 0;
    for b in label.bytes().filter(u8::is_ascii) {
        out.push(char::from(b));
        done += 1;
    }
    if done > 0 {
        out.push('-');
    }
    let basic = done;
    let (mut bias, mut delta, mut floor) = (72, 0, 128);
    // Smallest first; the sums stay below 64 · 0x11_0000.
    loop {
        let mut next = u32::MAX;
        for c in &points {
            if *c >= floor && *c < next {
                next = *c;
            }
        }
        if next == u32::MAX {
            return;
        }
        delta += (next - floor) * (done + 1);
        for c in &points {
            delta += u32::from(*c < next);
            if *c == next {
                number(delta, bias, out);
                bias = adapt(delta, done + 1, done == basic);
                delta = 0;
                done += 1;
            }
        }
        delta += 1;
        floor = next + 1;
    }
}

/// Adds a number of variable length.
fn number(mut value: u32, bias: u32, out: &mut String) {
    let digit = |d: u32| char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[d as usize % 36]);
    let mut k = 36_u32;
    loop {
        let t = k.saturating_sub(bias).clamp(1, 26);
        if value < t {
            break;
        }
        out.push(digit(t + (value - t) % (36 - t)));
        value = (value - t) / (36 - t);
        k += 36;
    }
    out.push(digit(value));
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}
