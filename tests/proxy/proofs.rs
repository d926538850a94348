//! Key proofs (contract §2): a session that is bound to a key opens nothing without a fresh proof of it. The proofs are
//! made by a JOSE library that knows nothing of ours.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use porthole_protocol::path;
use porthole_tests::Client;
use porthole_tests::client::json_of;
use rcgen::KeyPair;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::fixture::{Fixture, PUBLIC_URL, id, message, next_token, problem, production, refusal, whole};

const REFUSED: (StatusCode, &str) = (StatusCode::UNAUTHORIZED, "invalid_token");

fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes))
}

/// The key of a browser, in a library of others.
struct HeldKey {
    private: EncodingKey,
    jwk: Value,
}

impl HeldKey {
    fn new() -> Self {
        let pair = KeyPair::generate().unwrap();
        let point = pair.public_key_raw();
        let coordinate = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": coordinate(1), "y": coordinate(33)});
        Self { private: EncodingKey::from_ec_der(&pair.serialize_der()), jwk }
    }

    fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("dpop+jwt".to_owned());
        header.jwk = Some(serde_json::from_value(self.jwk.clone()).unwrap());
        encode(&header, claims, &self.private).unwrap()
    }
}

/// A call as it is proven: the claims of a right proof.
fn claims(method: &str, path: &str, token: Option<&str>, body: Option<&str>, nonce: &str) -> Value {
    let mut claims = json!({
        "htm": method, "htu": format!("{PUBLIC_URL}{path}"), "jti": id(), "iat": 0, "nonce": nonce,
    });
    if let Some(token) = token {
        claims["ath"] = json!(sha256(token.as_bytes()));
    }
    if let Some(body) = body {
        claims["bh"] = json!(sha256(body.as_bytes()));
    }
    claims
}

/// A front end with a key, and the last nonce that it was told.
struct Prover {
    fixture: Fixture,
    key: HeldKey,
    nonce: String,
    token: String,
    sid: String,
}

fn nonce_of(response: &Response) -> String {
    response.headers()["dpop-nonce"].to_str().unwrap().to_owned()
}

impl Prover {
    async fn new(settings: &[(&str, &str)]) -> Self {
        let fixture = Fixture::new(porthole_tests::FakeUpstream::always(crate::fixture::ok()), settings);
        let key = HeldKey::new();
        let body = json!({"site": "default", "jwk": key.jwk});
        let response = fixture.client.post(path::SESSION_CREATE, &body).send().await.unwrap();
        let nonce = nonce_of(&response);
        let (status, body) = json_of(response).await;
        assert_eq!((status, &body["token_type"]), (StatusCode::CREATED, &json!("DPoP")), "{body}");
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Self { token: text("token"), sid: text("session_id"), fixture, key, nonce }
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> RequestBuilder {
        let text = body.map(Value::to_string);
        let claims = claims(method, path, Some(&self.token), text.as_deref(), &self.nonce);
        self.shown(method, path, body, "DPoP", Some(&self.key.sign(&claims)))
    }

    fn shown(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        scheme: &str,
        proof: Option<&str>,
    ) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = match body {
            Some(body) => self.fixture.client.post(path, body),
            None => self.fixture.client.request(method, path),
        };
        let request = request.header("authorization", format!("{scheme} {}", self.token));
        proof.into_iter().fold(request, |request, proof| request.header("dpop", proof))
    }

    /// Sends a message with these claims changed, null for none.
    async fn with(&self, changes: Value) -> (StatusCode, String) {
        let body = message();
        let text = body.to_string();
        let claims = claims("POST", path::CHAT_MESSAGE, Some(&self.token), Some(&text), &self.nonce);
        let mut claims: Map<String, Value> = claims.as_object().unwrap().clone();
        for (name, value) in changes.as_object().unwrap().clone() {
            if value.is_null() { drop(claims.remove(&name)) } else { drop(claims.insert(name, value)) }
        }
        let proof = self.key.sign(&Value::Object(claims));
        let request = self.shown("POST", path::CHAT_MESSAGE, Some(&body), "DPoP", Some(&proof));
        refusal(request.send().await.unwrap()).await
    }

