//! A workflow that misbehaves on the wire, read in each of the three forms.

use porthole_tests::client::Events;
use porthole_tests::upstream::{Framing, Request};
use porthole_tests::{Client, Script, Signal, Upstream};

use super::rest::Rest;
use super::rows::{CANARY, Row, bodies, head, heads, statuses};
use crate::scene::{Scene, error_code, id, item, json_or_problem, message, sealed_text, stream_or_problem};

const JSON: &str = "application/json";

/// What the visitor gets of a fault: a text, or the code of a problem.
type Outcome = Result<String, String>;

/// Asks in one form; an ended stream and a refusal are the same here.
pub(super) async fn outcome(client: &Client, accept: &str, message_text: &str) -> Outcome {
    let token = client.create().await.token;
    let mut body = message();
    body["message"] = message_text.into();
    let response = client.send_as(accept, &token, &body).await;
    match accept {
        "application/json" => json_or_problem(response).await,
        "application/x-ndjson" => lines(response).await,
        _ => match stream_or_problem(response).await {
            Ok(frames) if frames.last().unwrap().event == "done" => Ok(sealed_text(&frames)),
            Ok(frames) => Err(error_code(&frames)),
            Err(code) => Err(code),
        },
    }
}

/// The same of JSON lines: ids from 0 without gaps, and one end.
async fn lines(response: reqwest::Response) -> Outcome {
    if response.status() != 200 {
        return Err(crate::scene::refusal(response).await.1);
    }
    let body = response.text().await.unwrap();
    let (mut text, mut ends) = (String::new(), Vec::new());
    let events = body
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
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

pub(super) const FORMS: [&str; 3] = ["text/event-stream", "application/x-ndjson", JSON];

/// Plays the row that the message names.
fn upstream(rows: &[Row]) -> Upstream {
    let scripts: Vec<Script> = rows.iter().map(|(_, _, script)| script.clone()).collect();
    Upstream::start(move |request: &Request, _| {
        let asked = request.json()["chatInput"].as_str().unwrap().to_owned();
        match asked.parse::<usize>() {
            Ok(row) => scripts[row].clone(),
            Err(_) => gated(),
        }
    })
}

/// What a bystander hears while others meet the faults.
fn gated() -> Script {
    head(Framing::Chunked)
        .piece(item("by"))
        .piece(item("stander"))
        .end()
}

async fn family(rows: Vec<Row>) {
    let scene = Scene::of(upstream(&rows), &[]);
    assert_eq!(outcome(&scene.client, JSON, "warm").await, Ok("bystander".into()));
    let rest = Rest::of(&scene.proxy);
    for (at, (row, want, _)) in rows.iter().enumerate() {
        let asked = at.to_string();
        let ask = |form| outcome(&scene.client, form, &asked);
        // Fewer at once than failures in a row let the workflow rest; and nobody else is harmed.
        let (first, second, third) = tokio::join!(ask(FORMS[0]), ask(FORMS[1]), ask(FORMS[2]));
        for (form, got) in FORMS.iter().zip([first, second, third]) {
            // Of some it does not matter what is made of them, as long as it ends.
            if *want != Err("") {
                let got = got.as_deref().map_err(String::as_str);
                assert_eq!(got, *want, "{row} {at} {form}");
            }
        }
        assert_eq!(
            outcome(&scene.client, JSON, "fine").await,
            Ok("bystander".into()),
            "after {row}"
        );
    }
    assert!(!scene.proxy.log().contains(CANARY), "{}", scene.proxy.log());
    drop(scene.client);
    rest.comes_back().await;
}

#[tokio::test]
async fn every_status_but_success_is_one_problem_and_no_redirect_is_followed() {
    family(statuses()).await;
}

#[tokio::test]
async fn odd_heads_are_one_problem_or_none() {
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
    let scripts: Vec<Script> = rows.into_iter().map(|(_, _, script)| script).collect();
    let (count, rest) = (scripts.len(), go.clone());
    let scene = Scene::of(
        Upstream::start(move |request: &Request, _| {
            let asked = request.json()["chatInput"].as_str().unwrap().to_owned();
            let beside = || {
                head(Framing::Chunked)
                    .piece(item("half"))
                    .wait(&rest)
                    .piece(item(" whole"))
                    .end()
            };
            asked
                .parse::<usize>()
                .map_or_else(|_| beside(), |row| scripts[row].clone())
        }),
        &[],
    );
    let (token, id) = (scene.client.create().await.token, id());
    let mut events = Events::of(scene.client.send(&token, &id, "beside").await).await;
    let mut frames = vec![events.next().await.unwrap(), events.next().await.unwrap()];
    for row in 0..count {
        // Some rest for a moment after too many of them: then that is the answer, at once.
        let _any = outcome(&scene.client, FORMS[row % 3], &row.to_string()).await;
    }
    go.give();
    frames.extend(events.rest().await);
    crate::scene::assert_whole(&frames);
    assert_eq!(sealed_text(&frames), "half whole");
}
