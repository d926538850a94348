//! The host that a link leads to, as a person should see it.

use super::line::{part, rest};
use super::link::after_scheme;

/// The real host, where the words of a link could make one believe in another.
pub(super) fn shown(href: &str, words: &str) -> Option<String> {
    let web = after_scheme(href, "https").or_else(|| after_scheme(href, "http"));
    let (authority, is_web) = match (web, after_scheme(href, "mailto")) {
        // As browsers do: any number of slashes, forward or backward.
        (Some(tail), _) => (tail.trim_start_matches(['/', '\\']), true),
        (None, Some(tail)) => (tail, false),
        (None, None) => return None,
    };
    let authority = until(authority, &['/', '?', '#', '\\']);
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = strip_port(host).trim_end_matches('.');
    let deceives = is_web && !user.is_empty()
        || !host.is_ascii()
        || words
            .split([' ', '\n', '\u{a0}'])
            .flat_map(|word| word.split('@'))
            .any(|word| names_another(word, host));
    deceives.then(|| ascii(host))
}

fn until<'a>(text: &'a str, ends: &[char]) -> &'a str {
    text.split(ends).next().unwrap_or_default()
}

fn strip_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether a word looks like a host, and like another one.
fn names_another(word: &str, host: &str) -> bool {
    let word = word.split_once("://").map_or(word, |(_, tail)| tail);
    let word = word.trim_start_matches(|c: char| c.is_ascii_punctuation());
    let word = until(word, &['/', '?', '#', ':', '\\']);
    let word = word.trim_end_matches(|c: char| c.is_ascii_punctuation());
    let Some((_, top)) = word.rsplit_once('.') else {
        return false;
    };
    let is_host = top.len() > 1
        && top.chars().all(|c| c.is_ascii_alphabetic() || !c.is_ascii())
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-') || !c.is_ascii());
    is_host && !bare(word).eq_ignore_ascii_case(bare(host))
}

/// The host without the `www.` that people leave out.
fn bare(host: &str) -> &str {
    let is_www = host
        .get(..4)
        .is_some_and(|head| head.eq_ignore_ascii_case("www."));
    if is_www { rest(host, 4) } else { host }
}

/// The host in lower case and ASCII, so that look-alike letters show.
fn ascii(host: &str) -> String {
    let mut out = String::new();
    for (at, label) in host.split('.').enumerate() {
        if at > 0 {
            out.push('.');
        }
        if label.is_ascii() {
            out.push_str(&label.to_ascii_lowercase());
        } else {
            punycode(label, &mut out);
        }
    }
    out
}

/// Adds a label in Punycode (RFC 3492).
fn punycode(label: &str, out: &mut String) {
    // No label of DNS is longer than 63 bytes; a longer one leads nowhere.
    let label = part(
        label,
        0,
        label.char_indices().nth(63).map_or(label.len(), |(at, _)| at),
    );
    out.push_str("xn--");
    let basic = label.chars().filter(char::is_ascii).count();
    out.extend(
        label
            .chars()
            .filter(char::is_ascii)
            .map(|c| c.to_ascii_lowercase()),
    );
    if basic > 0 {
        out.push('-');
    }
    let (mut bias, mut delta, mut done) = (72, 0, basic);
    // Smallest first; the sums stay below 64 · 0x11_0000.
    let mut floor = 128;
    while let Some(next) = label.chars().map(u32::from).filter(|c| *c >= floor).min() {
        delta += (next - floor) * to_u32(done + 1);
        for c in label.chars().map(u32::from) {
            delta += u32::from(c < next);
            if c == next {
                number(delta, bias, out);
                bias = adapt(delta, to_u32(done + 1), done == basic);
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
    let digit = |d: u32| char::from_digit((d + 10) % 36, 36).unwrap_or('a');
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

fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
