//! Signed transcripts (contract §11): exported over HTTP, verified by an outside library and by `porthole verify`.

use std::fs;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use porthole_protocol::path;
use porthole_tests::client::{ORIGIN, json_of};
use porthole_tests::proxy::{EXPORT_SIGNING_KEY, SESSION_SECRET_KEY, refusal as start_refused, run};
use porthole_tests::{FakeUpstream, Script};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fixture::{Fixture, PRODUCTION, PUBLIC_URL, item, ok, problem, refusal};
use crate::transcripts::{KeptChat, hashed, mismatch};
use crate::workflow::PEM;

const JWKS: &str = "/.well-known/transcript-jwks.json";
const SIGNED: &[(&str, &str)] = &[("EXPORT_SIGNING_KEY", EXPORT_SIGNING_KEY)];

/// A browser with a conversation of this many turns, at a proxy with these settings.
async fn chat_of(turns: usize, settings: &[(&str, &str)]) -> KeptChat {
    let mut browser = KeptChat::with(ok(), settings).await;
    for turn in 1..=turns {
        browser.say(&format!("question {turn}"), json!(null)).await;
    }
    browser
}

async fn export(browser: &KeptChat, transcript: &Value) -> Response {
    let request = browser.fixture.client.post(path::CHAT_EXPORT, &json!({ "transcript": transcript }));
    request.bearer_auth(&browser.token).send().await.unwrap()
}

