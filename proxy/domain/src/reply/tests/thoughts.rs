//! Thoughts and marks in bodies of every format.

use porthole_protocol::{Step, StepState};

use super::{check, decode_every_way, lines};
use crate::reply::{Decoder, DecoderOptions, EmptyCause, ReplyError, ReplyPart, Thoughts};

const SSE: Option<&str> = Some("text/event-stream");

#[test]
fn an_answer_is_shown_from_behind_its_thoughts_in_every_format() {
    let only_thoughts = Err(ReplyError::Empty(EmptyCause::ThoughtsOnly));
    for (media_type, body, expected) in [
        (None, r#"{"output":"<think>\nwhy\n</think>\n\nTwo lamps."}"#.to_owned(), Ok("Two lamps.")),
        (None, r#"{"output":"why\n</think>\n\nTwo lamps."}"#.to_owned(), Ok("Two lamps.")),
        (
            None,
            r#"{"output":"Write `</think>`\nat its end."}"#.to_owned(),
            Ok("Write `</think>`\nat its end."),
        ),
        (None, r#"{"output":"<think>why"}"#.to_owned(), only_thoughts),
        (None, r#"{"output":"why\n</think>\n"}"#.to_owned(), only_thoughts),
        (None, r#"{"output":"Two【2:1†a.md】 lamps.<|im_end|>"}"#.to_owned(), Ok("Two lamps.")),
        (None, "<think>why</think>Two.".to_owned(), Ok("Two.")),
        (None, "<think>why".to_owned(), only_thoughts),
        (None, "One.\n<think>why".to_owned(), Err(ReplyError::Unfinished)),
        (
            SSE,
            "data: <think>\n\ndata: why\n\ndata: </thi\n\ndata: nk>\n\ndata: Two.\n\n".to_owned(),
            Ok("Two."),
        ),
        (
            None,
            lines(&["a:", "a:<th", "a:ink>why</think>", "a:{\"output\":", "a:\"Two.\"}", "/"]),
            Ok("Two."),
        ),
        (
            None,
            lines(&["a:", "a:<think>why</think>Two【1:0†", "a:x】.", "/", "b:", "b:Two.", "/"]),
            Ok("Two."),
        ),
        (
            None,
            lines(&["a:", "a:Two.", "/", "b:", "b:{\"output\":\"<think>why</think>Two.\"}", "/"]),
            Ok("Two."),
        ),
        (None, lines(&["a:", "a:<think>why", "/", "a:", "a: yet</think>Two.", "/"]), Ok("Two.")),
        (
            None,
            lines(&["a:", "a:{\"a\": 1} is JSON【1:0†x】", "a:.<|im_end|>", "/"]),
            Ok("{\"a\": 1} is JSON."),
        ),
        (None, lines(&["a:", "a:[", "a:1] says【1:0†x】", "/"]), Ok("[1] says")),
        (None, lines(&["a:", "a:<think>why", "/", "b:", "b:Two.", "/"]), Ok("Two.")),
    ] {
        check(media_type, &body, expected);
    }
}

#[test]
fn a_site_may_show_that_the_model_thinks() {
    let step = |state| ReplyPart::Step(Step { name: "Thinking".into(), state });
    for (thoughts, expected) in [
        (Thoughts::Hide, vec![ReplyPart::Text("Two.".into())]),
        (
            Thoughts::Step,
            vec![step(StepState::Running), step(StepState::Done), ReplyPart::Text("Two.".into())],
        ),
        (Thoughts::Keep, vec![ReplyPart::Text("<think>why</think>Two.".into())]),
    ] {
        let mut decoder =
            Decoder::with_options(SSE, &DecoderOptions { thoughts, ..DecoderOptions::default() });
        let mut parts = Vec::new();
        for token in ["<think>", "why", "</think>", "Two."] {
            decoder.push(format!("data: {token}\n\n").as_bytes(), &mut parts).unwrap();
        }
        decoder.finish(&mut parts).unwrap();
        assert_eq!(parts, expected);
    }
}

#[test]
fn thinking_again_and_again_announces_no_more_than_a_few_steps() {
    let body = format!("data: {}Two.\n\n", "<think></think>".repeat(1_000));
    let mut decoder =
        Decoder::with_options(SSE, &DecoderOptions { thoughts: Thoughts::Step, ..DecoderOptions::default() });
    let mut parts = Vec::new();
    decoder.push(body.as_bytes(), &mut parts).unwrap();
    assert_eq!(parts.len(), 65, "64 steps and the text");
    assert_eq!(decode_every_way(SSE, b"data: Two.\n\n").text, "Two.");
}
