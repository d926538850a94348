//! Several replicas that share nothing but their keys: a conversation goes on anywhere, and each knows its own replies only.

use porthole_protocol::path;
use porthole_tests::client::{json_data, json_of};
use porthole_tests::{Client, FakeUpstream, Proxy};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{first_turn, id, next_token, ok, production, refusal, whole};

/// Two replicas in front of one workflow.
struct Replicas {
    _proxies: [Proxy; 2],
    upstream: FakeUpstream,
    one: Client,
    other: Client,
}

impl Replicas {
    fn start(settings: &[(&str, &str)]) -> Self {
        let upstream = FakeUpstream::always(ok());
        let proxies = [(); 2].map(|()| production(&upstream.url(), settings));
        let [one, other] = [&proxies[0], &proxies[1]].map(Client::new);
        Self { _proxies: proxies, upstream, one, other }
    }
}

async fn validate(client: &Client, token: &str) -> StatusCode {
    let request = client.request(Method::GET, path::SESSION_VALIDATE).bearer_auth(token);
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn a_reply_is_joined_where_it_runs_and_elsewhere_its_message_runs_again_under_the_same_key() {
    let replicas = Replicas::start(&[]);
    let token = replicas.one.create().await.token;
    let sent = id();
    let frames = whole(replicas.one.send(&token, &sent, "hi").await).await;
    assert_eq!(whole(replicas.one.join(&token, &sent, None).await).await, frames);
    let lost = refusal(replicas.other.join(&token, &sent, None).await).await;
    assert_eq!(lost, (StatusCode::NOT_FOUND, "stream_lost".to_owned()));
    whole(replicas.other.send(&token, &sent, "hi").await).await;
    let keys: Vec<_> = replicas
        .upstream
        .requests()
        .iter()
        .map(|call| call.header("idempotency-key").unwrap().to_owned())
        .collect();
    assert_eq!((keys.len(), &keys[0]), (2, &keys[1]));
}

#[tokio::test]
async fn two_replicas_let_one_state_go_on_as_two_branches() {
    let replicas = Replicas::start(&[]);
    let (opened, frames) = first_turn(&replicas.one).await;
    let branch = whole(replicas.other.send(&opened.token, &id(), "another first").await).await;
    for token in [next_token(&frames), next_token(&branch)] {
        assert_eq!(validate(&replicas.one, &token).await, StatusCode::OK);
    }
    let turns: Vec<Value> =
        replicas.upstream.requests().iter().map(|call| call.json()["metadata"]["turn"].clone()).collect();
    assert_eq!(turns, [1, 1]);
}

#[tokio::test]
async fn a_session_is_ended_on_the_replica_that_was_told() {
    let replicas = Replicas::start(&[]);
    let token = replicas.one.create().await.token;
    let end = replicas.one.request(Method::POST, path::SESSION_END).bearer_auth(&token);
    let (_, scope) = json_of(end.send().await.unwrap()).await;
    assert_eq!(scope, json!({"scope": "replica"}));
    assert_eq!(validate(&replicas.one, &token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(validate(&replicas.other, &token).await, StatusCode::OK);
}

#[tokio::test]
async fn an_unbound_token_opens_its_conversation_to_everyone_who_has_it() {
    let replicas = Replicas::start(&[]);
    let (_, frames) = first_turn(&replicas.one).await;
    let copied = next_token(&frames);
    let frames = whole(replicas.other.send(&copied, &id(), "me too").await).await;
    assert_eq!(json_data(frames.last().unwrap())["turn"], 2);
}

#[tokio::test]
async fn each_replica_counts_by_itself() {
    let replicas = Replicas::start(&[("RATE_LIMIT_SESSION_PER_MINUTE", "1")]);
    let (_, frames) = first_turn(&replicas.one).await;
    let token = next_token(&frames);
    let refused = refusal(replicas.one.send(&token, &id(), "again").await).await;
    assert_eq!(refused.0, StatusCode::TOO_MANY_REQUESTS);
    whole(replicas.other.send(&token, &id(), "again").await).await;
}
