//! Whole bodies, cut anywhere.

mod answer_path;
mod bodies;
mod faults;
mod foreign;
mod protocols;
mod thoughts;

use std::fmt::Write as _;

use proptest::prelude::*;

use porthole_protocol::limits::MAX_REPLY_BYTES;

use crate::chain::End;

use super::{Decoder, EmptyCause, MAX_PART_BYTES, ReplyError, ReplyPart};

/// The text of a body, its other parts, and its end.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    text: String,
    aside: Vec<ReplyPart>,
    end: Option<ReplyError>,
    /// The end of a reply without an error.
    sealed: End,
}

fn gather(pieces: Vec<ReplyPart>, end: Result<End, ReplyError>) -> Outcome {
    let sealed = end.unwrap_or_default();
    let mut outcome = Outcome { sealed, end: end.err(), ..Outcome::default() };
    for piece in pieces {
        match piece {
            ReplyPart::Text(text) => {
                assert!(!text.is_empty() && text.len() <= MAX_PART_BYTES, "{} bytes in a piece", text.len());
                outcome.text.push_str(&text);
            }
            ReplyPart::Replace(text) => outcome.text = text,
            other => outcome.aside.push(other),
        }
    }
    outcome
}

fn decode<'a>(media_type: Option<&str>, parts: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    decode_with(Decoder::new(media_type), parts)
}

fn decode_with<'a>(mut decoder: Decoder, parts: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut out = Vec::new();
    for part in parts {
        if let Err(error) = decoder.push(part, &mut out) {
            return gather(out, Err(error));
        }
    }
    let end = decoder.finish(&mut out);
    gather(out, end)
}

/// Decodes the body whole, cut once at every byte, and in small pieces: all must agree.
fn decode_every_way(media_type: Option<&str>, body: &[u8]) -> Outcome {
    let whole = decode(media_type, [body]);
    for size in [1, 2, 3, 7] {
        assert_eq!(decode(media_type, body.chunks(size)), whole, "in pieces of {size}");
    }
    for cut in 0..body.len() {
        let (head, tail) = body.split_at(cut);
        assert_eq!(decode(media_type, [head, tail]), whole, "cut at {cut}");
    }
    whole
}

fn check(media_type: Option<&str>, body: &str, expected: Result<&str, ReplyError>) {
    expect(&decode_every_way(media_type, body.as_bytes()), body, expected);
}

/// Checks a body that ends with its connection.
fn check_cut(media_type: Option<&str>, body: &str, expected: Result<&str, ReplyError>) {
    let decoder = Decoder::new(media_type).close_delimited(true);
    expect(&decode_with(decoder, [body.as_bytes()]), body, expected);
}

fn expect(outcome: &Outcome, body: &str, expected: Result<&str, ReplyError>) {
    match expected {
        Ok(text) => assert_eq!((outcome.text.as_str(), outcome.end), (text, None), "{body}"),
        Err(error) => assert_eq!(outcome.end, Some(error), "{body}"),
    }
}

