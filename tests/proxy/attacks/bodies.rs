//! Bodies, and what they call themselves.

use porthole_protocol::path;
use reqwest::Method;
use serde_json::Value;

use super::{Kinds, assert_unharmed};
use crate::fixture::{Fixture, id, message, problem};

/// A message with one member written by hand.
fn raw(name: &str, value: &str) -> Vec<u8> {
    let mut members = vec![("message_id", format!("\"{}\"", id())), ("message", "\"hi\"".to_owned())];
    members.retain(|(known, _)| *known != name);
    members.push((name, value.to_owned()));
    let members: Vec<String> =
        members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

/// Bodies that are no JSON in UTF-8, or repeat a member.
fn malformed() -> Vec<Vec<u8>> {
    let good = String::from_utf8(raw("attempt", "1")).unwrap();
    let open = &good[..good.len() - 1];
    let mut all: Vec<Vec<u8>> =
        ["", " ", "{", "}", "[]", "null", "1", "\"x\"", "true", "\r", "<a/>", "message=hi", "--x--"]
            .map(Vec::from)
            .into();
    all.extend(
        ["x", "{}", ",", "\0", "/**/", "//", "\u{a0}"].map(|behind| format!("{good}{behind}").into_bytes()),
    );
    all.extend(
        ["\u{feff}", "\0", "\u{b}", "\u{a0}", "\u{2028}", "//x\n", ","]
            .map(|before| format!("{before}{good}").into_bytes()),
    );
    let values = [
        "NaN",
        "Infinity",
        "-Infinity",
        "undefined",
        "True",
        "nul",
        "0x1",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "-",
        "'x'",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\uZZZZ\"",
        "\"\u{1}\"",
        "\"\n\"",
        "\"\t\"",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "[",
        "\"",
        "",
    ];
    all.extend(values.map(|value| format!("{open},\"x\":{value}}}").into_bytes()));
    all.extend(["[", "{\"a\":"].map(|nest| nest.repeat(100_000).into_bytes()));
    all.push(format!("{open},\"x\":{}}}", "[".repeat(100_000)).into_bytes());
    for name in ["message_id", "message", "attempt", "mess\\u0061ge"] {
        all.push(format!("{open},\"{name}\":\"x\",\"{name}\":\"x\"}}").into_bytes());
    }
    let inside: [&[u8]; 7] =
        [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe9", b"\xe2\x82", b"\xf5\x80\x80\x80", b"\x80"];
    all.extend(inside.map(|bytes| [open.as_bytes(), b",\"x\":\"", bytes, b"\"}"].concat()));
    all.extend(inside.map(|bytes| [open.as_bytes(), b",\"", bytes, b"\":1}"].concat()));
    let utf_16 = |wide: fn(u16) -> [u8; 2]| good.encode_utf16().flat_map(wide).collect::<Vec<u8>>();
    all.extend([utf_16(u16::to_le_bytes), utf_16(u16::to_be_bytes), b"\x1f\x8b\x08\0".to_vec()]);
    all
}

/// Values that a member must not have.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn invalid() -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let mut rows = |name: &'static str, values: &[&str]| {
        all.extend(values.iter().map(|value| (name, (*value).to_owned())));
    };
    let id = id();
    let upper = format!("\"{}\"", id.to_uppercase().replace('0', "A"));
    rows("message_id", &["null", "1", "true", "[]", "{}", "\"\"", "\"x\"", &upper]);
    for spelling in [
        id.replace('-', ""),
        format!("{{{id}}}"),
        format!("urn:uuid:{id}"),
        format!(" {id}"),
        format!("{id}0"),
        id.replace('-', "_"),
        format!("{id}\\u0000"),
    ] {
        rows("message_id", &[&format!("\"{spelling}\"")]);
    }
    rows(
        "message",
        &[
            "null",
            "1",
            "true",
            "[]",
            "{}",
            "[\"hi\"]",
            "\"\"",
            "\" \"",
            "\"\\n\\t\"",
            "\"\\u2003\\u3000\"",
            "\"\\u0085\"",
            "\"\\u009b\"",
            "\"\\u007f\"",
        ],
    );
    for control in (0..0x20).filter(|control| !matches!(control, 9 | 10)) {
        rows("message", &[&format!("\"a\\u{control:04x}b\"")]);
    }
    for half in
        ["\\ud800", "\\udc00", "\\ud83d\\ud83d", "\\ude00\\ud83d", "a\\ud83d", "\\ud83d\\u0041", "\\uDBFF"]
    {
        rows("message", &[&format!("\"{half}\"")]);
    }
    rows("message", &[&format!("\"{}\"", "x".repeat(4_001)), &format!("\"{}\"", "😀".repeat(4_001))]);
    rows(
        "attempt",
        &[
            "0",
            "6",
            "-1",
            "-0",
            "1.0",
            "1.5",
            "1e0",
            "1e400",
            "1E+400",
            "256",
            "4294967297",
            "18446744073709551617",
            "\"1\"",
            "true",
            "[]",
            "{}",
            &"9".repeat(400),
        ],
    );
    rows("fork", &["0", "1", "\"true\"", "\"\"", "[]", "{}"]);
    rows(
        "agent",
        &[
            "1",
            "true",
            "[]",
            "{}",
            "\"a\\nb\"",
            "\"\\u0000\"",
            "\"\\u007f\"",
            &format!("\"{}\"", "x".repeat(65)),
        ],
    );
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(1_000), "]".repeat(1_000));
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(4_096));
    rows(
        "metadata",
        &[
            "1",
            "true",
            "\"x\"",
            "\"{}\"",
            "[]",
            "[[\"a\",1]]",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":1e400}",
            &deep,
            &long,
        ],
    );
    rows(
        "page",
        &[
            "1",
            "true",
            "\"x\"",
            "[]",
            "[\"https://a.example\"]",
            "{\"url\":1}",
            "{\"url\":[]}",
            "{\"title\":{}}",
            "{\"title\":1,\"title\":2}",
        ],
    );
    rows(
        "transcript",
        &[
            "1",
            "true",
            "\"x\"",
            "[]",
            "{\"keep\":-1}",
            "{\"keep\":1}",
            "{\"keep\":\"0\"}",
            "{\"keep\":0.0}",
            "{\"keep\":1e400}",
            "{\"keep\":4294967296}",
            "{\"keep\":0,\"keep\":0}",
        ],
    );
    all
}

