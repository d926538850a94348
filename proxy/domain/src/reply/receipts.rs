//! Bodies that only confirm that the call has arrived: the workflow runs on, and nobody waits for its answer.

use serde_json::value::RawValue;

use super::document::find_content;
use super::members::{KnownMembers, MemberName, TEXT_MEMBERS, members_by_name, string};
use super::prefix::Begins;

/// The words of receipts, each a whole body.
const RECEIPTS: [&str; 13] = [
    "accepted",
    "queued",
    "enqueued",
    "request accepted",
    "event accepted",
    "webhook accepted",
    "webhook received",
    "webhook call received",
    "event received",
    "event_received",
    "workflow was started",
    "workflow got started",
    "task started in the background",
];

/// The beginnings of the pages that builders answer with by default.
const PAGES: [&str; 2] = ["<p><b>success!</b></p>", "congratulations! you've fired the "];

/// The members of receipts, in lower case and without underscores, beside which stands no text.
const MEMBERS: [&str; 9] =
    ["attempt", "eventid", "executionid", "jobid", "queued", "requestid", "runid", "taskid", "workflowid"];

/// Compares the beginning of a body with that of a receipt: `Yes` for a page of a builder, `Perhaps` while all that has
/// arrived may be one.
pub(super) fn begins_as_receipt(body: &[u8]) -> Begins {
    let text = body.trim_ascii_start();
    let is_page = |page: &str| common(text, page.as_bytes()) == page.len();
    let is_part = |words: &str| common(text, words.as_bytes()) == text.len();
    if PAGES.iter().any(|page| is_page(page)) {
        return Begins::Yes;
    }
    let words = text.trim_ascii_end();
    let is_part = RECEIPTS.iter().chain(&PAGES).any(|words| is_part(words));
    if is_part || is_words(words) || may_be_id(words) { Begins::Perhaps } else { Begins::No }
}

/// Tells if a whole body, or the only text in it, is a receipt.
pub(super) fn is_receipt(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    is_words(text) || is_id(text)
}

/// Tells if the value that is a whole body is a receipt: a string, or an object without text.
pub(super) fn is_receipt_value(value: &RawValue) -> bool {
    if !value.get().starts_with('{') {
        return string(value).is_some_and(|text| is_receipt(text.as_bytes()));
    }
    let found = find_content(value);
    match found.texts.as_slice() {
        [] if found.is_empty() => is_receipt_object(value),
        [text] => is_notice(value) && string(text).is_some_and(|text| is_receipt(text.as_bytes())),
        _ => false,
    }
}

/// Tells if the text of an object stands in its `message` or in a status, as services write their notices.
fn is_notice(value: &RawValue) -> bool {
    let members = KnownMembers::parse(value);
    let first = TEXT_MEMBERS.iter().find(|name| members.get(**name).is_some());
    matches!(first, Some(MemberName::Message | MemberName::Response))
}

fn is_receipt_object(value: &RawValue) -> bool {
    let is_known = |name: &String| MEMBERS.contains(&&*name.to_ascii_lowercase().replace('_', ""));
    members_by_name(value).is_some_and(|members| members.keys().any(is_known))
}

/// Returns how many bytes are the same, in any case.
fn common(text: &[u8], words: &[u8]) -> usize {
    text.iter().zip(words).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

fn is_words(text: &[u8]) -> bool {
    let words = text.trim_ascii_end();
    let words = words.strip_suffix(b".").or_else(|| words.strip_suffix(b"!")).unwrap_or(words);
    RECEIPTS.iter().any(|receipt| receipt.as_bytes().eq_ignore_ascii_case(words))
}

/// Tells if `text` is the id of a job: a UUID, with or without hyphens.
fn is_id(text: &[u8]) -> bool {
    matches!(text.len(), 32 | 36) && may_be_id(text) && text.iter().any(u8::is_ascii_digit)
}

fn may_be_id(text: &[u8]) -> bool {
    let is_hyphen = |at| matches!(at, 8 | 13 | 18 | 23);
    let has_hyphens = text.get(8) == Some(&b'-');
    let fits = |(at, byte): (usize, &u8)| match byte {
        b'-' => has_hyphens && is_hyphen(at),
        _ => byte.is_ascii_hexdigit() && !(has_hyphens && is_hyphen(at)),
    };
    text.len() <= if has_hyphens { 36 } else { 32 } && text.iter().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_are_told_from_answers() {
        for text in [
            "Accepted",
            " accepted.\n",
            "Workflow got started.",
            "5b0f6e2a-91c4-4c1f-8d57-0a9be1f7c3d2",
            "5B0F6E2A91C44C1F8D570A9BE1F7C3D2",
        ] {
            assert!(is_receipt(text.as_bytes()), "{text}");
            for cut in 0..text.len() {
                assert_eq!(
                    begins_as_receipt(&text.as_bytes()[..cut]),
                    Begins::Perhaps,
                    "{text} cut at {cut}"
                );
            }
        }
        for text in ["Accepted cards: all", "We queued", "dead-beef", "42", "OK", "", "decade"] {
            assert!(!is_receipt(text.as_bytes()), "{text}");
        }
        for text in ["Accepted cards", "We", "5b0f6e2a-9 ", "Face it", "<p>We"] {
            assert_eq!(begins_as_receipt(format!("{text}x").as_bytes()), Begins::No, "{text}");
        }
    }
}
