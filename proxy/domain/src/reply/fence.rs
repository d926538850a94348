//! A JSON object in a Markdown fence, as models write where they are asked for JSON.

use memchr::{memchr, memmem};

use super::prefix::{Begins, begins_as_object, begins_with_any};

const FENCE: &[u8] = b"```";
/// The words behind a fence with JSON in it.
const LANGUAGES: [&[u8]; 3] = [b"json", b"JSON", b""];

/// Compares the beginning of a span with a fence and an object in it.
pub(super) fn begins_as_fenced_object(text: &[u8]) -> Begins {
    let text = text.trim_ascii_start();
    match begins_with_any(&[FENCE], text, <[u8]>::eq) {
        Begins::Yes => {}
        begins => return begins,
    }
    let rest = &text[FENCE.len()..];
    match memchr(b'\n', rest) {
        Some(end) if LANGUAGES.contains(&rest[..end].trim_ascii()) => begins_as_object(&rest[end..]),
        None if LANGUAGES.iter().any(|known| known.starts_with(rest.trim_ascii())) => Begins::Perhaps,
        Some(_) | None => Begins::No,
    }
}

/// Returns what stands in the fence that is the whole of `text`; any other text as it is.
pub(super) fn without_fence(text: &str) -> &str {
    let inside = text.trim().strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    inside.and_then(|inside| inside.split_once('\n')).map_or(text, |(_, object)| object)
}

/// Tells if words follow the fence, of which `added` bytes are new: then all of it is an answer with code in it.
pub(super) fn has_words_behind(text: &str, added: usize) -> bool {
    /// The bytes before the new ones that are looked at again.
    const OVERLAP: usize = 16;
    let new = &text.as_bytes()[text.len().saturating_sub(added + OVERLAP)..];
    let fence = memmem::rfind(new, b"\n```").map(|at| at + FENCE.len() + 1);
    text.trim_start().starts_with("```") && fence.is_some_and(|end| !new[end..].trim_ascii().is_empty())
}
