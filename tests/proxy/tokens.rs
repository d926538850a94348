//! Tokens that do not hold: one answer for all of them, to the byte.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use porthole_domain::clock::UnixTime;
use porthole_domain::keys::Keyring;
use porthole_domain::origin::Origin;
use porthole_domain::session::{Lifetimes, NewSession, Session, Via};
use porthole_domain::site::SiteId;
use porthole_domain::ticket::Ticket;
use porthole_protocol::path;
use porthole_tests::Client;
use porthole_tests::client::ORIGIN;
use porthole_tests::proxy::{JWT_SECRET_KEY, SESSION_SECRET_KEY};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::SecretString;
use uuid::Uuid;

use crate::fixture::{Fixture, PUBLIC_URL, bytes_of, id, message};

pub(crate) const LIFE: Lifetimes =
    Lifetimes { idle: Duration::from_hours(24), max: Duration::from_hours(720) };

pub(crate) fn now() -> UnixTime {
    UnixTime(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs())
}

pub(crate) fn keyring(secret: &str) -> Keyring {
    Keyring::new(&[SecretString::from(secret)]).unwrap()
}

pub(crate) fn session(at: UnixTime) -> Session {
    let opening = NewSession {
        site: SiteId::default(),
        origin: Origin::normalise(ORIGIN).unwrap(),
        via: Via::Cors,
        sid: Uuid::new_v4(),
        jti: Uuid::new_v4(),
        wk: keyring(JWT_SECRET_KEY).signing_key_id(),
    };
    Session::new(opening, at, &LIFE)
}

pub(crate) fn mint(change: impl FnOnce(&mut Session)) -> String {
    let mut session = session(now());
    change(&mut session);
    keyring(JWT_SECRET_KEY).mint_session(&session, PUBLIC_URL)
}

/// A token with another header, signed as a workflow token would be.
fn with_header(token: &str, header: &str) -> String {
    let mut parts = token.split('.');
    parts.next();
    format!("{}.{}.{}", B64.encode(header), parts.next().unwrap(), parts.next().unwrap())
}

/// A token with other claims and the old signature.
fn with_claims(token: &str, change: impl Fn(String) -> String) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let claims = String::from_utf8(B64.decode(parts[1]).unwrap()).unwrap();
    format!("{}.{}.{}", parts[0], B64.encode(change(claims)), parts[2])
}

pub(crate) fn earlier(seconds: u64) -> UnixTime {
    UnixTime(now().0 - seconds)
}

