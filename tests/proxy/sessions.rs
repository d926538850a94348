//! A session's life: opened, checked, carried on, ended.

use std::time::Duration;

use porthole_domain::origin::Origin;
use porthole_domain::site::SiteId;
use porthole_domain::ticket::Ticket;
use porthole_protocol::path;
use porthole_tests::Client;
use porthole_tests::client::{ORIGIN, Opened, json_of};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{BELOW_WILDCARD, Fixture, PUBLIC_URL, first_turn, id, next_token, refusal};
use crate::tokens::{earlier, keyring, mint, now, session};

async fn created(client: &Client, body: Value) -> Opened {
    let response = client.post(path::SESSION_CREATE, &body).send().await.unwrap();
    let (status, body) = json_of(response).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    Opened {
        id: body["session_id"].as_str().unwrap().to_owned(),
        token: body["token"].as_str().unwrap().to_owned(),
        body,
    }
}

async fn validated(client: &Client, token: &str) -> Option<Value> {
    let request = client.request(Method::GET, path::SESSION_VALIDATE).bearer_auth(token);
    let (status, body) = json_of(request.send().await.unwrap()).await;
    (status == StatusCode::OK).then_some(body)
}

async fn end(client: &Client, token: &str) -> (StatusCode, Value) {
    let request = client.request(Method::POST, path::SESSION_END).bearer_auth(token);
    json_of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_new_session_says_what_its_limits_are_and_validates_as_itself() {
    let fixture = Fixture::plain();
    let opened = fixture.client.create().await;
    let limits = json!({
        "max_chars": 4000, "history_turns": 0, "per_minute": 0, "uploads": false, "export": false, "feedback": true,
    });
    assert_eq!(opened.body["limits"], limits);
    let valid = validated(&fixture.client, &opened.token).await.unwrap();
    let expected = json!({
        "valid": true, "session_id": opened.id, "expires_at": opened.body["expires_at"],
        "site": "default", "origin": ORIGIN, "user": null, "turn": 0,
    });
    assert_eq!(valid, expected);
    assert!(opened.body["expires_at"].as_str().unwrap().ends_with('Z'));
    assert!(opened.token.len() <= 2048);
}

#[tokio::test]
async fn no_two_sessions_are_the_same() {
    let fixture = Fixture::plain();
    let (one, other) = (fixture.client.create().await, fixture.client.create().await);
    assert_ne!(one.id, other.id);
    assert_ne!(one.token, other.token);
}

#[tokio::test]
async fn an_ended_session_is_ended_for_all_of_its_tokens_and_for_no_other() {
    let fixture = Fixture::plain();
    let (opened, frames) = first_turn(&fixture.client).await;
    let later = next_token(&frames);
    let other = fixture.client.create().await;
    assert_eq!(end(&fixture.client, &later).await, (StatusCode::OK, json!({"scope": "replica"})));
    for token in [&opened.token, &later] {
        assert_eq!(validated(&fixture.client, token).await, None);
        assert_eq!(refusal(fixture.client.send(token, &id(), "hi").await).await.1, "invalid_token");
        assert_eq!(end(&fixture.client, token).await.0, StatusCode::UNAUTHORIZED);
        let again = created(&fixture.client, json!({ "previous": token })).await;
        assert_ne!(again.id, opened.id, "an ended conversation is not carried on");
    }
    assert!(validated(&fixture.client, &other.token).await.is_some());
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test]
async fn a_conversation_is_carried_on_from_the_token_of_its_last_turn() {
    let fixture = Fixture::plain();
    let (opened, frames) = first_turn(&fixture.client).await;
    let renewed = created(&fixture.client, json!({ "previous": next_token(&frames) })).await;
    assert_eq!(renewed.id, opened.id);
    let valid = validated(&fixture.client, &renewed.token).await.unwrap();
    assert_eq!((&valid["turn"], &valid["session_id"]), (&json!(1), &json!(opened.id)));
    let frames = crate::fixture::whole(fixture.client.send(&renewed.token, &id(), "second").await).await;
    assert_eq!(validated(&fixture.client, &next_token(&frames)).await.unwrap()["turn"], 2);
    let sessions: Vec<_> =
        fixture.upstream.requests().iter().map(|it| it.json()["sessionId"].clone()).collect();
    assert_eq!(sessions[0], sessions[1], "the workflow knows it as one conversation");
}

#[tokio::test]
async fn tokens_of_before_a_time_that_the_operator_sets_end_at_once() {
    let plain = Fixture::plain();
    let before = plain.client.create().await;
    let later = now().plus(Duration::from_hours(1)).to_rfc3339();
    for (time, holds) in [("2026-01-31T12:00:00Z", true), (later.as_str(), false)] {
        let fixture = Fixture::new(
            porthole_tests::FakeUpstream::always(crate::fixture::ok()),
            &[("SESSION_NOT_BEFORE", time)],
        );
        assert_eq!(validated(&fixture.client, &before.token).await.is_some(), holds, "{time}");
        let renewed = created(&fixture.client, json!({ "previous": before.token })).await;
        assert_eq!(renewed.id == before.id, holds, "{time}");
    }
}

#[tokio::test]
async fn keys_are_rotated_while_conversations_go_on() {
    let other = "Wm3xTf6bRz9kQs1pVd4hLc8yNg2jUa7e";
    let old = porthole_tests::proxy::JWT_SECRET_KEY;
    let (added, moved) = (format!("{old},{other}"), format!("{other},{old}"));
    let replica = |keys: &str| {
        let workflow = porthole_tests::FakeUpstream::always(crate::fixture::ok());
        Fixture::new(workflow, &[("JWT_SECRET_KEY", keys)])
    };
    let (old, added, moved) = (replica(old), replica(&added), replica(&moved));
    let mut token = old.client.create().await.token;
    for (turn, replica) in (1..).zip([&old, &added, &moved, &added, &moved]) {
        let frames = crate::fixture::whole(replica.client.send(&token, &id(), "on").await).await;
        token = next_token(&frames);
        assert_eq!(porthole_tests::client::json_data(frames.last().unwrap())["turn"], turn);
    }
    let removed = replica(other);
    assert_eq!(validated(&removed.client, &token).await, None, "its ids at the workflow need the first key");
}

#[tokio::test]
async fn a_token_that_only_expired_carries_its_conversation_on_and_a_bad_one_is_no_error() {
    let fixture = Fixture::plain();
    let expired = session(earlier(86_400 + 3600));
    let sid = expired.sid.to_string();
    let expired = keyring(porthole_tests::proxy::JWT_SECRET_KEY).mint_session(&expired, PUBLIC_URL);
    assert_eq!(validated(&fixture.client, &expired).await, None);
    assert_eq!(created(&fixture.client, json!({ "previous": expired })).await.id, sid);
    let elsewhere = Client::with_origin(&fixture.proxy, BELOW_WILDCARD);
    assert_ne!(created(&elsewhere, json!({ "previous": expired })).await.id, sid);
    let over = mint(|it| {
        (it.start, it.issued, it.expires, it.max) = (earlier(100), earlier(100), earlier(60), earlier(50));
    });
    let bad = [String::new(), "x".into(), "x".repeat(9000), format!("{expired}A"), over];
    let no_text = [json!(1), json!(true), json!([expired]), json!({"token": expired})];
    for previous in bad.map(Value::from).into_iter().chain(no_text) {
        let opened = created(&fixture.client, json!({ "previous": previous })).await;
        assert_ne!(opened.id, sid, "{previous}");
        assert_eq!(validated(&fixture.client, &opened.token).await.unwrap()["turn"], 0);
    }
}

#[tokio::test]
async fn a_ticket_opens_a_session_for_our_own_document_only() {
    let fixture = Fixture::plain();
    let keys = keyring(porthole_tests::proxy::JWT_SECRET_KEY);
    let ticket = |origin: &str, at| {
        keys.mint_ticket(&Ticket::new(SiteId::default(), Origin::normalise(origin).unwrap(), at), PUBLIC_URL)
    };
    let own = Client::with_origin(&fixture.proxy, PUBLIC_URL);
    let good = ticket(ORIGIN, now());
    let opened = created(&own, json!({ "ticket": good })).await;
    let valid = validated(&own, &opened.token).await.unwrap();
    assert_eq!(valid["origin"], ORIGIN);
    assert_eq!(validated(&fixture.client, &opened.token).await, None, "a frame's token on a page");
    let unnamed = own.plain(Method::GET, path::SESSION_VALIDATE).bearer_auth(&opened.token);
    assert_eq!(unnamed.send().await.unwrap().status(), StatusCode::OK);
    let cross = own.plain(Method::GET, path::SESSION_VALIDATE).bearer_auth(&opened.token);
    let cross = cross.header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(refusal(cross).await.1, "origin_not_allowed");
    let rows = [
        (&own, json!({}), "invalid_field"),
        (&own, json!({"site": "default"}), "invalid_field"),
        (&own, json!({"ticket": "x"}), "invalid_token"),
        (&own, json!({"ticket": opened.token}), "invalid_token"),
        (&own, json!({"ticket": ticket(ORIGIN, earlier(13 * 3600))}), "ticket_expired"),
        (&own, json!({"ticket": ticket("https://gone.example", now())}), "origin_not_allowed"),
        (&own, json!({"ticket": ticket(ORIGIN, now().plus(Duration::from_hours(1)))}), "invalid_token"),
        (&fixture.client, json!({ "ticket": good }), "invalid_token"),
        (&fixture.client, json!({"site": "other"}), "invalid_field"),
        (&fixture.client, json!({"site": "No site!"}), "invalid_field"),
    ];
    for (client, body, code) in rows {
        let response = client.post(path::SESSION_CREATE, &body).send().await.unwrap();
        assert_eq!(refusal(response).await.1, code, "{body}");
    }
}
