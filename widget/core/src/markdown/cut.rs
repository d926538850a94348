//! Cutting text at bytes.
//!
//! The patterns of the standard library would cost the module more bytes than the rest of the parser.

/// Returns a part of a text; empty where the bounds are no character boundaries of it.
pub(super) fn part(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// Returns the rest of a text from a byte on.
pub(super) fn rest(text: &str, from: usize) -> &str {
    part(text, from, text.len())
}

/// Returns the byte at a place, 0 behind the end.
pub(super) fn byte(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or(0)
}

/// Finds the first of these bytes at or behind a place; the end if there is none.
pub(super) fn find(text: &str, from: usize, bytes: &[u8]) -> usize {
    let mut at = from;
    while at < text.len() && !has(bytes, byte(text, at)) {
        at += 1;
    }
    at
}

/// Finds the last such byte.
pub(super) fn find_last(text: &str, wanted: u8) -> Option<usize> {
    let mut at = text.len();
    while at > 0 {
        at -= 1;
        if byte(text, at) == wanted {
            return Some(at);
        }
    }
    None
}

/// Returns the first place at or behind a place where none of these bytes stands.
pub(super) fn skip(text: &str, from: usize, bytes: &[u8]) -> usize {
    let mut at = from;
    while at < text.len() && has(bytes, byte(text, at)) {
        at += 1;
    }
    at
}

/// Returns the end of a text without these bytes.
pub(super) fn skip_back(text: &str, bytes: &[u8]) -> usize {
    let mut end = text.len();
    while end > 0 && has(bytes, byte(text, end - 1)) {
        end -= 1;
    }
    end
}

/// Finds the first such text at or behind a place.
pub(super) fn find_text(text: &str, from: usize, wanted: &str) -> Option<usize> {
    let first = [byte(wanted, 0)];
    let mut at = find(text, from, &first);
    while at < text.len() {
        if equals_ignoring_case(part(text, at, at + wanted.len()), wanted) {
            return Some(at);
        }
        at = find(text, at + 1, &first);
    }
    None
}

/// Finds the word that fits in a list with a space between words; returns its place in the list as well.
pub(super) fn find_word<'a>(
    list: &'a str,
    name: &str,
    fits: fn(&str, &str) -> bool,
) -> Option<(usize, &'a str)> {
    let mut place = 0;
    let mut from = 0;
    while from < list.len() {
        let end = find(list, from, b" ");
        let word = part(list, from, end);
        if fits(word, name) {
            return Some((place, word));
        }
        from = end + 1;
        place += 1;
    }
    None
}

/// Counts a byte at the beginning.
pub(super) fn run(text: &str, mark: u8) -> usize {
    skip(text, 0, &[mark])
}

/// Removes these bytes at both ends.
pub(super) fn strip<'a>(text: &'a str, bytes: &[u8]) -> &'a str {
    let text = part(text, 0, skip_back(text, bytes));
    rest(text, skip(text, 0, bytes))
}

/// Removes spaces and tabs at both ends.
pub(super) fn trim(text: &str) -> &str {
    strip(text, b" \t")
}

/// Returns the character that begins at a place, a space where there is none.
pub(super) fn char_at(text: &str, at: usize) -> char {
    rest(text, at).chars().next().unwrap_or(' ')
}

/// Returns the character that ends at a place, a space where there is none.
pub(super) fn char_before(text: &str, at: usize) -> char {
    let mut from = at.saturating_sub(1);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    char_at(part(text, from, at), 0)
}

/// Compares two ASCII words but for their case.
pub(super) fn equals_ignoring_case(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

fn has(bytes: &[u8], wanted: u8) -> bool {
    bytes.contains(&wanted)
}
