use porthole_domain::reply::{AnswerPath, Decoder, DecoderOptions, MAX_PART_BYTES, ReplyError, ReplyPart};
use porthole_protocol::limits::{MAX_REPLY_BYTES, MAX_SOURCES};
use serde_json::Value;

use crate::input::Choices;

/// The events of a body, and its end.
#[derive(Debug, Default, PartialEq)]
pub(super) struct DecodedReply {
    pub(super) text: String,
    aside: Vec<ReplyPart>,
    pub(super) end: Option<ReplyError>,
}

/// Reads an upstream's body: alike however it is cut, bounded, and never raw JSON where that holds a text.
pub fn reply(input: &[u8]) {
    let (mut choices, body) = Choices::before(input, 3);
    let media_type =
        choices.pick(&[None, Some("text/event-stream"), Some("application/json; charset=utf-8")]);
    let size = choices.below(64) + 1;
    let cut = usize::from(choices.byte()) * body.len() / 255;

    let whole = decode(media_type, [body]);
    assert_eq!(decode(media_type, body.chunks(size)), whole, "in pieces of {size}");
    let (head, tail) = body.split_at(cut);
    assert_eq!(decode(media_type, [head, &[], tail]), whole, "cut at {cut}");
    check(&whole);
    if whole.end.is_none() {
        assert!(!is_one_span(body) || !hides_text(&whole.text), "raw JSON: {:?}", whole.text);
    }

    let options = DecoderOptions { answer_path: AnswerPath::parse("output.0.text"), ..Default::default() };
    let named = || Decoder::with_options(media_type, &options);
    assert_eq!(decode_with(named(), [head, tail]), decode_with(named(), [body]), "named, cut at {cut}");
}

fn decode<'a>(media_type: Option<&str>, parts: impl IntoIterator<Item = &'a [u8]>) -> DecodedReply {
    decode_with(Decoder::new(media_type), parts)
}

/// Checks that a reply is within the limits of the contract §8.
pub(super) fn check(reply: &DecodedReply) {
    assert!(reply.text.len() <= MAX_REPLY_BYTES);
    assert!(reply.end.is_some() || !reply.text.trim().is_empty(), "a reply of nothing that ended well");
    let sources = reply.aside.iter().filter(|part| matches!(part, ReplyPart::Source(_)));
    assert!(sources.count() <= MAX_SOURCES);
    reply.aside.iter().for_each(check_aside);
}

pub(super) fn decode_with<'a>(
    mut decoder: Decoder,
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> DecodedReply {
    let mut out = Vec::new();
    let read = || {
        for part in parts {
            decoder.push(part, &mut out)?;
        }
        let failed = decoder.has_failed();
        let end = decoder.finish(&mut out);
        assert!(!failed || end.is_err(), "a failure that ended well");
        end
    };
    let end = read().err();
    gather(out, end)
}

fn gather(pieces: Vec<ReplyPart>, end: Option<ReplyError>) -> DecodedReply {
    let mut outcome = DecodedReply { end, ..DecodedReply::default() };
    for piece in pieces {
        match piece {
            ReplyPart::Text(text) => {
                assert!(!text.is_empty() && text.len() <= MAX_PART_BYTES, "{} bytes", text.len());
                outcome.text.push_str(&text);
            }
            ReplyPart::Replace(text) => outcome.text = text,
            other => outcome.aside.push(other),
        }
    }
    outcome
}

fn check_aside(piece: &ReplyPart) {
    match piece {
        ReplyPart::Text(_) | ReplyPart::Replace(_) => {}
        ReplyPart::Reasoning(text) => assert!(!text.is_empty()),
        ReplyPart::Source(source) => {
            let is_web = |url: &String| url.to_ascii_lowercase().starts_with("http") && url.len() <= 2048;
            assert!(source.url.iter().all(is_web) && source.title.chars().count() <= 200, "{source:?}");
        }
        ReplyPart::Title(text) => assert!((1..=200).contains(&text.chars().count()), "{text:?}"),
        ReplyPart::Notice(notice) => assert!((1..=500).contains(&notice.text.chars().count()), "{notice:?}"),
        ReplyPart::Ask(ask) => assert!(ask.text.chars().count() <= 500, "{ask:?}"),
        ReplyPart::Step(step) => assert!((1..=200).contains(&step.name.chars().count()), "{step:?}"),
        ReplyPart::Suggestions(items) => {
            let fit = |text: &String| !text.trim().is_empty() && text.chars().count() <= 200;
            assert!((1..=4).contains(&items.len()) && items.iter().all(fit), "{items:?}");
        }
    }
}

/// Returns `true` where no span begins or ends between the items of a body: halves of an object are two texts.
fn is_one_span(body: &[u8]) -> bool {
    let body = crate::input::text(body);
    let places = |word| body.match_indices(word).map(|(at, _)| at).collect::<Vec<_>>();
    let (begins, items, ends) = (places("begin"), places("item"), places("end"));
    begins.last() <= items.first().or(begins.first()) && (ends.is_empty() || items.last() < ends.first())
}

/// Returns `true` for a JSON object with a member whose text should have been shown.
fn hides_text(text: &str) -> bool {
    let says = |name: &str, value: &Value| {
        let is_text = value.as_str().is_some_and(|text| !text.is_empty());
        is_text && ["output", "text", "reply", "response", "message", "answer", "content"].contains(&name)
    };
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => members.iter().any(|(name, value)| says(name, value)),
        _ => false,
    }
}
