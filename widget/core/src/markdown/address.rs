//! The addresses that a link may have.

use super::cut::{
    byte, char_at, char_before, equals_ignoring_case, find, find_last, find_word, part, rest, skip,
    skip_back, trim,
};

/// The host of an address, and what stands around it.
pub(super) struct Authority<'a> {
    /// `true` where a name stands before the host, which looks like one.
    pub has_user: bool,
    pub host: &'a str,
    port: &'a str,
}

/// Returns the part behind the scheme, if the address has this one.
pub(super) fn after_scheme<'a>(href: &'a str, scheme: &str) -> Option<&'a str> {
    let len = scheme.len();
    (byte(href, len) == b':' && equals_ignoring_case(part(href, 0, len), scheme))
        .then_some(rest(href, len + 1))
}

/// Returns the part of a web address behind its scheme and slashes: any number, forward or backward, as browsers have it.
pub(super) fn web(href: &str) -> Option<&str> {
    let tail = after_scheme(href, "https").or_else(|| after_scheme(href, "http"))?;
    Some(rest(tail, skip(tail, 0, b"/\\")))
}

/// Splits the part of a web address behind its slashes.
pub(super) fn authority(tail: &str) -> Authority<'_> {
    let whole = part(tail, 0, find(tail, 0, b"/?#\\"));
    let user = find_last(whole, b'@');
    let whole = rest(whole, user.map_or(0, |at| at + 1));
    let bracket = if byte(whole, 0) == b'[' { find(whole, 0, b"]") } else { 0 };
    let colon = find(whole, bracket, b":");
    let host = part(whole, 0, colon);
    Authority {
        has_user: user.is_some(),
        host: part(host, 0, skip_back(host, b".")),
        port: rest(whole, colon + 1),
    }
}

/// Returns the address without white space, if a link may lead there; a relative one is resolved against the folder of
/// the page.
pub(super) fn address(raw: &str, page: &str) -> Option<String> {
    let href = without_white(trim(raw));
    if let Some(tail) = web(&href) {
        // With fewer slashes it would be relative to the frame.
        let scheme = part(&href, 0, find(&href, 0, b":"));
        return can_be_reached(tail).then(|| [scheme, "://", tail].concat());
    }
    if after_scheme(&href, "mailto")
        .or_else(|| after_scheme(&href, "tel"))
        .is_some_and(|tail| !tail.is_empty())
    {
        return Some(href);
    }
    let mail = mail_len(&href);
    if mail > 0 && mail == href.len() {
        return Some(["mailto:", &href].concat());
    }
    if is_www(&href) { www(&href) } else { relative(&href, page) }
}

fn without_white(raw: &str) -> String {
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
    href
}

/// Returns `true` for a host and port that a browser takes.
fn can_be_reached(tail: &str) -> bool {
    let Authority { host, port, .. } = authority(tail);
    is_host(host) && port.len() < 6 && skip(port, 0, DIGITS) == port.len()
}

const DIGITS: &[u8] = b"0123456789";

fn is_host(host: &str) -> bool {
    if byte(host, 0) == b'[' {
        return host.len() > 3 && skip(host, 1, b"0123456789abcdefABCDEF:.") + 1 == host.len();
    }
    let (mut from, mut labels, mut numbers) = (0, 0, 0);
    loop {
        let end = find(host, from, b".");
        let label = part(host, from, end);
        let is_number = skip(label, 0, DIGITS) == label.len();
        labels += 1;
        numbers += usize::from(is_number && (label.len() < 3 || label.len() == 3 && label <= "255"));
        if label.is_empty() {
            return false;
        }
        if end == host.len() {
            // A last label of digits makes it an IP address.
            return (!is_number || labels == 4 && numbers == 4)
                && find(host, 0, b"\"%<>[]^`{|} ") == host.len();
        }
        from = end + 1;
    }
}

fn relative(href: &str, page: &str) -> Option<String> {
    let path = part(href, 0, find(href, 0, b"?#"));
    let first = part(path, 0, find(path, 0, b"/"));
    let is_rooted = byte(path, 0) == b'/' && byte(path, 1) != b'/';
    let is_path = first.len() < path.len() && find(first, skip(first, 0, b"."), b".") == first.len();
    let tail = web(page)?;
    if find(path, 0, b":\\") < path.len() || !is_rooted && (first.is_empty() || !is_path && !is_file(path)) {
        return None;
    }
    let base = if is_rooted { page.len() - tail.len() + find(tail, 0, b"/") } else { page.len() };
    Some([part(page, 0, base), href].concat())
}

/// Returns `true` for the name of a file: its ending is no top-level domain.
pub(super) fn is_file(name: &str) -> bool {
    const ENDINGS: &str = "pdf doc docx odt rtf txt xls xlsx ods csv ppt pptx json xml yaml yml toml ini log html htm php css js \
        ts png jpg jpeg gif svg webp mp3 mp4 gz rar exe dmg apk epub ics conf";
    find_last(name, b'.').is_some_and(|dot| is_one_of(rest(name, dot + 1), ENDINGS))
}

/// Returns `true` for one of the words of a list.
pub(super) fn is_one_of(word: &str, list: &str) -> bool {
    find_word(list, word, equals_ignoring_case).is_some()
}

pub(super) fn is_www(text: &str) -> bool {
    equals_ignoring_case(part(text, 0, 4), "www.")
}

fn www(text: &str) -> Option<String> {
    (find(text, 4, b".") < text.len() && can_be_reached(text)).then(|| ["http://", text].concat())
}

/// Returns the length of a bare address of the web at the beginning of a text, 0 if there is none.
pub(super) fn web_len(text: &str) -> usize {
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

/// Returns the length of a bare e-mail address at the beginning of a text, 0 if there is none.
pub(super) fn mail_len(text: &str) -> usize {
    let at = run_of(text, 0, b".!#$%&'+-/=?_");
    let mut end = run_of(text, at + 1, b".-_");
    while matches!(byte(text, end - 1), b'.' | b'-' | b'_') {
        end -= 1;
    }
    let host = part(text, at + 1, end);
    let is_letter = |at: usize| byte(host, at).is_ascii_alphabetic();
    let named = find_last(host, b'.').is_some_and(|dot| is_letter(dot + 1) && is_letter(dot + 2));
    // Behind a letter with an accent the host goes on.
    let cut = matches!(byte(text, end), 0xc3..=0xdf);
    if byte(text, at) == b'@' && at > 0 && named && is_host(host) && !is_file(host) && !cut { end } else { 0 }
}

/// Returns the end of a run of ASCII letters, digits and these signs.
fn run_of(text: &str, from: usize, signs: &[u8]) -> usize {
    let mut at = from;
    while byte(text, at).is_ascii_alphanumeric() || byte(text, at) != 0 && signs.contains(&byte(text, at)) {
        at += 1;
    }
    at
}

/// Returns `true` where a bare address may begin: not within a word.
pub(super) fn may_begin(text: &str, at: usize) -> bool {
    let within = at > 0 && byte(text, at - 1).is_ascii_alphanumeric();
    !within && !matches!(char_before(text, at), '\u{c0}'..='\u{24f}')
}
