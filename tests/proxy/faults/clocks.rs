//! Replicas whose clocks differ by up to 30 seconds share sessions and tickets.

use porthole_domain::clock::UnixTime;
use porthole_domain::origin::Origin;
use porthole_domain::site::SiteId;
use porthole_domain::ticket::Ticket;
use porthole_protocol::path;
use porthole_tests::client::ORIGIN;
use porthole_tests::proxy::JWT_SECRET_KEY;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::fixture::{Fixture, PUBLIC_URL, bytes_of, id, next_token, whole};
use crate::tokens::{keyring, now, session};

/// A point as a clock shows it that is so many seconds ahead, or behind.
fn on_a_clock(ahead: i64) -> UnixTime {
    UnixTime(now().0.saturating_add_signed(ahead))
}

fn token_minted_at(ahead: i64) -> String {
    keyring(JWT_SECRET_KEY).mint_session(&session(on_a_clock(ahead)), PUBLIC_URL)
}

fn ticket_minted_at(ahead: i64) -> String {
    let ticket = Ticket::new(SiteId::default(), Origin::normalise(ORIGIN).unwrap(), on_a_clock(ahead));
    keyring(JWT_SECRET_KEY).mint_ticket(&ticket, PUBLIC_URL)
}

#[tokio::test]
async fn a_session_of_a_replica_30_seconds_away_goes_on() {
    let fixture = Fixture::plain();
    for ahead in [-30, -1, 0, 1, 29, 30] {
        let token = token_minted_at(ahead);
        let validate = fixture.client.request(Method::GET, path::SESSION_VALIDATE).bearer_auth(&token);
        assert_eq!(validate.send().await.unwrap().status(), StatusCode::OK, "{ahead}");
        let frames = whole(fixture.client.send(&token, &id(), "hi").await).await;
        let next = next_token(&frames);
        assert_eq!(
            whole(fixture.client.send(&next, &id(), "again").await).await.last().unwrap().event,
            "done"
        );
        let renewal =
            fixture.client.post(path::SESSION_CREATE, &json!({ "site": "default", "previous": next }));
        assert_eq!(renewal.send().await.unwrap().status(), StatusCode::CREATED, "{ahead}");
    }
}

#[tokio::test]
async fn a_ticket_of_a_replica_30_seconds_away_opens_a_session() {
    let fixture = Fixture::plain();
    for ahead in [-30, 0, 30] {
        let body = json!({ "site": "default", "ticket": ticket_minted_at(ahead) });
        let create = fixture.client.plain(Method::POST, path::SESSION_CREATE);
        let create = create.header("origin", PUBLIC_URL).header("content-type", "application/json");
        let response = create.body(body.to_string()).send().await.unwrap();
        let status = response.status();
        assert_eq!(status, StatusCode::CREATED, "{ahead}: {}", response.text().await.unwrap());
    }
}

#[tokio::test]
async fn a_token_from_farther_ahead_is_refused_like_any_other() {
    let fixture = Fixture::plain();
    let validate = |token: String| {
        let request = fixture.client.request(Method::GET, path::SESSION_VALIDATE);
        async move { bytes_of(request.bearer_auth(token).send().await.unwrap()).await }
    };
    let broken = validate("a.b.c".into()).await;
    assert!(broken.starts_with("401"), "{broken}");
    // Seconds pass between here and there, so the exact second is tested where time is an argument.
    for ahead in [60, 3600] {
        assert_eq!(validate(token_minted_at(ahead)).await, broken, "{ahead}");
    }
}
