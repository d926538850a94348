//! Connections that the workflow breaks off, at every byte, and between two calls.

use porthole_tests::upstream::{Framing, RecordedRequest};
use porthole_tests::{FakeUpstream, Script};

use super::rows::JSON;
use super::workflows::{FORMS, outcome};
use crate::fixture::{Fixture, ok};

/// The shortest answer in each format and framing; `None` where the cut of the body cannot be seen.
fn short_answers() -> Vec<(Framing, Vec<u8>)> {
    let formats = [
        (JSON, "{\"type\":\"item\",\"content\":\"hello\"}\n"),
        (JSON, r#"{"output":"hello"}"#),
        ("text/event-stream", "data: {\"text\":\"hello\"}\n\n"),
        ("text/plain", "hello"),
    ];
    let framed = |(media_type, body): (&str, &str)| {
        [Framing::Chunked, Framing::Length(body.len()), Framing::Close]
            .map(|framing| (framing, Script::head(200, media_type, framing).piece(body).end().bytes()))
    };
    formats.into_iter().flat_map(framed).collect()
}

#[tokio::test]
async fn an_answer_that_breaks_off_at_any_byte_ends_once_and_is_whole_only_when_it_is() {
    let answers = short_answers();
    let all = answers.clone();
    let fixture = Fixture::new(
        FakeUpstream::start(move |request: &RecordedRequest, _| {
            let asked = request.json()["chatInput"].as_str().unwrap().to_owned();
            match asked.split_once(' ').map(|(row, at)| (row.parse::<usize>(), at.parse::<usize>())) {
                Some((Ok(row), Ok(at))) => Script::new().raw(&all[row].1[..at]).breaks(),
                _ => ok(),
            }
        }),
        &[],
    );
    let cuts =
        answers.iter().enumerate().flat_map(|(row, (_, bytes))| (0..bytes.len()).map(move |at| (row, at)));
    let cuts: Vec<(usize, usize)> = cuts.collect();
    for together in cuts.chunks(4) {
        let mut asked = tokio::task::JoinSet::new();
        for &(row, at) in together {
            let client = fixture.client.clone();
            asked.spawn(
                async move { (row, at, outcome(&client, FORMS[at % 3], &format!("{row} {at}")).await) },
            );
        }
        for (row, at, outcome) in asked.join_all().await {
            let (framing, bytes) = &answers[row];
            let body = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
            match outcome {
                // A body that ends with its connection may end anywhere, but raw JSON is never shown.
                Ok(text) if *framing == Framing::Close && at >= body => {
                    assert!("hello".starts_with(&text), "{text}");
                }
                Err(code) if *framing == Framing::Close && at >= body => {
                    assert!(
                        ["empty_reply", "upstream_interrupted"].contains(&code.as_str()),
                        "{row} {at}: {code}"
                    );
                }
                outcome => assert_eq!(outcome, Err("upstream_interrupted".into()), "{row} {at}"),
            }
        }
        assert_eq!(outcome(&fixture.client, JSON, "fine").await, Ok("ok".into()));
    }
}

#[tokio::test]
async fn a_connection_that_the_workflow_closed_meanwhile_is_not_used_again() {
    let closes = Script::whole(200, JSON, r#"{"output":"ok"}"#).bytes();
    let fixture = Fixture::with(Script::new().raw(closes).breaks());
    for _ in 0..50 {
        assert_eq!(outcome(&fixture.client, JSON, "hi").await, Ok("ok".into()));
    }
    assert_eq!(fixture.calls(), 50);
}
