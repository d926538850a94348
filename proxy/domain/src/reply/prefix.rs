//! The beginnings by which bodies and texts are told apart, also while only a part of them has arrived.

use memchr::memmem;

/// A byte order mark, and one that was taken for Latin-1 and encoded again.
const BYTE_ORDER_MARKS: [&[u8]; 2] = [b"\xef\xbb\xbf", b"\xc3\xaf\xc2\xbb\xc2\xbf"];
const PAGES: [&[u8]; 2] = [b"<!doctype", b"<html"];
const COMMENT_START: &[u8] = b"<!--";
/// The bytes after which a comment without an end is text.
const MAX_COMMENT: usize = 1024;

/// The result of comparing the beginning of bytes that are still arriving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begins {
    /// The bytes begin so.
    Yes,
    /// The bytes begin otherwise.
    No,
    /// The bytes are too few to say.
    Perhaps,
}

/// Strips byte order marks.
pub(crate) fn without_bom(mut body: &[u8]) -> &[u8] {
    while let Some(behind) = BYTE_ORDER_MARKS.iter().find_map(|mark| body.strip_prefix(*mark)) {
        body = behind;
    }
    body
}

/// Strips byte order marks; `None` while only a part of one has arrived.
pub(super) fn behind_bom(body: &[u8]) -> Option<&[u8]> {
    let behind = without_bom(body);
    let begins = begins_with_any(&BYTE_ORDER_MARKS, behind, <[u8]>::eq);
    (begins == Begins::No).then_some(behind)
}

/// Compares the beginning of `text`, without leading space and comments, with that of an HTML document.
pub(crate) fn begins_as_page(text: &[u8]) -> Begins {
    let mut text = text.trim_ascii_start();
    while let Some(comment) = text.strip_prefix(COMMENT_START) {
        match memmem::find(comment, b"-->") {
            Some(end) => text = comment[end + 3..].trim_ascii_start(),
            None if comment.len() > MAX_COMMENT => return Begins::No,
            None => return Begins::Perhaps,
        }
    }
    match begins_with_any(&PAGES, text, <[u8]>::eq_ignore_ascii_case) {
        Begins::No if COMMENT_START.starts_with(text) => Begins::Perhaps,
        begins => begins,
    }
}

/// Compares the beginning of `text`, without leading space, with that of a JSON object or an array of objects; the quotes
/// may be those of Python.
pub(super) fn begins_as_object(text: &[u8]) -> Begins {
    match split_first(text) {
        None => Begins::Perhaps,
        Some((b'{', rest)) => first_is(rest, |first| matches!(first, b'"' | b'\'' | b'}')),
        Some((b'[', rest)) => match split_first(rest) {
            None => Begins::Perhaps,
            Some((b'{', _)) => begins_as_object(rest),
            Some(_) => Begins::No,
        },
        Some(_) => Begins::No,
    }
}

/// Compares the beginning of `text` with several.
pub(super) fn begins_with_any(
    beginnings: &[&[u8]],
    text: &[u8],
    equal: impl Fn(&[u8], &[u8]) -> bool,
) -> Begins {
    let common = |beginning: &&&[u8]| {
        let length = beginning.len().min(text.len());
        equal(&text[..length], &beginning[..length])
    };
    match beginnings.iter().find(common) {
        None => Begins::No,
        Some(beginning) if text.len() >= beginning.len() => Begins::Yes,
        Some(_) => Begins::Perhaps,
    }
}

/// Splits off the first byte behind leading space.
pub(super) fn split_first(text: &[u8]) -> Option<(u8, &[u8])> {
    let (first, rest) = text.trim_ascii_start().split_first()?;
    Some((*first, rest))
}

/// Tests the first byte behind leading space.
pub(super) fn first_is(text: &[u8], expected: impl Fn(u8) -> bool) -> Begins {
    match split_first(text) {
        None => Begins::Perhaps,
        Some((first, _)) if expected(first) => Begins::Yes,
        Some(_) => Begins::No,
    }
}
