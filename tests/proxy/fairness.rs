//! One visitor's flood, as the others meet it: an address, or a network of many, never takes what all share.

use std::time::{Duration, Instant};

use porthole_protocol::path;
use porthole_tests::client::Events;
use porthole_tests::wait::until_ready;
use porthole_tests::{FakeUpstream, Signal};
use reqwest::{Response, StatusCode};
use serde_json::json;

use crate::fixture::{Fixture, id, message, ok, sealed_text, whole};
use crate::history::GET;
use crate::limits::{held, limited};

const HONEST: &str = "198.51.100.7";

/// A site behind a load balancer on this machine, which names the visitors' addresses.
fn behind_balancer(upstream: FakeUpstream, settings: &[(&str, &str)]) -> Fixture {
    Fixture::new(upstream, &[&[("TRUSTED_PROXIES", "127.0.0.1")], settings].concat())
}

/// Opens a session from an address.
async fn create_from(fixture: &Fixture, address: &str) -> Response {
    let create = fixture.client.post(path::SESSION_CREATE, &json!({}));
    create.header("x-forwarded-for", address).send().await.unwrap()
}

/// Sends the first message of a new session from an address.
async fn send_from(fixture: &Fixture, address: &str) -> Response {
    let token = fixture.client.create().await.token;
    let send = fixture.client.post(path::CHAT_MESSAGE, &message());
    send.bearer_auth(token).header("x-forwarded-for", address).send().await.unwrap()
}

/// Asserts that a visitor of another network is served without a wait in the queue.
async fn assert_honest_is_served(fixture: &Fixture) {
    let began = Instant::now();
    let response = send_from(fixture, HONEST).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn endless_replies_of_one_address_or_network_leave_the_workflow_to_others() {
    let settings = [("UPSTREAM_CONCURRENCY", "8"), ("MAX_STREAMS_PER_ADDRESS", "")];
    for (attackers, share, policy) in [
        (vec!["203.0.113.9".to_owned(); 12], 2, r#""address-streams";q=2;qu="concurrent-requests""#),
        (
            (1..13).map(|group| format!("2001:db8:5:{group}::1")).collect(),
            4,
            r#""network-streams";q=4;qu="concurrent-requests""#,
        ),
    ] {
        let fixture = behind_balancer(FakeUpstream::always(held(&Signal::new())), &settings);
        let mut running = Vec::new();
        for address in attackers {
            let response = send_from(&fixture, &address).await;
            if response.status() == StatusCode::OK {
                running.push(response);
            } else {
                assert_eq!(limited(response).await, policy);
            }
        }
        assert_eq!(running.len(), share, "{policy}");
        assert_honest_is_served(&fixture).await;
    }
}

#[tokio::test]
async fn a_network_of_many_addresses_leaves_the_sites_minute_to_others() {
    let settings = [("RATE_LIMIT_SITE_PER_MINUTE", "40"), ("RATE_LIMIT_PER_MINUTE", "5")];
    for attackers in [
        (0..60).map(|group| format!("2001:db8:6:{group:x}::1")).collect::<Vec<_>>(),
        (0..60).map(|host| format!("203.0.113.{host}")).collect(),
    ] {
        let fixture = behind_balancer(FakeUpstream::always(ok()), &settings);
        for address in attackers {
            let response = send_from(&fixture, &address).await;
            if response.status() != StatusCode::OK {
                assert_eq!(limited(response).await, r#""network";q=10;w=60"#);
            }
        }
        // One more comes back every six seconds.
        assert!((10..30).contains(&fixture.calls()), "{}", fixture.calls());
        assert_honest_is_served(&fixture).await;
    }
}

#[tokio::test]
async fn new_sessions_are_bounded_for_a_network_of_many_addresses() {
    let settings = [("RATE_LIMIT_NETWORK_PER_MINUTE", "6"), ("RATE_LIMIT_CREATE_PER_MINUTE", "2")];
    let fixture = behind_balancer(FakeUpstream::always(ok()), &settings);
    for group in 0..6 {
        let created = create_from(&fixture, &format!("2001:db8:7:{group}::1")).await;
        assert_eq!(created.status(), StatusCode::CREATED);
    }
    let refused = create_from(&fixture, "2001:db8:7:ffff::1").await;
    assert_eq!(limited(refused).await, r#""network-create";q=6;w=60"#);
    assert_eq!(create_from(&fixture, HONEST).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn actions_have_a_limit_of_their_own_and_leave_messages_theirs() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), &[("RATE_LIMIT_ACTIONS_PER_MINUTE", "3")]);
    let opened = fixture.client.create().await;
    for _ in 0..3 {
        fixture.client.history(GET, &opened.token, &opened.id).await;
    }
    for _ in 0..5 {
        let refused = fixture.client.history(GET, &opened.token, &opened.id).await;
        assert_eq!(limited(refused).await, r#""actions";q=3;w=60"#);
    }
    assert_eq!(fixture.calls(), 3);
    sealed_text(&whole(fixture.client.send(&opened.token, &id(), "hi").await).await);
}

#[tokio::test]
async fn an_address_counts_actions_of_all_its_sessions_with_its_messages() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), &[("RATE_LIMIT_PER_MINUTE", "4")]);
    for _ in 0..4 {
        let opened = fixture.client.create().await;
        fixture.client.history(GET, &opened.token, &opened.id).await;
    }
    let opened = fixture.client.create().await;
    let policy = r#""address-minute";q=4;w=60"#;
    assert_eq!(limited(fixture.client.history(GET, &opened.token, &opened.id).await).await, policy);
    assert_eq!(limited(fixture.client.send(&opened.token, &id(), "hi").await).await, policy);
    assert_eq!(fixture.calls(), 4);
}

#[tokio::test]
async fn joins_at_once_are_bounded_for_an_address() {
    let rest = Signal::new();
    let fixture = Fixture::new(FakeUpstream::always(held(&rest)), &[("MAX_STREAMS_PER_ADDRESS", "1")]);
    let (token, id) = (fixture.client.create().await.token, id());
    let running = fixture.client.send(&token, &id, "hi").await;
    let mut joined = Vec::new();
    for again in 0..8 {
        let join = if again % 2 == 0 {
            fixture.client.join(&token, &id, None).await
        } else {
            fixture.client.send(&token, &id, "hi").await
        };
        assert_eq!(join.status(), StatusCode::OK, "{again}");
        joined.push(join);
    }
    let policy = r#""address-joins";q=8;qu="concurrent-requests""#;
    assert_eq!(limited(fixture.client.join(&token, &id, None).await).await, policy);
    assert_eq!(limited(fixture.client.send(&token, &id, "hi").await).await, policy);
    drop(joined.pop());
    until_ready("the place of a reader that has left", async || {
        let join = fixture.client.join(&token, &id, None).await;
        (join.status() == StatusCode::OK).then_some(())
    })
    .await;
    rest.set();
    Events::from_response(running).await.rest().await;
}
