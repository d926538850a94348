//! Joining a reply in flight or just finished (contract §4).

use porthole_protocol::path;
use porthole_tests::client::Events;
use porthole_tests::upstream::Framing;
use porthole_tests::{Script, Signal};
use reqwest::{Method, StatusCode};

use crate::fixture::{
    Fixture, bytes_of, first_turn, id, item, json_or_problem, next_token, refusal, sealed_text, whole,
};

#[tokio::test]
async fn a_finished_reply_is_read_again_from_any_event() {
    let fixture = Fixture::with(Script::pieces("application/json", [item("one")]));
    let token = fixture.client.create().await.token;
    let id = id();
    let first = whole(fixture.client.send(&token, &id, "hi").await).await;
    let later = next_token(&first);
    for token in [&token, &later] {
        let again = whole(fixture.client.join(token, &id, None).await).await;
        assert_eq!(again, first, "any token of the session joins");
    }
    for at in 0..first.len() - 1 {
        let rest = Events::from_response(fixture.client.join(&token, &id, Some(&at.to_string())).await)
            .await
            .rest()
            .await;
        assert_eq!(rest, first[at + 1..], "after {at}");
    }
    let last = (first.len() - 1).to_string();
    let complete = fixture.client.join(&token, &id, Some(&last)).await;
    assert_eq!(complete.status(), StatusCode::NO_CONTENT);
    assert_eq!(complete.text().await.unwrap(), "");
    let json =
        fixture.client.request(Method::GET, &format!("{}/{id}", path::CHAT_MESSAGE)).bearer_auth(&token);
    let json = json.header("accept", "application/json").send().await.unwrap();
    assert_eq!(json_or_problem(json).await, Ok("one".into()));
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test]
async fn an_event_that_was_never_sent_cannot_be_the_last_one_read() {
    let fixture = Fixture::plain();
    let token = fixture.client.create().await.token;
    let id = id();
    let frames = whole(fixture.client.send(&token, &id, "hi").await).await;
    let beyond = frames.len().to_string();
    for last in [
        beyond.as_str(),
        "",
        "x",
        "-1",
        "+1",
        "1.0",
        "0x1",
        "1,2",
        "1 2",
        "99999999999999999999",
        "18446744073709551615",
        "²",
    ] {
        let response = fixture.client.join(&token, &id, Some(last)).await;
        assert_eq!(
            refusal(response).await,
            (StatusCode::BAD_REQUEST, "invalid_last_event_id".into()),
            "{last:?}"
        );
    }
    let twice =
        fixture.client.request(Method::GET, &format!("{}/{id}", path::CHAT_MESSAGE)).bearer_auth(&token);
    let twice = twice.header("last-event-id", "0").header("last-event-id", "0");
    assert_eq!(refusal(twice.send().await.unwrap()).await.1, "invalid_last_event_id");
}

#[tokio::test]
async fn many_readers_at_any_event_read_the_same_reply() {
    let rest = Signal::new();
    let script = Script::head(200, "application/json", Framing::Chunked)
        .piece(item("one "))
        .wait(&rest)
        .piece(item("two"));
    let fixture = Fixture::with(script.end());
    let token = fixture.client.create().await.token;
    let id = id();
    let sent = fixture.client.send(&token, &id, "hi").await;
    let mut readers = Vec::new();
    for number in 0..20 {
        let last = (number % 2 == 1).then_some("0");
        readers.push((last, Events::from_response(fixture.client.join(&token, &id, last).await).await));
    }
    rest.set();
    let all = whole(sent).await;
    assert_eq!(sealed_text(&all), "one two");
    for (last, mut reader) in readers {
        let expected = if last.is_some() { &all[1..] } else { &all[..] };
        assert_eq!(reader.rest().await, expected);
    }
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test]
async fn a_reply_of_another_session_answers_as_an_unknown_one_to_the_byte() {
    let fixture = Fixture::plain();
    let token = fixture.client.create().await.token;
    let mine = id();
    whole(fixture.client.send(&token, &mine, "hi").await).await;
    let other = first_turn(&fixture.client).await.0.token;
    let mut answers = Vec::new();
    for (token, id) in [
        (&other, mine.clone()),
        (&other, id()),
        (&token, id()),
        (&token, mine.to_uppercase()),
        (&other, mine.to_uppercase()),
        (&token, "x".into()),
        (&token, "%00".into()),
        (&token, mine.clone() + "%20"),
        (&token, "a".repeat(3000)),
    ] {
        answers.push((id.clone(), bytes_of(fixture.client.join(token, &id, None).await).await));
        answers.push((id.clone(), bytes_of(fixture.client.stop(token, &id).await).await));
    }
    for (id, answer) in &answers {
        assert!(answer.starts_with("404") && answer.contains("stream_lost"), "{id}: {answer}");
        assert_eq!(answer, &answers[0].1, "{id}");
    }
}

#[tokio::test]
async fn a_reply_is_forgotten_when_its_time_is_over() {
    let fixture =
        Fixture::new(porthole_tests::FakeUpstream::always(crate::fixture::ok()), &[("RESUME_SECONDS", "0")]);
    let token = fixture.client.create().await.token;
    let id = id();
    whole(fixture.client.send(&token, &id, "hi").await).await;
    assert_eq!(refusal(fixture.client.join(&token, &id, None).await).await.1, "stream_lost");
}
