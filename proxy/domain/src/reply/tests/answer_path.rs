//! A site that names the member of the answer: nothing else of JSON is text.

use super::{Outcome, decode_with, expect};
use crate::reply::{AnswerPath, Decoder, DecoderOptions, EmptyCause, ReplyError};

const SSE: Option<&str> = Some("text/event-stream");
const REPORTED: Result<&str, ReplyError> = Err(ReplyError::Reported);
const NO_TEXT: Result<&str, ReplyError> = Err(ReplyError::Empty(EmptyCause::NoText));

fn check(path: &str, media_type: Option<&str>, body: &str, expected: Result<&str, ReplyError>) {
    let options = DecoderOptions { answer_path: AnswerPath::parse(path), ..DecoderOptions::default() };
    assert!(options.answer_path.is_some(), "{path}");
    let decoder = || Decoder::with_options(media_type, &options);
    let whole: Outcome = decode_with(decoder(), [body.as_bytes()]);
    expect(&whole, body, expected);
    for cut in 0..body.len() {
        let (head, tail) = body.as_bytes().split_at(cut);
        assert_eq!(decode_with(decoder(), [head, tail]), whole, "{body} cut at {cut}");
    }
    assert_eq!(decode_with(decoder(), body.as_bytes().chunks(1)), whole, "{body} byte by byte");
}

