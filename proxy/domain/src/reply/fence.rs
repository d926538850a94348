//! A JSON object in a Markdown fence, as models write where they are asked for JSON.

use memchr::{memchr, memmem};

use super::prefix::{Begins, begins_as_object, begins_with_any};

const FENCES: [&[u8]; 2] = [b"```", b"~~~"];
/// The same, where they close.
const CLOSINGS: [&[u8]; 2] = [b"\n```", b"\n~~~"];
/// The words behind a fence with JSON in it, in lower case.
const LANGUAGES: [&[u8]; 4] = [b"json", b"jsonc", b"json5", b""];

/// Compares the beginning of a span with a fence and an object in it.
pub(super) fn begins_as_fenced_object(text: &[u8]) -> Begins {
    let text = text.trim_ascii_start();
    match begins_with_any(&FENCES, text, <[u8]>::eq) {
        Begins::Yes => {}
        begins => return begins,
    }
    let rest = &text[run(text)..];
    match memchr(b'\n', rest) {
        Some(end) if LANGUAGES.iter().any(|known| known.eq_ignore_ascii_case(rest[..end].trim_ascii())) => {
            begins_as_object(&rest[end..])
        }
        None if LANGUAGES.iter().any(|known| is_beginning(rest.trim_ascii(), known)) => Begins::Perhaps,
        Some(_) | None => Begins::No,
    }
}

/// Returns the length of the run of the first byte: the whole of a fence.
fn run(text: &[u8]) -> usize {
    text.iter().take_while(|byte| text.first() == Some(byte)).count()
}

fn is_beginning(word: &[u8], whole: &[u8]) -> bool {
    whole.get(..word.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(word))
}

/// Returns what stands in the fence that is the whole of `text`; any other text as it is.
pub(super) fn without_fence(text: &str) -> &str {
    let whole = text.trim();
    let (fence, inside) = whole.split_at(run(whole.as_bytes()));
    let inside = inside.strip_suffix(fence).filter(|_| is_fence(fence.as_bytes()));
    inside.and_then(|inside| inside.split_once('\n')).map_or(text, |(_, object)| object)
}

fn is_fence(run: &[u8]) -> bool {
    FENCES.iter().any(|fence| run.starts_with(fence))
}

/// Tells if words follow the fence, of which `added` bytes are new: then all of it is an answer with code in it.
pub(super) fn has_words_behind(text: &str, added: usize) -> bool {
    /// The bytes before the new ones that are looked at again.
    const OVERLAP: usize = 16;
    let new = &text.as_bytes()[text.len().saturating_sub(added + OVERLAP)..];
    let is_fenced = is_fence(text.trim_start().as_bytes());
    let closing = CLOSINGS.iter().find_map(|closing| memmem::rfind(new, closing)).filter(|_| is_fenced);
    closing.is_some_and(|at| !new[at + 1 + run(&new[at + 1..])..].trim_ascii().is_empty())
}
