//! A workflow that misbehaves on the wire, read in each of the three forms.

use porthole_tests::client::Events;
use porthole_tests::upstream::{Framing, RecordedRequest};
use porthole_tests::{Client, FakeUpstream, Script, Signal};
use reqwest::Response;
use serde_json::Value;

use super::baseline::Baseline;
use super::rows::{CANARY, Fault, JSON, bodies, head, heads, statuses};
use crate::fixture::{
    Fixture, assert_whole, error_code, id, item, json_or_problem, message, refusal, sealed_text,
    stream_or_problem,
};

pub(super) const FORMS: [&str; 3] = ["text/event-stream", "application/x-ndjson", JSON];

/// The visitor's share of a fault: a text, or the code of a problem.
type ReadReply = Result<String, String>;

/// Asks in one form; an ended stream and a refusal are the same here.
pub(super) async fn outcome(client: &Client, accept: &str, message_text: &str) -> ReadReply {
    let token = client.create().await.token;
    let mut body = message();
    body["message"] = message_text.into();
    let response = client.send_as(accept, &token, &body).await;
    match accept {
        JSON => json_or_problem(response).await,
        "application/x-ndjson" => lines(response).await,
        _ => match stream_or_problem(response).await {
            Ok(frames) if frames.last().unwrap().event == "done" => Ok(sealed_text(&frames)),
            Ok(frames) => Err(error_code(&frames)),
            Err(code) => Err(code),
        },
    }
}

/// The same of JSON lines: ids from 0 without gaps, and one end.
async fn lines(response: Response) -> ReadReply {
    if response.status() != 200 {
        return Err(refusal(response).await.1);
    }
    let body = response.text().await.unwrap();
    let (mut text, mut ends) = (String::new(), Vec::new());
    let events = body.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for (at, event) in events.filter(|event| event["event"] != "ping").enumerate() {
        assert_eq!(event["id"], at, "{body}");
        match event["event"].as_str().unwrap() {
            "delta" => text += event["data"]["text"].as_str().unwrap(),
            "done" => ends.push(Ok(())),
            "error" => ends.push(Err(event["data"]["code"].as_str().unwrap().to_owned())),
            _ => {}
        }
    }
    assert_eq!(ends.len(), 1, "{body}");
    ends.remove(0).map(|()| text)
}

/// Plays the row that the message names, and `otherwise` for any other message.
fn upstream(rows: &[Fault], otherwise: Script) -> FakeUpstream {
    let scripts: Vec<Script> = rows.iter().map(|(_, _, script)| script.clone()).collect();
    FakeUpstream::start(move |request: &RecordedRequest, _| {
        let asked = request.json()["chatInput"].as_str().unwrap().to_owned();
        match asked.parse::<usize>() {
            Ok(row) => scripts[row].clone(),
            Err(_) => otherwise.clone(),
        }
    })
}

/// Plays each row in each form; a bystander hears the whole answer after each.
async fn family(rows: Vec<Fault>) {
    let by = head(Framing::Chunked).piece(item("by"));
    let fixture = Fixture::new(upstream(&rows, by.piece(item("stander")).end()), &[]);
    assert_eq!(outcome(&fixture.client, JSON, "warm").await, Ok("bystander".into()));
    let rest = Baseline::measure(&fixture.proxy);
    for (at, (row, want, _)) in rows.iter().enumerate() {
        let asked = at.to_string();
        let ask = |form| outcome(&fixture.client, form, &asked);
        // Fewer at once than failures that open the circuit breaker; other visitors are answered between them.
        let (first, second, third) = tokio::join!(ask(FORMS[0]), ask(FORMS[1]), ask(FORMS[2]));
        for (form, got) in FORMS.iter().zip([first, second, third]) {
            // Of some it does not matter what is made of them, as long as it ends.
            if *want != Err("") {
                let got = got.as_deref().map_err(String::as_str);
                assert_eq!(got, *want, "{row} {at} {form}");
            }
        }
        assert_eq!(outcome(&fixture.client, JSON, "fine").await, Ok("bystander".into()), "after {row}");
    }
    assert!(!fixture.proxy.log().contains(CANARY), "{}", fixture.proxy.log());
    drop(fixture.client);
    rest.wait_for_return().await;
}

#[tokio::test]
async fn every_status_but_success_is_one_problem_and_no_redirect_is_followed() {
    family(statuses()).await;
}

#[tokio::test]
async fn odd_heads_get_at_most_one_problem() {
    family(heads()).await;
}

#[tokio::test]
async fn odd_bodies_end_once_within_their_limits() {
    family(bodies()).await;
}

#[tokio::test]
async fn a_stream_beside_the_faults_is_unharmed() {
    let go = Signal::new();
    let rows = bodies();
    let beside = head(Framing::Chunked).piece(item("half")).wait(&go);
    let fixture = Fixture::new(upstream(&rows, beside.piece(item(" whole")).end()), &[]);
    let (token, id) = (fixture.client.create().await.token, id());
    let mut events = Events::from_response(fixture.client.send(&token, &id, "beside").await).await;
    let mut frames = vec![events.next().await.unwrap(), events.next().await.unwrap()];
    for row in 0..rows.len() {
        // Some rest for a moment after too many of them: then that is the answer, at once.
        let _any = outcome(&fixture.client, FORMS[row % 3], &row.to_string()).await;
    }
    go.set();
    frames.extend(events.rest().await);
    assert_whole(&frames);
    assert_eq!(sealed_text(&frames), "half whole");
}
