//! The host that a link leads to, as a person should see it.

use super::address::{after_scheme, authority, is_file, is_one_of, is_www, web};
use super::cut::{char_at, equals_ignoring_case, find, find_last, part, rest, skip, strip};

/// Returns where a link really leads, if its words could make a reader believe in another place.
pub(super) fn shown(href: &str, words: &str) -> Option<String> {
    let Some(tail) = web(href) else {
        return match after_scheme(href, "mailto") {
            Some(tail) => mail(tail, words),
            None => names_another(words, "", "").then(|| rest(href, find(href, 0, b":") + 1).into()),
        };
    };
    let authority = authority(tail);
    let path = part(tail, 0, find(tail, 0, b"?#"));
    let file = rest(path, find_last(path, b'/').map_or(path.len(), |at| at + 1));
    let is_spelled_out = words == href || words == tail && is_www(words);
    let deceives = authority.has_user
        || !authority.host.is_ascii()
        || !is_spelled_out && names_another(words, authority.host, file);
    deceives.then(|| ascii(authority.host))
}

/// Returns the host of an e-mail address; all of the addresses where a message would go to others as well.
fn mail(tail: &str, words: &str) -> Option<String> {
    let end = find(tail, 0, b"?");
    let to = part(tail, 0, end);
    let host = rest(to, find_last(to, b'@').map_or(0, |at| at + 1));
    let mut from = end + 1;
    let mut is_plain = find(to, 0, b",;%") == to.len();
    while from < tail.len() {
        let end = find(tail, from, b"&");
        let name = part(tail, from, find(tail, from, b"=&"));
        is_plain &= is_one_of(name, "subject body");
        from = end + 1;
    }
    if !is_plain {
        return Some(tail.into());
    }
    let deceives = words != to && names_another(words, host, "");
    (deceives || !host.is_ascii()).then(|| ascii(host))
}

/// Returns `true` where any run of the characters of hosts looks like a host other than this one. `file` is the name of
/// the file that the link leads to.
fn names_another(words: &str, host: &str, file: &str) -> bool {
    let mut run = String::new();
    let mut before = ' ';
    let mut at = 0;
    while at <= words.len() {
        let c = char_at(words, at);
        let next = plain(char_at(words, at + c.len_utf8()));
        let c = match plain(c) {
            DOT if before.is_ascii_alphanumeric() && next.is_ascii_alphanumeric() => '.',
            DOT => ' ',
            c => c,
        };
        if c == ' ' {
            let name = strip(&run, b"-._");
            if is_host(name) && !is_same(name, host) && !is_name_of(name, file) {
                return true;
            }
            run.clear();
        } else {
            run.push(c);
        }
        before = c;
        at += char_at(words, at).len_utf8();
    }
    false
}

/// A sign that looks like a dot.
const DOT: char = '\u{b7}';

/// Returns the character of a host that this one looks like, a space for all that no host has.
fn plain(c: char) -> char {
    match c {
        '\u{b7}' | '\u{387}' | '\u{16eb}' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{2219}'
        | '\u{22c5}' | '\u{2e31}' | '\u{2e33}' | '\u{3002}' | '\u{30fb}' | '\u{fe52}' | '\u{ff61}'
        | '\u{ff65}' => DOT,
        '\u{ff01}'..='\u{ff5e}' => plain(char::from_u32(u32::from(c) - 0xfee0).unwrap_or(' ')),
        '-' | '.' | '_' | '0'..='9' | 'A'..='Z' | 'a'..='z' => c,
        ..='\u{bf}'
        | '\u{2000}'..='\u{2bff}'
        | '\u{3000}'..='\u{303f}'
        | '\u{fe10}'..='\u{fe6f}'
        | '\u{ff5f}'..='\u{ff64}'
        | '\u{1f000}'..='\u{1faff}' => ' ',
        _ => c,
    }
}

/// Returns `true` for what a reader takes for a host: a name with a top-level domain, an IP address, `localhost`.
fn is_host(name: &str) -> bool {
    let Some(dot) = find_last(name, b'.') else {
        return equals_ignoring_case(name, "localhost");
    };
    let last = rest(name, dot + 1);
    let is_letters = last.bytes().all(|b| b.is_ascii_alphabetic() || !b.is_ascii());
    let is_address =
        skip(name, 0, b"0123456789.") == name.len() && name.bytes().filter(|b| *b == b'.').count() == 3;
    last.len() > 1 && is_letters || equals_ignoring_case(part(last, 0, 4), "xn--") || is_address
}

/// Returns `true` for two spellings of one host; people leave out the `www.`.
fn is_same(name: &str, host: &str) -> bool {
    let bare = |host| if is_www(host) { rest(host, 4) } else { host };
    equals_ignoring_case(bare(name), bare(host))
}

/// Returns `true` for the name of a file. Some endings are top-level domains as well: with these it has to be the file
/// that the link leads to.
fn is_name_of(name: &str, file: &str) -> bool {
    let ending = rest(name, find_last(name, b'.').map_or(0, |at| at + 1));
    is_file(name) || name == file && is_one_of(ending, "md rs py sh zip")
}

/// Returns the host in lower case and ASCII, so that look-alike letters show.
fn ascii(host: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    loop {
        let end = find(host, at, b".");
        let label = part(host, at, end);
        if label.is_ascii() {
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