#[tokio::test]
async fn no_body_that_is_wrong_in_one_place_reaches_the_workflow() {
    let fixture = Fixture::plain();
    let token = fixture.client.create().await.token;
    let post =
        |body: Vec<u8>| fixture.client.post(path::CHAT_MESSAGE, &Value::Null).bearer_auth(&token).body(body);
    let mut kinds = Kinds::default();
    let (malformed, invalid) = (malformed(), invalid());
    assert!(malformed.len() + invalid.len() > 190, "{} {}", malformed.len(), invalid.len());
    for body in malformed {
        let row = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
        kinds.refuse(&row, post(body), 400, "malformed_json").await;
    }
    for (name, value) in invalid {
        let (status, body) = problem(post(raw(name, &value)).send().await.unwrap()).await;
        assert_eq!(status.as_u16(), 422, "{name}: {value:.100}");
        assert_eq!((&body["code"], &body["field"]), (&"invalid_field".into(), &name.into()), "{value:.100}");
    }
    for name in ["__proto__", "constructor", "toString", "", "\\u0000", &"x".repeat(100_000)] {
        let unknown = [
            &raw("message", "\"\"")[..1],
            format!("\"{name}\":{{\"a\":1}},").as_bytes(),
            &raw("message", "\"\"")[1..],
        ]
        .concat();
        assert_eq!(post(unknown).send().await.unwrap().status().as_u16(), 422, "{name:.20}");
    }
    assert_unharmed(&fixture);
}

#[tokio::test]
async fn no_media_type_but_json_in_utf_8_is_read_however_it_is_named() {
    let fixture = Fixture::plain();
    let client = &fixture.client;
    let token = client.create().await.token;
    let mut kinds = Kinds::default();
    let types = [
        "",
        "json",
        "application",
        "*/*",
        "application/*",
        "text/plain",
        "text/json",
        "application/jsonp",
        "application/problem+json",
        "application/json/x",
        "application/json, application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json;charset=",
        "application/json;charset=utf8",
        "application/json;charset=utf-16",
        "application/json; charset=latin1",
        "application/json;charset='utf-8'",
        "application/json; charset=utf-8; charset=utf-16",
        "application/json; CHARSET=\"utf-16\"",
    ];
    let rows = types.map(|media_type| vec![("content-type", media_type)]).into_iter().chain([
        vec![],
        vec![("content-type", "application/json"), ("content-type", "application/json")],
        vec![("content-type", "text/plain"), ("content-type", "application/json")],
        vec![("content-type", "application/json"), ("content-encoding", "gzip")],
        vec![("content-type", "application/json"), ("content-encoding", "")],
        vec![
            ("content-type", "application/json"),
            ("content-encoding", "identity"),
            ("content-encoding", "br"),
        ],
    ]);
    for headers in rows {
        let request =
            client.request(Method::POST, path::CHAT_MESSAGE).bearer_auth(&token).body(message().to_string());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        kinds.refuse(&format!("{headers:?}"), request, 415, "unsupported_media_type").await;
    }
    assert_unharmed(&fixture);
}