fn capture(name: &str) -> (Option<String>, String) {
    let path = format!("{}/../../tests/fixtures/n8n/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let capture: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let headers = capture["headers"].as_array().unwrap();
    let media_type = headers.iter().find(|header| header[0] == "Content-Type");
    let frames = capture["frames"].as_array().unwrap();
    let body = frames.iter().map(|frame| frame["data"].as_str().unwrap()).collect();
    (media_type.map(|header| header[1].as_str().unwrap().to_owned()), body)
}

#[test]
fn captured_bodies_decode_alike_wherever_they_are_cut() {
    let forty = concat!(
        "The quick brown fox jumps over the lazy dog while **bold** text, a [link](https://example.org/a?b=c) ",
        "and ünïcödé 🚀 emoji\n\n- item one\n- item two\n\n```js\nconst a = 1;\n```\n",
        "The quick brown fox jumps over the lazy dog while ",
    );
    let twice = "The quick brown fox jumps \n\nThe quick brown fox jumps ";
    for (name, expected) in [
        ("a_jwt_code", Ok("You said: hello")),
        ("a_jwt_echo", Ok("You said: hello")),
        ("b_chat_agent_nonstream", Ok("The quick brown fox jumps over the lazy dog while ")),
        ("b_chat_get", Ok("firstEntryJson")),
        ("b_chat_last", Ok("You said: hi")),
        ("b_chat_text", Ok("You said: hi")),
        ("c_stream", Ok(forty)),
        ("c_stream_agent_off", Err(ReplyError::Empty(EmptyCause::NoBody))),
        ("c_stream_keepalive_70s_stall", Ok("The quick brown ")),
        ("c_stream_llm_401", Err(ReplyError::Reported)),
        ("c_stream_llm_500", Err(ReplyError::Reported)),
        ("c_stream_llm_midfail", Err(ReplyError::Reported)),
        ("c_stream_no_agent", Err(ReplyError::Empty(EmptyCause::NoBody))),
        ("c_stream_stall_5s", Ok("The quick brown ")),
        ("c_stream_tool", Err(ReplyError::Reported)),
        ("c_stream_two_agents", Ok(twice)),
        ("d_hook_stream_respond", Ok("You said: hi")),
        ("d_hook_stream_respond_off", Err(ReplyError::Empty(EmptyCause::NoBody))),
        ("e_memory_stream_msg1", Ok("The quick brown fox ")),
        ("f_array_body", Err(ReplyError::Empty(EmptyCause::NoText))),
        ("f_array_respond_all", Ok("one\n\ntwo\n\nthree")),
        ("f_immediate", Err(ReplyError::Empty(EmptyCause::StartedOnly))),
        ("f_nodata_204", Err(ReplyError::Empty(EmptyCause::NoBody))),
        ("f_respond_never_reached", Err(ReplyError::Empty(EmptyCause::NoBody))),
        ("f_slow_10s", Ok("slow answer")),
        ("f_stream_agent_continue_on_error", Err(ReplyError::Empty(EmptyCause::NoText))),
        ("f_stream_code_throws_before", Err(ReplyError::Reported)),
        ("f_text", Ok("plain text: hi")),
        ("g_approval_post", Err(ReplyError::Empty(EmptyCause::HumanInTheLoop))),
        ("k_last_picture", Err(ReplyError::Empty(EmptyCause::NoText))),
        ("k_stream_announced_steps", Ok("Echo: hi")),
        ("k_stream_respond_all_items", Ok("one\n\ntwo")),
        ("k_stream_respond_repeats", Ok("Echo: hi")),
        ("k_stream_structured", Ok("Structured hello")),
        ("k_stream_tool_called", Ok("Let me see.\n\nThe sum is 2.")),
        ("k_stream_tool_failed", Ok("Let me see.\n\nThe sum is 2.")),
    ] {
        let (media_type, body) = capture(name);
        let outcome = decode_every_way(media_type.as_deref(), body.as_bytes());
        match expected {
            Ok(text) => assert_eq!((outcome.text.as_str(), outcome.end), (text, None), "{name}"),
            Err(error) => assert_eq!(outcome.end, Some(error), "{name}"),
        }
    }
}

/// Lines of n8n: `name:text` is an item of that node, `name:` begins it, `/` ends it.
fn lines(script: &[&str]) -> String {
    let mut body = String::new();
    for step in script {
        let (node, text) = step.split_once(':').unwrap_or((step, ""));
        let metadata = format!(r#"{{"nodeId":"{node}","nodeName":"n","itemIndex":0,"runIndex":0}}"#);
        let kind = match (node, text) {
            ("/", _) => "end",
            (_, "") => "begin",
            _ => "item",
        };
        let content = serde_json::to_string(text).unwrap();
        writeln!(body, r#"{{"type":"{kind}","content":{content},"metadata":{metadata}}}"#).unwrap();
    }
    body
}

#[test]
fn a_reply_larger_than_the_limit_is_refused() {
    let line = format!("{{\"type\":\"item\",\"content\":\"{}\"}}\n", "x".repeat(300 * 1024));
    let items = lines(&["a:"]) + &lines(&[&format!("a:{}", "x".repeat(200 * 1024))]).repeat(6);
    for body in [
        items,
        lines(&["a:"]) + &line,
        "x".repeat(MAX_REPLY_BYTES + 1),
        format!("{{\"output\":\"{}\"}}", "x".repeat(MAX_REPLY_BYTES)),
        format!("data: {}\n\n", "x".repeat(MAX_REPLY_BYTES + 1)),
        "{\"type\":\"step\",\"name\":\"x\"}\n".repeat(MAX_REPLY_BYTES / 64),
    ] {
        let outcome = decode(None, body.as_bytes().chunks(16 * 1024));
        assert_eq!(outcome.end, Some(ReplyError::TooLarge), "{}", &body[..40]);
    }
    let largest = "x".repeat(MAX_REPLY_BYTES);
    assert_eq!(decode(None, [largest.as_bytes()]).text.len(), MAX_REPLY_BYTES);
}

#[test]
fn text_that_may_become_an_object_is_held_back_up_to_a_limit() {
    let (mut decoder, mut pieces) = (Decoder::new(None), Vec::new());
    let begin = lines(&["a:{\"text\":\""]);
    decoder.push(begin.as_bytes(), &mut pieces).unwrap();
    let more = "{\"type\":\"item\",\"content\":\"xxxxxxxxxxxxxxxx\"}\n".repeat(64);
    let mut kibibytes = 0;
    while pieces.is_empty() {
        decoder.push(more.as_bytes(), &mut pieces).unwrap();
        kibibytes += 1;
    }
    assert_eq!(kibibytes, 64);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_and_read_alike_however_they_are_cut(
        head in prop::sample::select(vec!["", "{\"type\":\"item\",\"content\":\"a\"}\n", "data: ", "[{", "{\"output\":", "<"]),
        tail in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\":,\\\n\rud8 adt<".to_vec())], 0..200),
        size in 1..9_usize,
        hint in prop::option::of(Just("text/event-stream")),
    ) {
        let body = [head.as_bytes(), &tail].concat();
        prop_assert_eq!(decode(hint, body.chunks(size)), decode(hint, [&body[..]]));
    }

    #[test]
    fn a_text_in_items_arrives_as_it_was_whatever_the_cut(
        texts in prop::collection::vec("[^{\\[<\u{e200}-\u{e206}]{1,12}", 1..20),
        size in 1..99_usize,
    ) {
        let mut body = lines(&["a:"]);
        for text in &texts {
            body.push_str(&lines(&[&format!("a:{text}")]));
        }
        let text = texts.concat();
        let outcome = decode(None, body.as_bytes().chunks(size));
        if text.trim().is_empty() {
            prop_assert_eq!(outcome.end, Some(ReplyError::Empty(EmptyCause::NoText)));
        } else {
            prop_assert_eq!(outcome, Outcome { text, ..Outcome::default() });
        }
    }
}