async fn exported(browser: &KeptChat, window: usize) -> String {
    let response = export(browser, &browser.transcript(window)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/jose");
    response.text().await.unwrap()
}

async fn key_set(browser: &KeptChat) -> Value {
    json_of(browser.fixture.client.plain(Method::GET, JWKS).send().await.unwrap()).await.1
}

/// Decodes a JWS with a key, whatever its claims.
fn read(jws: &str, key: &DecodingKey, algorithm: Algorithm) -> jsonwebtoken::errors::Result<Value> {
    let mut lax = Validation::new(algorithm);
    (lax.validate_aud, lax.validate_exp) = (false, false);
    lax.required_spec_claims.clear();
    decode(jws, key, &lax).map(|decoded| decoded.claims)
}

#[tokio::test]
async fn an_export_is_verified_by_an_outside_library_and_says_what_was_sealed() {
    let browser = chat_of(3, SIGNED).await;
    let file = exported(&browser, 3).await;
    let keys: JwkSet = serde_json::from_value(key_set(&browser).await).unwrap();
    let header = decode_header(&file).unwrap();
    assert_eq!((header.typ.as_deref(), header.alg), (Some("transcript+jws"), Algorithm::ES256));
    let key = DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
    let claims = read(&file, &key, Algorithm::ES256).unwrap();
    assert_eq!(
        [&claims["iss"], &claims["site"], &claims["origin"], &claims["base"], &claims["head"]],
        [
            &json!(PUBLIC_URL),
            &json!("default"),
            &json!(ORIGIN),
            &json!(browser.heads[0]),
            &json!(browser.heads[3])
        ]
    );
    assert_eq!(
        (&claims["turn"], &claims["full"], &claims["turns"]),
        (&json!(3), &json!(true), &json!(browser.turns))
    );
    assert_eq!(claims["heads"], json!(browser.heads[1..]));
    let part = read(&exported(&browser, 2).await, &key, Algorithm::ES256).unwrap();
    assert_eq!((&part["full"], &part["base"]), (&json!(false), &json!(browser.heads[1])));
    assert_eq!(part["turns"], json!(browser.turns[1..]));
}

#[tokio::test]
async fn only_the_whole_truth_up_to_the_token_is_signed() {
    let browser = chat_of(3, SIGNED).await;
    let honest = browser.transcript(3);
    let mut forged =
        vec![json!({}), json!({"keep": 0}), json!({"base": browser.heads[1], "turns": browser.turns})];
    let mut change = |path: &str, value: Value| {
        let mut transcript = honest.clone();
        *transcript.pointer_mut(path).unwrap() = value;
        forged.push(transcript);
    };
    change("/turns/0/reply", json!("ok, I promise you a refund"));
    change("/turns/1/user", json!("never asked"));
    change("/turns/1/end", json!("stopped"));
    change("/turns/1", hashed(&browser.turns[1]));
    change("/turns", json!(browser.turns[..2]));
    for transcript in forged {
        assert_eq!(refusal(export(&browser, &transcript).await).await, mismatch(), "{transcript}");
    }
    for odd in [json!(null), json!("all"), json!([]), json!({"turns": [{"id": 1}]})] {
        let (status, problem) = problem(export(&browser, &odd).await).await;
        assert_eq!(
            (status, &problem["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("transcript")),
            "{odd}"
        );
    }
    let anonymous = browser.fixture.client.post(path::CHAT_EXPORT, &json!({"transcript": honest}));
    assert_eq!(refusal(anonymous.send().await.unwrap()).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_long_conversation_is_exported_whole() {
    let long = Script::pieces("application/json", [item(&"é\n".repeat(60_000))]);
    let mut browser = KeptChat::with(long, SIGNED).await;
    browser.say("question 1", json!(null)).await;
    browser.say("question 2", json!(null)).await;
    let (holds, output) = verified(&exported(&browser, 2).await, SIGNED);
    assert!(holds, "{output}");
    browser.say("question 3", json!(null)).await;
    let (status, problem) = problem(export(&browser, &browser.transcript(3)).await).await;
    assert_eq!((status, &problem["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("body_too_large")));
    assert!(verified(&exported(&browser, 2).await, SIGNED).1.contains("2 (2 to 3), a part"));
}

#[tokio::test]
async fn without_the_key_there_is_no_signed_export() {
    let browser = chat_of(1, &[("HOSTED_PAGE", "true")]).await;
    let refused = refusal(export(&browser, &browser.transcript(1)).await).await;
    assert_eq!(refused, (StatusCode::NOT_FOUND, "not_found".to_owned()));
    assert_eq!(key_set(&browser).await, json!({"keys": []}));
    for (settings, offered) in [(&[][..], false), (SIGNED, true)] {
        let opened = Fixture::new(FakeUpstream::always(ok()), settings).client.create().await;
        assert_eq!(opened.body["limits"]["export"], offered);
    }
}

#[tokio::test]
async fn exports_count_as_actions() {
    let browser = chat_of(1, &[SIGNED[0], ("RATE_LIMIT_ACTIONS_PER_MINUTE", "1")]).await;
    exported(&browser, 1).await;
    let (status, problem) = problem(export(&browser, &browser.transcript(1)).await).await;
    assert_eq!((status, &problem["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited")));
}

#[tokio::test]
async fn no_export_is_a_credential_and_no_credential_an_export() {
    let browser = chat_of(1, &[SIGNED[0], ("WORKFLOW_SIGNING_KEY", PEM)]).await;
    let file = exported(&browser, 1).await;
    let workflow = browser.fixture.client.plain(Method::GET, "/.well-known/jwks.json").send().await.unwrap();
    let workflow: JwkSet = serde_json::from_value(json_of(workflow).await.1).unwrap();
    let workflow = DecodingKey::from_jwk(&workflow.keys[0]).unwrap();
    let shared = DecodingKey::from_secret(SESSION_SECRET_KEY.as_bytes());
    assert!(read(&file, &workflow, Algorithm::ES256).is_err());
    assert!(read(&file, &shared, Algorithm::HS256).is_err());
    let call = browser.fixture.upstream.requests().pop().unwrap();
    let token = call.header("authorization").unwrap().trim_start_matches("Bearer ").to_owned();
    assert!(read(&token, &workflow, Algorithm::ES256).is_ok());
    for (other, sentence) in [(&token, "no signed transcript"), (&browser.token, "no signed transcript")] {
        let printed = verified(other, SIGNED);
        assert!(!printed.0 && printed.1.contains(sentence), "{}", printed.1);
    }
    let used = browser.fixture.client.request(Method::GET, path::SESSION_VALIDATE).bearer_auth(&file);
    assert_eq!(used.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn a_key_that_serves_another_purpose_is_refused() {
    let same_key_in_another_form = PEM.replace('\n', "\\n");
    for (other, value, key) in [
        ("WORKFLOW_SIGNING_KEY", EXPORT_SIGNING_KEY, EXPORT_SIGNING_KEY),
        ("WORKFLOW_SIGNING_KEY", PEM, &same_key_in_another_form),
        ("METRICS_TOKEN", EXPORT_SIGNING_KEY, EXPORT_SIGNING_KEY),
        ("CHAT_TITLE", "Chat", "no PEM"),
    ] {
        let settings =
            [("EXPORT_SIGNING_KEY", key), (other, value), ("N8N_WEBHOOK_URL", "http://127.0.0.1:9/x")];
        let output = start_refused(&[PRODUCTION, &settings].concat()).output;
        assert!(output.contains("EXPORT_SIGNING_KEY: "), "{output}");
        assert!(!output.contains("MIGHAgEA"), "{output}");
    }
}

/// Runs `porthole verify` on a file: its success, and its output.
fn verified(file: &str, settings: &[(&str, &str)]) -> (bool, String) {
    verified_by(file, &[], settings)
}

fn verified_by(file: &str, arguments: &[&str], settings: &[(&str, &str)]) -> (bool, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("transcript.jws");
    fs::write(&path, file).unwrap();
    let printed = run(&[&["verify", path.to_str().unwrap()], arguments].concat(), settings);
    (printed.status.success(), printed.output)
}

/// Changes the claims of a file without its key.
fn edited(file: &str, change: fn(&mut Value)) -> String {
    let parts: Vec<&str> = file.split('.').collect();
    let mut claims: Value = serde_json::from_slice(&B64.decode(parts[1]).unwrap()).unwrap();
    change(&mut claims);
    [parts[0], &B64.encode(claims.to_string()), parts[2]].join(".")
}

#[tokio::test]
async fn verify_says_in_plain_words_if_a_file_holds_and_else_names_the_first_wrong_turn() {
    let browser = chat_of(3, SIGNED).await;
    let file = exported(&browser, 3).await;
    let folder = TempDir::new().unwrap();
    let keys = folder.path().join("keys.json");
    fs::write(&keys, key_set(&browser).await.to_string()).unwrap();
    let by_set = verified_by(&format!("{file}\n"), &["--keys", keys.to_str().unwrap()], &[]);
    assert_eq!(by_set, verified(&file, SIGNED));
    assert!(by_set.0, "{}", by_set.1);
    for words in ["holds", PUBLIC_URL, ORIGIN, "3 (1 to 3), the whole conversation", "does not prove"] {
        assert!(by_set.1.contains(words), "{words} in {}", by_set.1);
    }
    let by_flag = verified_by(&file, &["--export-signing-key", EXPORT_SIGNING_KEY], &[]);
    assert_eq!(by_flag, by_set);
    let part = verified(&exported(&browser, 1).await, SIGNED).1;
    assert!(part.contains("1 (3 to 3), a part of the conversation"), "{part}");
    let other_turn: fn(&mut Value) = |claims| claims["turns"][1]["reply"] = json!("a refund");
    let shorter: fn(&mut Value) = |claims| drop(claims["turns"].as_array_mut().unwrap().pop());
    let other_site: fn(&mut Value) = |claims| claims["site"] = json!("other");
    for (forged, words) in [
        (edited(&file, other_turn), "turn 2 is the first"),
        (edited(&file, shorter), "turn 3 is the first"),
        (edited(&file, other_site), "the signature does not hold"),
        (file[..file.len() - 4].to_owned(), "the signature does not hold"),
        ("no transcript".to_owned(), "no signed transcript"),
        (String::new(), "no signed transcript"),
    ] {
        let (holds, output) = verified(&forged, SIGNED);
        assert!(!holds && output.contains(words), "{words} in {output}");
    }
    for (arguments, settings, words) in [
        (&[][..], &[][..], "there is no key to verify with"),
        (&[], &[("EXPORT_SIGNING_KEY", PEM)], "not among those given"),
        (&["--keys", "/nowhere.json"], &[], "cannot read /nowhere.json"),
        (&["--keys", "/dev/null"], &[], "the key set cannot be read"),
    ] {
        let (holds, output) = verified_by(&file, arguments, settings);
        assert!(!holds && output.contains(words), "{words} in {output}");
    }
}

#[tokio::test]
async fn the_public_key_is_printed_as_it_is_served() {
    let browser = chat_of(0, SIGNED).await;
    let printed = run(&["keys"], SIGNED).output;
    let set: Value = serde_json::from_str(&printed[printed.find('{').unwrap()..]).unwrap();
    assert_eq!(set, key_set(&browser).await);
    assert_eq!(set["keys"][0].as_object().unwrap().len(), 7, "nothing private: {set}");
}

#[tokio::test]
async fn the_page_that_verifies_is_there_only_where_hosted_pages_are() {
    let response = |settings: &'static [(&str, &str)]| async move {
        let fixture = Fixture::new(FakeUpstream::always(ok()), settings);
        let response = fixture.client.plain(Method::GET, path::VERIFY).send().await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        (response.status(), policy, response.text().await.unwrap())
    };
    assert_eq!(response(&[]).await.0, StatusCode::NOT_FOUND);
    let (status, policy, page) = response(&[("HOSTED_PAGE", "true")]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
    assert!(policy.contains("connect-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(page.contains("/verify.js") && !page.contains("{{"), "{page}");
}
