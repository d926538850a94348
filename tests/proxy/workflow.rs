//! The call of a workflow: its body, its token, its headers, and no header of the visitor's (contract §9).

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use porthole_domain::message::MessageText;
use porthole_domain::workflow::message_hash;
use porthole_protocol::path;
use porthole_tests::client::{ORIGIN, json_of};
use porthole_tests::proxy::SESSION_SECRET_KEY;
use porthole_tests::upstream::RecordedRequest;
use porthole_tests::{Client, FakeUpstream, Proxy};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, PRODUCTION, PUBLIC_URL, id, message, next_token, ok, whole};
use crate::tokens::now;

/// A key of this test alone, made by `openssl ecparam -name prime256v1 -genkey | openssl pkcs8 -topk8 -nocrypt`.
pub(crate) const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWIVPzIbjg1v+vqAe\n\
    2H6l5osd9U0QlMR89KcRWmnUvUqhRANCAATYF979NsscT0SUVuC5GGRV+JsZoCvP\n\
    /7RVetcESIrWYYJTYCVvY9n69LKaPhm8OSeUTbbwYtyxCL4lmZ06TGaU\n\
    -----END PRIVATE KEY-----";

fn token(request: &RecordedRequest) -> &str {
    request.header("authorization").unwrap().strip_prefix("Bearer ").unwrap()
}

fn claims(token: &str, key: &DecodingKey, algorithm: Algorithm, audience: &str) -> Value {
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&[audience]);
    validation.leeway = 0;
    decode(token, key, &validation).unwrap().claims
}

/// Returns the claims of a call's token that was signed with a shared secret.
pub(crate) fn claims_of(request: &RecordedRequest, secret: &str, audience: &str) -> Value {
    let key = DecodingKey::from_secret(secret.as_bytes());
    claims(token(request), &key, Algorithm::HS256, audience)
}