    /// Creates a session from an earlier token, with or without a proof.
    async fn renewed(&self, body: Value, proof: Option<&HeldKey>) -> Value {
        let text = body.to_string();
        let claims = claims("POST", path::SESSION_CREATE, None, Some(&text), &self.nonce);
        let request = self.fixture.client.post(path::SESSION_CREATE, &body);
        let request = proof.iter().fold(request, |request, key| request.header("dpop", key.sign(&claims)));
        let (status, body) = json_of(request.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body
    }
}

#[tokio::test]
async fn a_bound_session_is_served_with_a_proof_for_each_call() {
    let mut prover = Prover::new(&[]).await;
    let sent = message();
    let frames = whole(prover.call("POST", path::CHAT_MESSAGE, Some(&sent)).send().await.unwrap()).await;
    let done = porthole_tests::client::json_data(frames.last().unwrap());
    let path_of_reply = format!("{}/{}", path::CHAT_MESSAGE, sent["message_id"].as_str().unwrap());
    let joined = whole(prover.call("GET", &path_of_reply, None).send().await.unwrap()).await;
    assert_eq!(joined, frames);
    let stopped = prover.call("DELETE", &path_of_reply, None).send().await.unwrap();
    assert_eq!(stopped.status(), StatusCode::NO_CONTENT);
    prover.token = next_token(&frames);
    let rated = json!({
        "message_id": sent["message_id"], "rating": "up", "turn": done["turn"], "head": done["head"],
        "receipt": done["receipt"],
    });
    let rated = prover.call("POST", path::CHAT_FEEDBACK, Some(&rated)).send().await.unwrap();
    assert_eq!(rated.status(), StatusCode::NO_CONTENT);
    let valid = prover.call("GET", path::SESSION_VALIDATE, None).send().await.unwrap();
    assert_eq!(json_of(valid).await.1["turn"], 1);
    let ended = prover.call("POST", path::SESSION_END, None).send().await.unwrap();
    assert_eq!(ended.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_copied_token_opens_nothing_whatever_comes_with_it() {
    for policy in ["auto", "required"] {
        let prover = Prover::new(&[("SESSION_BINDING", policy)]).await;
        let body = message();
        let right =
            claims("POST", path::CHAT_MESSAGE, Some(&prover.token), Some(&body.to_string()), &prover.nonce);
        let (own, stranger) = (prover.key.sign(&right), HeldKey::new().sign(&right));
        let join = "GET";
        for (method, scheme, proof) in [
            ("POST", "Bearer", None),
            ("POST", "Bearer", Some(own.as_str())),
            ("POST", "DPoP", None),
            ("POST", "DPoP", Some("")),
            ("POST", "DPoP", Some(stranger.as_str())),
            ("POST", "Basic", Some(own.as_str())),
            (join, "Bearer", None),
            (join, "DPoP", Some(own.as_str())),
        ] {
            let (path, body) = match method {
                "POST" => (path::CHAT_MESSAGE, Some(&body)),
                _ => (path::SESSION_VALIDATE, None),
            };
            let response = prover.shown(method, path, body, scheme, proof).send().await.unwrap();
            assert_eq!(response.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
            let (status, code) = refusal(response).await;
            assert_eq!((status, code.as_str()), REFUSED, "{method} {scheme} {proof:?}");
        }
        let twice = prover.shown("POST", path::CHAT_MESSAGE, Some(&body), "DPoP", Some(&own));
        let twice = twice.header("dpop", &own).send().await.unwrap();
        assert_eq!(refusal(twice).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(prover.fixture.calls(), 0);
    }
}

#[tokio::test]
async fn a_proof_is_one_of_its_own_call_alone() {
    let prover = Prover::new(&[]).await;
    for changes in [
        json!({"htm": "GET"}),
        json!({"htu": format!("{PUBLIC_URL}{}", path::CHAT_FEEDBACK)}),
        json!({"htu": format!("{}{}", prover.fixture.proxy.origin(), path::CHAT_MESSAGE)}),
        json!({"ath": sha256(b"another")}),
        json!({"ath": null}),
        json!({"bh": sha256(b"another")}),
        json!({"bh": null}),
        json!({"jti": null}),
        json!({"iat": "now"}),
        json!({"admin": true}),
    ] {
        let (status, code) = prover.with(changes.clone()).await;
        assert_eq!((status, code.as_str()), REFUSED, "{changes}");
    }
    assert_eq!(prover.fixture.calls(), 0);
}

#[tokio::test]
async fn a_proof_without_a_fresh_nonce_is_asked_for_again() {
    let mut prover = Prover::new(&[]).await;
    for nonce in [json!(null), json!("AAAA")] {
        let (status, code) = prover.with(json!({ "nonce": nonce })).await;
        assert_eq!((status, code.as_str()), (StatusCode::UNAUTHORIZED, "use_dpop_nonce"));
    }
    prover.nonce = "old".to_owned();
    let response = prover.call("GET", path::SESSION_VALIDATE, None).send().await.unwrap();
    assert_eq!(response.headers()["www-authenticate"], "DPoP error=\"use_dpop_nonce\"");
    let exposed = response.headers()["access-control-expose-headers"].to_str().unwrap().to_owned();
    assert!(exposed.contains("DPoP-Nonce"), "{exposed}");
    prover.nonce = nonce_of(&response);
    let again = prover.call("GET", path::SESSION_VALIDATE, None).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::OK);
}

#[tokio::test]
async fn renewal_never_drops_or_changes_a_binding() {
    let prover = Prover::new(&[]).await;
    let stranger = HeldKey::new();
    let previous = || json!({"site": "default", "previous": prover.token});
    let with_key = |key: &HeldKey| json!({"site": "default", "previous": prover.token, "jwk": key.jwk});
    for (body, proof) in [
        (previous(), None),
        (with_key(&prover.key), None),
        (with_key(&stranger), None),
        (with_key(&stranger), Some(&stranger)),
        (previous(), Some(&stranger)),
    ] {
        let opened = prover.renewed(body.clone(), proof).await;
        assert_ne!(opened["session_id"], prover.sid, "{body}");
    }
    for body in [previous(), with_key(&prover.key), with_key(&stranger)] {
        let opened = prover.renewed(body, Some(&prover.key)).await;
        assert_eq!((&opened["session_id"], &opened["token_type"]), (&json!(prover.sid), &json!("DPoP")));
        let renewed = Prover {
            token: opened["token"].as_str().unwrap().to_owned(),
            fixture: Fixture::plain(),
            key: HeldKey::new(),
            nonce: prover.nonce.clone(),
            sid: prover.sid.clone(),
        };
        let claims = claims("GET", path::SESSION_VALIDATE, Some(&renewed.token), None, &prover.nonce);
        for (key, status) in [(&prover.key, StatusCode::OK), (&stranger, StatusCode::UNAUTHORIZED)] {
            let request = prover.fixture.client.request(Method::GET, path::SESSION_VALIDATE);
            let request = request.header("authorization", format!("DPoP {}", renewed.token));
            let response = request.header("dpop", key.sign(&claims)).send().await.unwrap();
            assert_eq!(response.status(), status);
        }
    }
}

#[tokio::test]
async fn an_unbound_conversation_may_become_bound() {
    let prover = Prover::new(&[]).await;
    let unbound = prover.fixture.client.create().await;
    assert_eq!(unbound.body["token_type"], "Bearer");
    let body = json!({"site": "default", "previous": unbound.token, "jwk": prover.key.jwk});
    let bound = prover.renewed(body, None).await;
    assert_eq!((&bound["session_id"], &bound["token_type"]), (&json!(unbound.id), &json!("DPoP")));
}

#[tokio::test]
async fn a_site_binds_all_sessions_or_none() {
    let required = Fixture::new(
        porthole_tests::FakeUpstream::always(crate::fixture::ok()),
        &[("SESSION_BINDING", "required")],
    );
    let response =
        required.client.post(path::SESSION_CREATE, &json!({"site": "default"})).send().await.unwrap();
    let (status, refused) = problem(response).await;
    assert_eq!((status, &refused["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("jwk")));
    let unbound = Fixture::plain().client.create().await.token;
    assert_eq!(refusal(required.client.send(&unbound, &id(), "hi").await).await.1, REFUSED.1);

    let off = Fixture::new(
        porthole_tests::FakeUpstream::always(crate::fixture::ok()),
        &[("SESSION_BINDING", "off")],
    );
    let body = json!({"site": "default", "jwk": HeldKey::new().jwk});
    let (_, opened) = json_of(off.client.post(path::SESSION_CREATE, &body).send().await.unwrap()).await;
    assert_eq!(opened["token_type"], "Bearer");
    let bound = Prover::new(&[]).await.token;
    assert_eq!(refusal(off.client.send(&bound, &id(), "hi").await).await.1, REFUSED.1);
}

#[tokio::test]
async fn a_key_of_another_kind_is_an_invalid_field() {
    let fixture = Fixture::plain();
    let jwk = HeldKey::new().jwk;
    let with = |name: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk[name] = value;
        jwk
    };
    for jwk in [
        json!("key"),
        json!([]),
        json!({}),
        with("kty", json!("oct")),
        with("crv", json!("P-384")),
        with("x", json!("AA")),
        with("d", json!("AA")),
    ] {
        let body = json!({"site": "default", "jwk": jwk});
        let response = fixture.client.post(path::SESSION_CREATE, &body).send().await.unwrap();
        let (status, refused) = problem(response).await;
        assert_eq!((status, &refused["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("jwk")), "{body}");
    }
}

#[tokio::test]
async fn a_proof_that_is_sent_again_joins_its_reply_and_elsewhere_its_message_runs_under_the_same_key() {
    let prover = Prover::new(&[]).await;
    let body = message();
    let claims =
        claims("POST", path::CHAT_MESSAGE, Some(&prover.token), Some(&body.to_string()), &prover.nonce);
    let proof = prover.key.sign(&claims);
    let sent = || prover.shown("POST", path::CHAT_MESSAGE, Some(&body), "DPoP", Some(&proof)).send();
    let frames = whole(sent().await.unwrap()).await;
    assert_eq!(whole(sent().await.unwrap()).await, frames);
    let replica = production(&prover.fixture.upstream.url(), &[]);
    let copied = Client::new(&replica).post(path::CHAT_MESSAGE, &body).header("dpop", &proof);
    let copied = copied.header("authorization", format!("DPoP {}", prover.token));
    whole(copied.send().await.unwrap()).await;
    let calls = prover.fixture.upstream.requests();
    let keys: Vec<_> = calls.iter().map(|call| call.header("idempotency-key")).collect();
    assert_eq!((keys.len(), keys[0]), (2, keys[1]));
}
