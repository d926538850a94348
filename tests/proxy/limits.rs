//! Limits as a client meets them (DESIGN §7).

use porthole_protocol::path;
use porthole_tests::client::Events;
use porthole_tests::upstream::Framing;
use porthole_tests::{Script, Signal, Upstream};
use reqwest::{Method, Response, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

use crate::scene::{Scene, id, item, message, next_token, ok, problem, whole};

fn scene(settings: &[(&str, &str)]) -> Scene {
    Scene::of(Upstream::always(ok()), settings)
}

async fn limited(response: Response) {
    let (status, body) = problem(response).await;
    assert_eq!(
        (status, &body["code"]),
        (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited")),
        "{body}"
    );
    assert!(
        body["retry_after"]
            .as_u64()
            .is_some_and(|wait| (1..=3600).contains(&wait)),
        "{body}"
    );
}

#[tokio::test]
async fn a_session_sends_five_messages_at_once_and_then_waits() {
    let scene = scene(&[("RATE_LIMIT_SESSION_PER_MINUTE", "5")]);
    let opened = scene.client.create().await;
    assert_eq!(opened.body["limits"]["per_minute"], 5);
    let (mut token, mut last) = (opened.token, (String::new(), String::new()));
    for _ in 0..5 {
        last = (token, id());
        token = next_token(&whole(scene.client.send(&last.0, &last.1, "hi").await).await);
    }
    for _ in 0..3 {
        limited(scene.client.send(&token, &id(), "hi").await).await;
    }
    assert_eq!(scene.calls(), 5, "nothing that was refused reached the workflow");
    for _ in 0..10 {
        whole(scene.client.send(&last.0, &last.1, "hi").await).await;
        whole(scene.client.join(&token, &last.1, None).await).await;
        assert_eq!(
            scene.client.stop(&token, &last.1).await.status(),
            StatusCode::NO_CONTENT
        );
    }
    let other = scene.client.create().await.token;
    whole(scene.client.send(&other, &id(), "hi").await).await;
}

#[tokio::test]
async fn a_refused_message_leaves_nothing_behind_and_may_be_sent_again() {
    let scene = scene(&[("RATE_LIMIT_SESSION_PER_MINUTE", "60")]);
    let mut token = scene.client.create().await.token;
    for _ in 0..5 {
        token = next_token(&whole(scene.client.send(&token, &id(), "hi").await).await);
    }
    let sent = message();
    let mut waits = 0;
    let frames = loop {
        let response = scene.client.send_as("*/*", &token, &sent).await;
        if response.status() == StatusCode::OK {
            break whole(response).await;
        }
        limited(response).await;
        waits += 1;
    };
    assert!(waits > 0);
    next_token(&frames);
    assert_eq!(scene.calls(), 6);
}

#[tokio::test]
async fn each_address_has_its_share_whatever_its_sessions() {
    for (setting, allowed) in [
        ("RATE_LIMIT_PER_MINUTE", 3),
        ("RATE_LIMIT_PER_HOUR", 4),
        ("RATE_LIMIT_SITE_PER_MINUTE", 2),
    ] {
        let scene = scene(&[(setting, &allowed.to_string())]);
        for _ in 0..allowed {
            scene.ask("hi").await;
        }
        let token = scene.client.create().await.token;
        limited(scene.client.send(&token, &id(), "hi").await).await;
        assert_eq!(scene.calls(), allowed, "{setting}");
    }
}

#[tokio::test]
async fn sessions_are_opened_at_a_bounded_rate_and_carried_on_within_it() {
    let scene = scene(&[("RATE_LIMIT_CREATE_PER_MINUTE", "3")]);
    for _ in 0..3 {
        scene.client.create().await;
    }
    limited(
        scene
            .client
            .post(path::SESSION_CREATE, &json!({}))
            .send()
            .await
            .unwrap(),
    )
    .await;
}

#[tokio::test]
async fn every_call_counts_refused_ones_as_well() {
    let scene = scene(&[("RATE_LIMIT_CALLS_PER_MINUTE", "5")]);
    for _ in 0..5 {
        let response = scene
            .client
            .request(Method::GET, path::SESSION_VALIDATE)
            .bearer_auth("x")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    }
    let response = scene
        .client
        .post(path::SESSION_CREATE, &json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.headers()["access-control-allow-origin"],
        porthole_tests::client::ORIGIN
    );
    limited(response).await;
    let health = scene.client.plain(Method::GET, "/health").send().await.unwrap();
    assert_eq!(health.status(), StatusCode::OK);
}

#[tokio::test]
async fn replies_at_once_are_bounded_for_an_address_and_for_the_site() {
    for (setting, code) in [
        ("MAX_STREAMS_PER_ADDRESS", "rate_limited"),
        ("MAX_STREAMS_PER_SITE", "busy_workflow"),
    ] {
        let rest = Signal::new();
        let script = Script::head(200, "application/json", Framing::Chunked)
            .piece(item("a"))
            .wait(&rest);
        let scene = Scene::of(Upstream::always(script.end()), &[(setting, "2")]);
        let mut running = Vec::new();
        for _ in 0..2 {
            let token = scene.client.create().await.token;
            running.push(Events::of(scene.client.send(&token, &id(), "hi").await).await);
        }
        let token = scene.client.create().await.token;
        let (_, body) = problem(scene.client.send(&token, &id(), "hi").await).await;
        assert_eq!(body["code"], code);
        assert!(body["retry_after"].is_u64(), "{body}");
        rest.give();
        for mut events in running {
            events.rest().await;
        }
        assert_eq!(scene.calls(), 2);
        scene.ask("a place is free again").await;
    }
}

#[tokio::test]
async fn a_limit_holds_to_the_number_for_all_workers_together() {
    let scene = scene(&[("RATE_LIMIT_PER_HOUR", "10")]);
    let mut senders = JoinSet::new();
    for _ in 0..40 {
        let client = scene.client.clone();
        senders.spawn(async move {
            let token = client.create().await.token;
            client.send(&token, &id(), "hi").await.status()
        });
    }
    let statuses = senders.join_all().await;
    assert_eq!(
        statuses
            .iter()
            .filter(|status| **status == StatusCode::OK)
            .count(),
        10,
        "{statuses:?}"
    );
    assert_eq!(scene.calls(), 10);
}

#[tokio::test]
async fn only_a_trusted_proxy_says_who_the_client_is() {
    let from = |scene: &Scene, address: &str| {
        let request = scene.client.post(path::SESSION_CREATE, &json!({}));
        request.header("x-forwarded-for", address).send()
    };
    let open = [("RATE_LIMIT_CREATE_PER_MINUTE", "1")];
    let trusting = scene(&[&open[..], &[("TRUSTED_PROXIES", "127.0.0.0/8")]].concat());
    for address in ["192.0.2.1", "192.0.2.2", "2001:db8:0:1::1", "2001:db8:0:2::1"] {
        assert_eq!(
            from(&trusting, address).await.unwrap().status(),
            StatusCode::CREATED,
            "{address}"
        );
    }
    for address in ["192.0.2.1", "203.0.113.9, 192.0.2.2", "2001:db8:0:1:ffff::2"] {
        limited(from(&trusting, address).await.unwrap()).await;
    }
    let wary = scene(&open);
    assert_eq!(
        from(&wary, "192.0.2.1").await.unwrap().status(),
        StatusCode::CREATED
    );
    limited(from(&wary, "192.0.2.2").await.unwrap()).await;
}
