//! The body of a message, and bodies that are refused before they cost anything (contract §4, §7).

use porthole_protocol::path;
use porthole_tests::client::{Opened, json_of};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{Fixture, id, message, problem, refusal, whole};

const NEST: usize = 50_000;

fn post(fixture: &Fixture, opened: &Opened, path: &str, body: impl Into<Vec<u8>>) -> RequestBuilder {
    fixture.client.post(path, &Value::Null).bearer_auth(&opened.token).body(body.into())
}

async fn sent(fixture: &Fixture, opened: &Opened, body: impl Into<Vec<u8>>) -> Response {
    post(fixture, opened, path::CHAT_MESSAGE, body).send().await.unwrap()
}

/// A good message with one member changed.
fn with(field: &str, value: Value) -> Value {
    let mut message = message();
    message[field] = value;
    message
}

#[tokio::test]
async fn anything_but_a_json_object_of_the_right_shape_is_malformed() {
    let fixture = Fixture::plain();
    let opened = fixture.client.create().await;
    let id = id();
    let rows: Vec<Vec<u8>> = vec![
        b"".into(),
        b" ".into(),
        b"{".into(),
        b"[]".into(),
        b"null".into(),
        b"1".into(),
        b"\"x\"".into(),
        b"\0".into(),
        b"{}x".into(),
        b"{}{}".into(),
        b"{'a':1}".into(),
        b"{\"a\":1,}".into(),
        b"{\"a\":NaN}".into(),
        b"{\"message\":\"\xff\"}".into(),
        b"{\"message\":\"\x01\"}".into(),
        b"\xef\xbb\xbf{}".into(),
        b"\xff\xfe{\0}\0".into(),
        "[".repeat(NEST).into(),
        format!("[\"{id}\",\"hi\",1,false,null,null,null,null]").into(),
        format!("{{\"message_id\":\"{id}\",\"message_id\":\"{id}\",\"message\":\"hi\"}}").into(),
        format!("{{\"message_id\":\"{id}\",\"message\":\"hi\",\"message\":\"ho\"}}").into(),
        format!("{{\"message_id\":\"{id}\",\"message\":\"hi\"").into(),
    ];
    for row in rows {
        let shown = String::from_utf8_lossy(&row[..row.len().min(60)]).into_owned();
        let response = sent(&fixture, &opened, row).await;
        assert_eq!(refusal(response).await, (StatusCode::BAD_REQUEST, "malformed_json".into()), "{shown:?}");
    }
    for row in ["", "[]", "null", "[null,null,null]", "{\"site\":1,\"site\":1}"] {
        let response = post(&fixture, &opened, path::SESSION_CREATE, row).send().await.unwrap();
        assert_eq!(refusal(response).await.1, "malformed_json", "{row}");
    }
    for (field, value) in [("site", "1"), ("site", "[]"), ("ticket", "{}"), ("ticket", "true")] {
        let row = format!("{{\"{field}\":{value}}}");
        let response = post(&fixture, &opened, path::SESSION_CREATE, row).send().await;
        let (status, body) = problem(response.unwrap()).await;
        assert_eq!((status.as_u16(), &body["field"]), (422, &json!(field)), "{value}");
    }
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn a_member_that_is_not_permitted_is_named() {
    let fixture = Fixture::plain();
    let opened = fixture.client.create().await;
    let upper = "0199AAAA-0000-7000-8000-000000000001";
    let long = "😀".repeat(4001);
    let rows = [
        (
            "message_id",
            vec![
                json!(""),
                json!(1),
                json!(null),
                json!([]),
                json!({}),
                json!(upper),
                json!("x".repeat(36)),
                json!(id().replace('-', "")),
                json!(format!("{{{}}}", id())),
                json!(format!("urn:uuid:{}", id())),
                json!(format!(" {}", id())),
                json!(&id()[..35]),
            ],
        ),
        (
            "message",
            vec![
                json!(""),
                json!(" "),
                json!("\n\t "),
                json!("\u{a0}\u{2003}"),
                json!("a\0b"),
                json!("a\rb"),
                json!("a\r\nb"),
                json!("a\u{1b}[31m"),
                json!("a\u{b}"),
                json!("a\u{c}"),
                json!("a\u{7f}"),
                json!("a\u{85}"),
                json!("a\u{9f}"),
                json!("x".repeat(4001)),
                json!(long),
                json!(1),
                json!(null),
                json!(true),
                json!(["a"]),
                json!({"text": "a"}),
            ],
        ),
        (
            "attempt",
            vec![json!(0), json!(6), json!(-1), json!(1.5), json!(256), json!("1"), json!(true), json!([])],
        ),
        ("fork", vec![json!(0), json!("true"), json!([])]),
        ("agent", vec![json!(1), json!([]), json!("a\nb"), json!("x".repeat(65))]),
        (
            "metadata",
            vec![json!(1), json!("x"), json!([]), json!([["a", 1]]), json!({"x": "y".repeat(4096)})],
        ),
        (
            "page",
            vec![
                json!(1),
                json!("x"),
                json!([]),
                json!(["https://a.example", "A"]),
                json!({"url": 1}),
                json!({"url": "x".repeat(2049)}),
                json!({"title": "x".repeat(301)}),
            ],
        ),
        (
            "transcript",
            vec![
                json!(1),
                json!([]),
                json!([0]),
                json!({"keep": "x"}),
                json!({"keep": 1}),
                json!({"keep": -1}),
            ],
        ),
    ];
    for (field, values) in rows {
        for value in values {
            let shown = value.to_string().chars().take(60).collect::<String>();
            let response = sent(&fixture, &opened, with(field, value).to_string()).await;
            let (status, body) = problem(response).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {shown} {body}");
            assert_eq!((&body["code"], &body["field"]), (&json!("invalid_field"), &json!(field)), "{shown}");
        }
    }
    for pair in [r"\ud800", r"\udc00", r"\ud83d\ud83d", r"\ude00\ud83d", r"a\ud83d"] {
        let body = format!("{{\"message_id\":\"{}\",\"message\":\"{pair}\"}}", id());
        let (_, body) = problem(sent(&fixture, &opened, body).await).await;
        assert_eq!(body["field"], "message", "half a surrogate pair: {pair}");
    }
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn a_permitted_message_reaches_the_workflow_as_it_was_typed() {
    let fixture = Fixture::plain();
    for text in [
        "x".repeat(4000),
        "😀".repeat(4000),
        " a\n\tb ".into(),
        "\u{feff}e\u{301}\u{202e}".into(),
        "'; DROP TABLE--".into(),
    ] {
        let opened = fixture.client.create().await;
        whole(sent(&fixture, &opened, with("message", json!(text)).to_string()).await).await;
        let request = fixture.upstream.requests().pop().unwrap();
        assert_eq!(request.json()["chatInput"], json!(text));
    }
    let all = json!({"message_id": id(), "message": "hi", "attempt": 5, "fork": false, "agent": null, "metadata": null,
        "page": null, "transcript": {"keep": 0, "turns": [], "base": "x"}, "unknown": ["ignored"]});
    let opened = fixture.client.create().await;
    whole(sent(&fixture, &opened, all.to_string()).await).await;
    let escaped = format!("{{\"message_id\":\"{}\",\"message\":\"\\ud83d\\ude00\"}}", id());
    let opened = fixture.client.create().await;
    whole(sent(&fixture, &opened, escaped).await).await;
    assert_eq!(fixture.upstream.requests().pop().unwrap().json()["chatInput"], "😀");
}

#[tokio::test]
async fn an_unknown_member_may_be_as_deep_as_it_likes() {
    let fixture = Fixture::plain();
    let opened = fixture.client.create().await;
    let deep = format!(
        "{{\"message_id\":\"{}\",\"message\":\"hi\",\"x\":{}{}}}",
        id(),
        "[".repeat(NEST),
        "]".repeat(NEST)
    );
    whole(sent(&fixture, &opened, deep).await).await;
    let deep = format!(
        "{{\"message_id\":\"{}\",\"message\":\"hi\",\"metadata\":{{\"x\":{}{}}}}}",
        id(),
        "[".repeat(1500),
        "]".repeat(1500)
    );
    assert_eq!(problem(sent(&fixture, &opened, deep).await).await.1["field"], "metadata");
}

#[tokio::test]
async fn only_json_in_utf_8_that_is_not_compressed_is_read() {
    let fixture = Fixture::plain();
    let opened = fixture.client.create().await;
    let typed = |name: &'static str, value: &'static str| {
        let request = fixture
            .client
            .request(reqwest::Method::POST, path::CHAT_MESSAGE)
            .bearer_auth(&opened.token)
            .body("{}");
        let request = if name == "content-encoding" {
            request.header("content-type", "application/json")
        } else {
            request
        };
        async move { refusal(request.header(name, value).send().await.unwrap()).await }
    };
    for media_type in [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        "application/json ; charset=\"UTF-8\"",
        "application/json; x=y",
    ] {
        assert_eq!(typed("content-type", media_type).await.1, "invalid_field", "{media_type}");
    }
    for media_type in [
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "application/ld+json",
        "application/json, text/plain",
        "application/json;charset=latin1",
        "application/json;charset=utf-16",
    ] {
        let expected = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type".into());
        assert_eq!(typed("content-type", media_type).await, expected, "{media_type:?}");
    }
    for coding in ["gzip", "br", "deflate", "x", "gzip, identity"] {
        assert_eq!(typed("content-encoding", coding).await.1, "unsupported_media_type", "{coding}");
    }
    assert_eq!(typed("content-encoding", "identity").await.1, "invalid_field");
    assert_eq!(fixture.calls(), 0);
}

#[tokio::test]
async fn a_whole_reply_as_json_says_what_the_events_would() {
    let fixture = Fixture::plain();
    let opened = fixture.client.create().await;
    let sent = message();
    let response = fixture.client.send_as("application/json", &opened.token, &sent).await;
    let (status, body) = json_of(response).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["text"], "ok");
    assert_eq!(body["message_id"], sent["message_id"]);
    assert_eq!(body["session_id"], json!(opened.id));
    assert_eq!((&body["turn"], &body["end"]), (&json!(1), &json!("complete")));
    let names: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "message_id",
        "session_id",
        "text",
        "suggestions",
        "sources",
        "token",
        "expires_at",
        "turn",
        "head",
        "end",
        "receipt",
    ];
    expected.sort_unstable();
    let mut names = names;
    names.sort_unstable();
    assert_eq!(names, expected);
}