pub(crate) fn names(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn the_body_is_what_a_chat_trigger_takes_and_the_client_speaks_in_its_own_corner() {
    let fixture = Fixture::plain();
    let opened = fixture.client.create().await;
    let sent = json!({
        "message_id": id(), "message": "Where is my order 1042?", "agent": "sales",
        "metadata": {"context": {"cart": 2}, "user": {"sub": "admin"}, "site": "other", "turn": 9},
        "page": {"url": "https://shop.example/a?token=1#top", "title": "A shop"},
    });
    let frames = whole(fixture.client.send_as("*/*", &opened.token, &sent).await).await;
    let plain = message();
    whole(fixture.client.send_as("*/*", &next_token(&frames), &plain).await).await;
    let requests = fixture.upstream.requests();
    let body = requests[0].json();
    let wsid = body["sessionId"].as_str().unwrap();
    let expected = json!({
        "action": "sendMessage", "sessionId": wsid, "chatInput": "Where is my order 1042?",
        "metadata": {
            "messageId": sent["message_id"], "turn": 1, "attempt": 1, "site": "default", "origin": ORIGIN, "agent": "sales",
            "client": {
                "page": {"url": "https://shop.example/a", "title": "A shop"},
                "context": {"cart": 2}, "user": {"sub": "admin"}, "site": "other", "turn": 9,
            },
        },
    });
    assert_eq!(body, expected);
    assert_eq!(B64.decode(wsid).unwrap().len(), 32);
    assert!(!requests[0].text().contains(&opened.id), "the raw session id never leaves the proxy");
    let next = requests[1].json();
    assert_eq!((&next["sessionId"], &next["metadata"]["turn"]), (&json!(wsid), &json!(2)));
    assert_eq!(next["metadata"]["client"], json!({}));
    let other = fixture.client.create().await.token;
    whole(fixture.client.send(&other, &id(), "hi").await).await;
    assert_ne!(fixture.upstream.requests()[2].json()["sessionId"], json!(wsid));
}

#[tokio::test]
async fn the_token_names_session_and_message_and_lives_half_a_minute() {
    let upstream = FakeUpstream::always(ok());
    let webhook = format!("{}?key=kept-out", upstream.url());
    let proxy = Proxy::start(&[PRODUCTION, &[("N8N_WEBHOOK_URL", webhook.as_str())]].concat());
    let client = Client::new(&proxy);
    let text = "Where is my order é😀?";
    for _ in 0..2 {
        let opened = client.create().await.token;
        whole(client.send(&opened, &id(), text).await).await;
    }
    let requests = upstream.requests();
    assert_eq!(requests[0].target, "/webhook/chat?key=kept-out");
    let header = decode_header(token(&requests[0])).unwrap();
    assert_eq!((header.typ.as_deref(), header.alg), (Some("JWT"), Algorithm::HS256));
    let key = DecodingKey::from_secret(SESSION_SECRET_KEY.as_bytes());
    let claims = |request| claims(token(request), &key, Algorithm::HS256, &upstream.url());
    let first = claims(&requests[0]);
    let expected = ["iss", "aud", "sub", "jti", "iat", "exp", "site", "origin", "turn", "mid", "mh"];
    assert_eq!(names(&first), BTreeSet::from(expected));
    assert_eq!((&first["iss"], &first["aud"]), (&json!(PUBLIC_URL), &json!(upstream.url())));
    assert_eq!(
        (&first["site"], &first["origin"], &first["turn"]),
        (&json!("default"), &json!(ORIGIN), &json!(1))
    );
    assert_eq!(first["sub"], requests[0].json()["sessionId"]);
    assert_eq!(first["mid"].as_str(), requests[0].header("idempotency-key"));
    assert_eq!(first["mh"], json!(message_hash(&MessageText::parse(text.to_owned(), 4000).unwrap())));
    let (issued, expires) = (first["iat"].as_u64().unwrap(), first["exp"].as_u64().unwrap());
    assert_eq!(expires - issued, 30);
    assert!(issued <= now().0, "n8n allows no skew");
    let second = claims(&requests[1]);
    for name in ["jti", "sub", "mid"] {
        assert_ne!(first[name], second[name], "{name}");
    }
    assert_eq!(first["mh"], second["mh"]);
}

#[tokio::test]
async fn an_es256_token_is_checked_with_the_published_key() {
    let fixture = Fixture::new(FakeUpstream::always(ok()), &[("WORKFLOW_SIGNING_KEY", PEM)]);
    fixture.ask("hi").await;
    let request = fixture.upstream.requests().pop().unwrap();
    let response = fixture.client.plain(Method::GET, "/.well-known/jwks.json").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/jwk-set+json");
    let (_, published) = json_of(response).await;
    assert!(!published.to_string().contains("\"d\""), "{published}");
    let keys: JwkSet = serde_json::from_value(published.clone()).unwrap();
    let header = decode_header(token(&request)).unwrap();
    assert_eq!((header.typ.as_deref(), header.alg), (Some("JWT"), Algorithm::ES256));
    let key = keys.find(&header.kid.unwrap()).unwrap();
    let claims = claims(
        token(&request),
        &DecodingKey::from_jwk(key).unwrap(),
        Algorithm::ES256,
        &fixture.upstream.url(),
    );
    assert_eq!(claims["sub"], request.json()["sessionId"]);
    let printed = porthole_tests::proxy::run(&["keys"], &[("WORKFLOW_SIGNING_KEY", PEM)]).output;
    assert!(printed.contains(published["keys"][0]["x"].as_str().unwrap()), "{printed}");
}

#[tokio::test]
async fn a_shared_secret_has_no_public_half() {
    let fixture = Fixture::plain();
    let response = fixture.client.plain(Method::GET, "/.well-known/jwks.json").send().await.unwrap();
    assert_eq!(json_of(response).await.1, json!({"keys": []}));
}

#[tokio::test]
async fn nothing_of_the_visitors_headers_reaches_the_workflow() {
    let fixture = Fixture::plain();
    let opened = fixture.client.create().await.token;
    let mut request = fixture.client.post(path::CHAT_MESSAGE, &message()).bearer_auth(&opened);
    for (name, value) in [
        ("cookie", "a=b"),
        ("user-agent", "Visitor/1.0"),
        ("accept-language", "de"),
        ("referer", "https://shop.example/secret"),
        ("x-forwarded-for", "192.0.2.1"),
        ("forwarded", "for=192.0.2.1"),
        ("x-request-id", "mine"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("idempotency-key", "mine"),
        ("x-api-key", "mine"),
    ] {
        request = request.header(name, value);
    }
    whole(request.send().await.unwrap()).await;
    let request = fixture.upstream.requests().pop().unwrap();
    let names: BTreeSet<_> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "traceparent",
    ];
    assert_eq!(names, BTreeSet::from(expected));
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    for (name, value) in &request.headers {
        assert!(
            !value.contains("mine") && !value.contains("192.0.2.1") && !value.contains("0af765"),
            "{name}: {value}"
        );
    }
    assert!(!request.headers.iter().any(|(_, value)| value.contains(&opened)));
}

/// Settings of a webhook without a token, and the `Authorization` and `X-Api-Key` that it gets.
type Credential = (&'static [(&'static str, &'static str)], Option<&'static str>, Option<&'static str>);

/// Every way in which a webhook may know us but by a token.
pub(crate) const CREDENTIALS: [Credential; 3] = [
    (
        &[("WEBHOOK_AUTH", "basic"), ("WEBHOOK_USER", "porthole"), ("WEBHOOK_PASSWORD", "a:b")],
        Some("Basic cG9ydGhvbGU6YTpi"),
        None,
    ),
    (
        &[("WEBHOOK_AUTH", "header"), ("WEBHOOK_HEADER", "X-Api-Key"), ("WEBHOOK_PASSWORD", "word")],
        None,
        Some("word"),
    ),
    (&[("WEBHOOK_AUTH", "none"), ("SESSION_SECRET_KEY", "")], None, None),
];

#[tokio::test]
async fn a_webhook_without_jwt_is_known_by_what_it_asks_for() {
    for (settings, authorization, key) in CREDENTIALS {
        let fixture = Fixture::new(FakeUpstream::always(ok()), settings);
        fixture.ask("hi").await;
        let request = fixture.upstream.requests().pop().unwrap();
        assert_eq!(request.header("authorization"), authorization, "{settings:?}");
        assert_eq!(request.header("x-api-key"), key, "{settings:?}");
    }
}