fn forged(good: &str) -> Vec<(&'static str, String)> {
    let ticket = Ticket::new(SiteId::default(), Origin::normalise(ORIGIN).unwrap(), now());
    let signed = |claims: &str| {
        let key = jsonwebtoken::EncodingKey::from_secret(SESSION_SECRET_KEY.as_bytes());
        let claims: serde_json::Value = serde_json::from_str(claims).unwrap();
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
    };
    let claims = String::from_utf8(B64.decode(good.split('.').nth(1).unwrap()).unwrap()).unwrap();
    vec![
        ("nothing", String::new()),
        ("no token", "x".into()),
        ("three words", "a.b.c".into()),
        ("two parts", good.rsplit_once('.').unwrap().0.into()),
        ("no signature", format!("{}.", good.rsplit_once('.').unwrap().0)),
        ("four parts", format!("{good}.x")),
        ("one letter less", good[..good.len() - 1].into()),
        ("one letter more", format!("{good}A")),
        ("padding", format!("{good}=")),
        ("too long", "A".repeat(5000)),
        ("alg none", with_header(good, r#"{"alg":"none","typ":"session+jwt"}"#)),
        ("without kid", with_header(good, r#"{"alg":"HS256","typ":"session+jwt"}"#)),
        ("with crit", with_header(good, r#"{"alg":"HS256","typ":"session+jwt","kid":"x","crit":["x"]}"#)),
        ("other site", with_claims(good, |it| it.replace("\"default\"", "\"other\""))),
        ("later turn", with_claims(good, |it| it.replace("\"turn\":0", "\"turn\":7"))),
        ("key of the workflow", signed(&claims)),
        (
            "other key",
            keyring("another-key-of-more-than-32-bytes-0123456789").mint_session(&session(now()), PUBLIC_URL),
        ),
        ("other issuer", keyring(JWT_SECRET_KEY).mint_session(&session(now()), "https://evil.example")),
        ("ticket", keyring(JWT_SECRET_KEY).mint_ticket(&ticket, PUBLIC_URL)),
        ("site that is not", mint(|it| it.site = SiteId::parse("other").unwrap())),
        ("way of the frame", mint(|it| it.via = Via::Frame)),
        ("other page", mint(|it| it.origin = Origin::normalise("https://a.wild.example").unwrap())),
        ("expired", mint(|it| *it = session(earlier(86_400 + 60)))),
        ("from the future", mint(|it| it.issued = now().plus(Duration::from_mins(5)))),
        (
            "beyond its end",
            mint(|it| (it.start, it.issued, it.max) = (earlier(100), earlier(100), earlier(50))),
        ),
    ]
}

fn routes(client: &Client) -> Vec<RequestBuilder> {
    let reply = format!("{}/{}", path::CHAT_MESSAGE, id());
    let history = format!("{}/{}", path::CHAT_HISTORY, id());
    vec![
        client.request(Method::GET, path::SESSION_VALIDATE),
        client.post(path::SESSION_END, &message()),
        client.post(path::CHAT_MESSAGE, &message()),
        client.post(path::CHAT_STREAM, &message()),
        client.request(Method::GET, &reply),
        client.request(Method::DELETE, &reply),
        client.request(Method::GET, &history),
        client.request(Method::DELETE, &history),
        client.post(path::CHAT_FEEDBACK, &message()),
    ]
}

#[tokio::test]
async fn every_token_that_does_not_hold_is_refused_alike_on_every_route() {
    let fixture = Fixture::plain();
    let good = mint(|_| {});
    let valid = fixture.client.request(Method::GET, path::SESSION_VALIDATE).bearer_auth(&good);
    assert_eq!(valid.send().await.unwrap().status(), StatusCode::OK, "the table forges from a good token");
    let mut refusals = Vec::new();
    for (row, token) in forged(&good) {
        for request in routes(&fixture.client) {
            let response = request.bearer_auth(token.clone()).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{row}: {}", response.url());
            refusals.push((row, bytes_of(response).await));
        }
    }
    for authorization in
        [None, Some(String::from("Bearer")), Some(format!("Basic {good}")), Some(format!("DPoP {good}"))]
    {
        for request in routes(&fixture.client) {
            let request = match &authorization {
                Some(value) => request.header("authorization", value),
                None => request,
            };
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{authorization:?}");
            refusals.push(("no bearer", bytes_of(response).await));
        }
    }
    for (row, refusal) in &refusals {
        assert_eq!(refusal, &refusals[0].1, "{row}");
    }
    let refusal = &refusals[0].1;
    assert!(refusal.contains("www-authenticate: Bearer error=\"invalid_token\""), "{refusal}");
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn a_session_bound_to_a_key_is_not_served_without_its_proof() {
    let fixture = Fixture::plain();
    let thumbprint = B64.encode([7; 32]);
    let bound = mint(|it| it.binding = porthole_domain::session::Thumbprint::parse(&thumbprint));
    for request in routes(&fixture.client) {
        let response = request.bearer_auth(&bound).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{}", response.url());
    }
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn tokens_of_a_key_that_moved_back_still_hold_and_those_of_one_taken_out_do_not() {
    let new = "a-newer-key-for-session-tokens-abcdefghijklmnop";
    let fixture = Fixture::plain();
    let token = mint(|_| {});
    let both = format!("{new}, {JWT_SECRET_KEY}");
    for (keys, status) in [(both.as_str(), StatusCode::OK), (new, StatusCode::UNAUTHORIZED)] {
        let proxy = crate::fixture::production(&fixture.upstream.url(), &[("JWT_SECRET_KEY", keys)]);
        let client = Client::new(&proxy);
        let validate = client.request(Method::GET, path::SESSION_VALIDATE).bearer_auth(&token);
        assert_eq!(validate.send().await.unwrap().status(), status, "{keys}");
    }
}
