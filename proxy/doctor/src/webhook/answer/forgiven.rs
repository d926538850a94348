//! Faults of an answer that can be read all the same: a visitor is spared them, the operator is told.

use porthole_domain::reply::{DecoderOptions, Thoughts};
use porthole_protocol::sse::EventReader;

use super::decoded::DecodedAnswer;
use super::{fault, pace};
use crate::client::TimedResponse;
use crate::finding::{Finding, answer};

/// The characters of windows-1252 at 0x80 to 0x9F; all others of that encoding are their own bytes.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// Names everything that was forgiven in an answer, of which a visitor reads `text`.
pub(super) fn judge(response: &TimedResponse, reading: &DecoderOptions, text: &str) -> Vec<Finding> {
    let (bytes, body) = (response.bytes(), response.body());
    let charset = has_other_charset(response.media_type(), &bytes);
    let read = [
        fault::is_broken_json(&body).then(answer::mended_json),
        charset.then(answer::charset),
        (!charset && is_garbled(text)).then(answer::mojibake),
        is_loose(&body).then(answer::loose_events),
        (response.is_close_delimited && !pace::shows_its_end(&body)).then(answer::end_unseen),
    ];
    read.into_iter().chain(left_out(response, reading)).flatten().collect()
}

/// Finds words of the model that are left out of the text, by reading the answer in other ways.
fn left_out(response: &TimedResponse, reading: &DecoderOptions) -> [Option<Finding>; 3] {
    let read = |thoughts| DecodedAnswer::new(response, &DecoderOptions { thoughts, ..reading.clone() });
    let (kept, spoken) = (read(Thoughts::Keep), read(Thoughts::Step));
    let is_less = reading.thoughts != Thoughts::Keep && kept.text != spoken.text;
    let has_thoughts = spoken.steps.len() > kept.steps.len();
    let is_unopened = !has_thoughts && begins_amid_thoughts(&kept.text);
    let behind_thoughts = spoken.text[spoken.steps.last().copied().unwrap_or_default()..].trim();
    let is_plain = is_unopened || has_thoughts && kept.text.trim_end().ends_with(behind_thoughts);
    // An operator who wants thoughts to be a step knows of them.
    let is_hidden = has_thoughts && reading.thoughts == Thoughts::Hide;
    [
        (is_less && is_hidden).then(answer::thoughts),
        (is_less && is_unopened).then(answer::thoughts_unopened),
        (is_less && !is_plain).then(answer::marks),
    ]
}

/// Tells if thoughts end that never began.
fn begins_amid_thoughts(text: &str) -> bool {
    let marks = [("<think", "</think"), ("[THINK]", "[/THINK]")];
    marks.iter().any(|(open, close)| text.find(close).is_some_and(|end| !text[..end].contains(open)))
}

/// Tells if bytes are in another encoding than the one that is declared, or than UTF-8 where none is.
fn has_other_charset(media_type: &str, bytes: &[u8]) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    let is_other = |(_, name): (&str, &str)| !name.contains("utf-8") && !name.contains("utf8");
    let declares_other = media_type.split_once("charset").is_some_and(is_other);
    match std::str::from_utf8(bytes) {
        Ok(text) if declares_other => !text.is_ascii(),
        Ok(text) => text.contains('\0'),
        Err(_) => !declares_other,
    }
}

/// Tells if a text has characters that were lost on the way, or letters that were encoded twice, such as `Ã©`.
fn is_garbled(text: &str) -> bool {
    text.contains('\u{fffd}') || text.split(|char: char| char.is_ascii()).any(is_encoded_twice)
}

fn is_encoded_twice(run: &str) -> bool {
    let byte = |char: char| {
        let place = WINDOWS_1252.chars().position(|other| other == char).map(|place| place + 0x80);
        u8::try_from(place.unwrap_or(char as usize)).ok()
    };
    let bytes: Option<Vec<u8>> = run.chars().map(byte).collect();
    let decoded = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.is_some_and(|text| !text.is_empty() && !text.contains(char::is_control))
}

/// Tells if a body is a stream of events in which a reader that is to the letter would lose words.
fn is_loose(body: &str) -> bool {
    let (mut reader, mut events) = (EventReader::default(), Vec::new());
    let is_events = pace::is_stream(body) && !body.trim_start().starts_with(['{', '[']);
    if !is_events || reader.push(body.as_bytes(), &mut events).is_err() {
        return false;
    }
    let is_event = |line: &str| line.starts_with('{') && line.ends_with('}') || line == "[DONE]";
    let is_several = |data: &str| data.contains('\n') && data.lines().all(|line| is_event(line.trim()));
    let is_open = reader.finish().is_ok_and(|last| last.is_some_and(|last| last.data.trim() != "[DONE]"));
    let is_doubled = events.first().is_some_and(|first| first.data.starts_with("data:"));
    is_open
        || is_doubled
        || events.iter().any(|event| is_several(&event.data))
        || body.lines().any(is_no_field)
}

/// Tells if a line lacks the name of a field, or has it in other letters.
fn is_no_field(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or_default();
    name.contains([' ', '\t', '{', '"']) || name != "data" && name.eq_ignore_ascii_case("data")
}