#[test]
fn the_member_at_the_path_is_the_text_of_a_document() {
    for (path, document, text) in [
        ("result", r#"{"result":"Hi","output":"db-17"}"#, "Hi"),
        ("Antwort an den Kunden", r#"{"Antwort an den Kunden":"Hi"}"#, "Hi"),
        ("grün", r#"{"gr\u00fcn":"Hi"}"#, "Hi"),
        ("data.output", r#"{"success":true,"text":"db-17","data":{"output":"Hi"}}"#, "Hi"),
        ("data.outputs.1.text", r#"{"data":{"outputs":[{"text":"db-17"},{"text":"Hi"}]}}"#, "Hi"),
        ("outputs.text", r#"{"outputs":[{"type":"thought"},{"text":"Hi"},{"text":"db-17"}]}"#, "Hi"),
        ("a.b.c.d.e.f.g.h", r#"{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":"Hi"}}}}}}}}"#, "Hi"),
        ("result", r#"[{"result":"Hi"},{"result":"db-17"}]"#, "Hi"),
        ("1.result", r#"[{"result":"db-17"},{"result":"Hi"}]"#, "Hi"),
        ("0", r#"{"0":"Hi"}"#, "Hi"),
        ("body", r#"{"statusCode":200,"body":"{\"output\":\"Hi\"}"}"#, "Hi"),
        ("price", r#"{"text":"db-17","price":12.50}"#, "12.50"),
        ("replies.1", r#"{"replies":["db-17","Hi"]}"#, "Hi"),
        ("error.output", r#"{"error":false,"error":{"output":"0"}}"#, "0"),
        ("message.text", r#"{"message":{"text":"Hi"},"messages":["db-17"]}"#, "Hi"),
        ("result", r#"{"message":"Workflow was started","result":"Hi"}"#, "Hi"),
        ("result", r#"{"job_id":"7","status":"queued","result":"Hi"}"#, "Hi"),
        ("output", r#"{"error":"the cache was cold","output":"Hi"}"#, "Hi"),
        ("result", "{\"result\":\"One\nTwo\",}", "One\nTwo"),
        ("result", "{\"result\":\"One\"}\n{\"log\":\"db-17\"}\n{\"result\":\" two\"}\n", "One two"),
        ("result", r#"{"type":"answer","result":"Hi"}"#, "Hi"),
    ] {
        check(path, None, document, Ok(text));
        if !document.contains('\n') {
            check(path, SSE, &format!("data: {document}\n\n"), Ok(text));
        }
    }
}

#[test]
fn tokens_are_read_at_the_path_and_all_other_events_are_none() {
    let token = |kind, text| format!(r#"{{"{kind}":"token","text":"db-17","data":{{"chunk":"{text}"}}}}"#);
    let item = r#"{"type":"item","content":"db-17"}"#;
    let (one, two) = (token("kind", "One "), token("kind", "two."));
    let events = format!(
        "event: log\ndata: {{\"text\":\"db-17\"}}\n\ndata: {one}\n\ndata: \"db-17\"\n\ndata: {item}\n\n\
         data: {two}\n\nevent: done\ndata: {one}\n\ndata: [DONE]\n\n"
    );
    check("data.chunk", SSE, &events, Ok("One two."));
    let (one, two) = (token("type", "One "), token("type", "two."));
    check("data.chunk", None, &format!("{one}\n{item}\n{two}\n{{\"type\":\"end\"}}"), Ok("One two."));
    check("data.chunk", None, &format!("{item}\n{one}\n{two}\n"), Ok("One two."));
    let items = "{\"type\":\"begin\"}\n{\"type\":\"item\",\"content\":\"Hi\"}\n{\"type\":\"end\"}\n";
    check("content", None, items, Ok("Hi"));
    check("output", None, items, NO_TEXT);
}

#[test]
fn text_that_is_no_json_is_as_ever() {
    check("result", None, "Hello there", Ok("Hello there"));
    check("result", SSE, "data: Hello\n\ndata:  there\n\n", Ok("Hello there"));
    check("result", Some("application/json"), r#"{"result":"Hi"} db-17"#, Ok("Hi"));
}

#[test]
fn what_has_no_text_at_the_path_is_none() {
    for (path, document) in [
        ("result", r#"{"output":"db-17","text":"db-17"}"#),
        ("result", r#"{"result":{"text":"db-17"}}"#),
        ("result", r#"{"result":[{"text":"db-17"}]}"#),
        ("result", r#"{"result":["db-17"]}"#),
        ("result", r#"{"result":true,"output":"db-17"}"#),
        ("result", r#"{"Result":"db-17"}"#),
        ("result.text", r#"{"result":"db-17"}"#),
        ("result.3", r#"{"result":["db-17"]}"#),
        ("result.text", r#"{"result":[[[{"text":"db-17"}]]]}"#),
        ("result", r#""db-17""#),
    ] {
        check(path, None, document, NO_TEXT);
        check(path, SSE, &format!("data: {document}\n\n"), NO_TEXT);
    }
    check("result", None, r#"["db-17"]"#, NO_TEXT);
    let started = Err(ReplyError::Empty(EmptyCause::StartedOnly));
    check("result", None, r#"{"message":"Workflow was started"}"#, started);
    check("message", None, r#"{"message":"Workflow was started"}"#, started);
}

#[test]
fn an_error_is_reported_whatever_the_path() {
    for (path, report) in [
        ("message", r#"{"error":true,"message":"db-17"}"#),
        ("result", r#"{"error":"db-17","result":"db-17"}"#),
        ("result", r#"{"status":"failed","output":"db-17"}"#),
        ("result", r#"{"result":{"error":"db-17","text":"db-17"}}"#),
        ("data.text", r#"{"data":{"success":false,"text":"db-17"}}"#),
        ("data.0.text", r#"{"data":[{"type":"error","text":"db-17"}]}"#),
        ("error.message", r#"{"error":{"message":"db-17"}}"#),
        ("detail", r#"{"statusCode":500,"detail":"db-17"}"#),
        ("result", r#"{"message":"Error in workflow","result":null}"#),
        ("choices.0.delta.content", r#"{"choices":[{"delta":{"content":"db-17"},"finish_reason":"error"}]}"#),
    ] {
        check(path, None, report, REPORTED);
        check(path, SSE, &format!("data: {{\"result\":\"Hi\"}}\n\ndata: {report}\n\n"), REPORTED);
        check(path, None, &format!("{{\"type\":\"x\"}}\n{report}\n"), REPORTED);
    }
}

#[test]
fn a_path_has_a_few_whole_names() {
    let eight = ["a"; 8].join(".");
    for path in ["a", "a.0.b", "with space.x", &eight, &"x".repeat(128), &"ü".repeat(128)] {
        assert!(AnswerPath::parse(path).is_some(), "{path}");
    }
    for path in [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "a. .b",
        "$.a",
        "a[0]",
        "['a']",
        &(eight.clone() + ".a"),
        &"x".repeat(129),
    ] {
        assert!(AnswerPath::parse(path).is_none(), "{path}");
    }
}
