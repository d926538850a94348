//! Bodies of services that fail, forget or break off: no fault of theirs is an answer, and no answer is lost by it.

use super::{check, check_cut, decode};
use crate::reply::{EmptyCause, ReplyError};

const SSE: Option<&str> = Some("text/event-stream");
const REPORTED: Result<&str, ReplyError> = Err(ReplyError::Reported);
const UNFINISHED: Result<&str, ReplyError> = Err(ReplyError::Unfinished);
const NO_TEXT: Result<&str, ReplyError> = Err(ReplyError::Empty(EmptyCause::NoText));

/// Objects that report a failure, each with words that no visitor may read.
const REPORTS: [&str; 30] = [
    r#"{"error":"quota exceeded","message":"db-17"}"#,
    r#"{"error":true,"text":"db-17","data":null}"#,
    r#"{"error":{"code":"E7"},"content":"db-17"}"#,
    r#"{"error":{"message":"db-17"}}"#,
    r#"{"error":500,"message":"db-17"}"#,
    r#"{"errors":[{"message":"db-17"}],"data":null}"#,
    r#"{"errorMessage":"db-17","errorType":"Runtime.Exit"}"#,
    r#"{"exception":"db-17","message":"db-17"}"#,
    r#"{"object":"error","message":"db-17","code":0}"#,
    r#"{"status":"ERROR","message":"db-17"}"#,
    r#"{"status":"failed","text":"db-17"}"#,
    r#"{"status":502,"message":"db-17"}"#,
    r#"{"statusCode":429,"message":"db-17"}"#,
    r#"{"code":503,"message":"db-17"}"#,
    r#"{"success":false,"message":"db-17"}"#,
    r#"{"ok": false, "text": "db-17"}"#,
    r#"{"type":"RateLimitError","message":"db-17"}"#,
    r#"{"type":"stream_error","message":"db-17"}"#,
    r#"{"type":"response.failed","response":{"output":[],"text":"db-17"}}"#,
    r#"{"event":"error","message":"db-17"}"#,
    r#"{"event":"error","data":"db-17"}"#,
    r#"{"detail":{"error":"db-17"}}"#,
    r#"{"detail":"db-17"}"#,
    r#"{"data":{"status":"failed","message":"db-17"}}"#,
    r#"{"response":{"error":"db-17","message":"db-17"}}"#,
    r#"{"output":{"error":"db-17","message":"db-17"}}"#,
    r#"{"output":null,"error":"db-17"}"#,
    r#"{"message":{"type":"ApiError","content":"db-17"}}"#,
    r#"{"error":"db-17","suggestions":["db-17"]}"#,
    r#"{"choices":[{"delta":{"content":""},"finish_reason":"error"}]}"#,
];

/// Objects that mention an error or a status, and are none.
const NO_REPORTS: [&str; 21] = [
    r#"{"error":false,"text":"Hi"}"#,
    r#"{"error":"","text":"Hi"}"#,
    r#"{"error":null,"text":"Hi"}"#,
    r#"{"error":0,"text":"Hi"}"#,
    r#"{"error":[],"text":"Hi"}"#,
    r#"{"error":{ },"text":"Hi"}"#,
    r#"{"error":"None","text":"Hi"}"#,
    r#"{"error":{"code":0,"message":""},"text":"Hi"}"#,
    r#"{"errors":[],"text":"Hi"}"#,
    r#"{"errorMessage":null,"text":"Hi"}"#,
    r#"{"success":true,"ok":"ok","text":"Hi"}"#,
    r#"{"status":"completed","text":"Hi"}"#,
    r#"{"status":200,"code":0,"text":"Hi"}"#,
    r#"{"type":"terror","text":"Hi"}"#,
    r#"{"object":"chat.completion","text":"Hi"}"#,
    r#"{"error":"the cache was cold","output":"Hi"}"#,
    r#"{"success":false,"answer":"Hi"}"#,
    r#"{"status":"error","choices":[{"message":{"content":"Hi"}}]}"#,
    r#"{"type":"tool","status":"error","content":"Hi"}"#,
    r#"[{"error":"one item failed"},{"output":"Hi"}]"#,
    r#"{"text":"Hi","detail":"from the handbook"}"#,
];

#[test]
fn a_report_of_failure_is_never_an_answer_whatever_its_shape() {
    for report in REPORTS {
        let lines = format!("{{\"model\":\"m\",\"response\":\"Hi\"}}\n{report}\n");
        let typed = format!("{{\"type\":\"item\",\"content\":\"Hi\"}}\n{report}\n");
        let events = format!("data: {{\"text\":\"Hi\"}}\n\ndata: {report}\n\ndata: [DONE]\n\n");
        let closing = format!("data: {{\"text\":\"Hi\"}}\n\nevent: end\ndata: {report}\n\n");
        let quoted = serde_json::to_string(report).unwrap();
        for body in [report, &format!("[{report}]"), &format!("{{\"output\":{quoted}}}"), &lines, &typed] {
            check(None, body, REPORTED);
        }
        for body in [&events, &closing, &format!("data: {report}\n\n"), &format!("data: {report}")] {
            check(SSE, body, REPORTED);
        }
    }
    for name in ["error", "run.failed", "StreamError", "message_error"] {
        check(SSE, &format!("data: Hi\n\nevent: {name}\ndata: db-17\n\n"), REPORTED);
    }
    check(SSE, "data: Hi\n\ndata: {\"error\":\"db-17\"}\n\n", REPORTED);
}

#[test]
fn an_error_that_says_none_is_none() {
    for object in NO_REPORTS {
        check(None, object, Ok("Hi"));
        check(SSE, &format!("data: {object}\n\n"), Ok("Hi"));
    }
    for end in [r#"{"error":false,"close":true}"#, r#"{"error":"","sources":[]}"#, r#"{"errors":{}}"#] {
        check(SSE, &format!("data: {{\"text\":\"Hi\"}}\n\ndata: {end}\n\n"), Ok("Hi"));
        check(None, &format!("{{\"text\":\"Hi\"}}\n{end}\n"), Ok("Hi"));
    }
    let tool = r#"{"type":"tool-output-error","errorText":"no stock"}"#;
    check(SSE, &format!("data: {tool}\n\ndata: {{\"text\":\"Hi\"}}\n\n"), Ok("Hi"));
}

#[test]
fn words_that_look_like_json_are_words_once_a_stream_has_said_words() {
    for (tokens, text) in [
        (&["Call ", "f({})", " or ", "{}", "[]", "[{}]"][..], "Call f({}) or {}[][{}]"),
        (&["Set ", r#"{"retries": 3} "#, "now"], r#"Set {"retries": 3} now"#),
        (&["Send ", r#"{"text": "x"}"#, r#""quoted""#, " 12"], r#"Send {"text": "x"}"quoted" 12"#),
        (&["Open ", r#"{"broken": "#, "1}"], r#"Open {"broken": 1}"#),
        (&["So", r#"{"type":"step","name":"look"}"#, " it is"], "So it is"),
        (&["{", r#""a""#, ": 1}", " is it"], r#"{"a": 1} is it"#),
    ] {
        let body: String = tokens.iter().flat_map(|token| ["data: ", token, "\n\n"]).collect();
        check(SSE, &(body.clone() + "data: [DONE]\n\n"), Ok(text));
        check_cut(SSE, &body, Ok(text));
    }
}

#[test]
fn events_that_are_written_loosely_are_read_at_a_clean_end_alone() {
    let (one, two) = (r#"{"text":"One "}"#, r#"{"text":"two."}"#);
    for (body, clean, cut) in [
        (format!("data: {one}\n\ndata: {two}"), Ok("One two."), UNFINISHED),
        (format!("data: {one}\n\ndata: {two}\n"), Ok("One two."), UNFINISHED),
        ("data: One \n\ndata: two.".into(), Ok("One two."), UNFINISHED),
        (format!("data: {one}\n\ndata: {two}\n\nevent: en"), Ok("One two."), Ok("One two.")),
        (format!("data: {one}\n\ndata: {two}\n\ndata: [DONE]"), Ok("One two."), Ok("One two.")),
        (format!("data: {one}\n\n{two}"), Ok("One "), Ok("One ")),
        (format!("data: {one}\ndata: {two}\ndata: [DONE]\n\n"), Ok("One two."), Ok("One two.")),
        (format!("data: {one}\r\ndata: {two}\r\n"), Ok("One two."), UNFINISHED),
        (format!("data: data: {one}\n\ndata: data: {two}\n\n"), Ok("One two."), Ok("One two.")),
        (format!("data: data:{one}\ndata: data:{two}\n\n"), Ok("One two."), Ok("One two.")),
        (
            "data: data: One\n\ndata: data:  two.\n\ndata: data: [DONE]\n\n".into(),
            Ok("One two."),
            Ok("One two."),
        ),
        (format!("data\n\ndata\n\ndata: {one}\n\n"), Ok("One "), Ok("One ")),
        (format!("\u{feff}\u{feff}data: {one}\n\n"), Ok("One "), Ok("One ")),
        (format!("ï»¿data: {one}\n\ndata: {two}\n\n"), Ok("One two."), Ok("One two.")),
        (format!("data: {one}\n\ndata: {{\"text\":\"tw"), UNFINISHED, UNFINISHED),
        (format!("data: {one}\n\ndata: {{"), UNFINISHED, UNFINISHED),
    ] {
        check(SSE, &body, clean);
        check_cut(SSE, &body, cut);
    }
    check(SSE, "data\n\ndata", NO_TEXT);
}

#[test]
fn half_an_answer_is_never_whole() {
    let begin = r#"{"type":"begin"}"#;
    let item = r#"{"type":"item","content":"We open"}"#;
    let end = r#"{"type":"end"}"#;
    for (body, clean, cut) in [
        (format!("{begin}\n{item}\n"), Ok("We open"), UNFINISHED),
        (format!("{begin}\n{item}\n{end}\n"), Ok("We open"), Ok("We open")),
        (format!("{begin}\n{item}\n{end}\n{begin}\n{end}"), Ok("We open"), Ok("We open")),
        (format!("{item}\n"), Ok("We open"), Ok("We open")),
        (format!("{item}\n{{\"type\":\"item\",\"content\":\"a\" b}}\n{item}\n"), UNFINISHED, UNFINISHED),
        ("{\"text\":\"We \"}\n{\"text\":\"op".into(), UNFINISHED, UNFINISHED),
    ] {
        check(None, &body, clean);
        check_cut(None, &body, cut);
    }
}

#[test]
fn broken_json_is_mended_where_its_meaning_is_plain() {
    for (body, text) in [
        ("{\"output\": \"One\nTwo\tThree\u{b}\"}", "One\nTwo\tThree "),
        (r#"{"output":"Hi","score":NaN,"low":-Infinity,"x":undefined}"#, "Hi"),
        (r#"{"output":"Hi","list":[1,2,],}"#, "Hi"),
        (r"{'output': 'It\'s fine', 'ok': True, 'none': None}", "It's fine"),
        (r#"{'output': "It's fine"}"#, "It's fine"),
        (r#"{"output": "They call it "warm white" here."}"#, r#"They call it "warm white" here."#),
        (r#"{"output": ""Warm", they say", "n": 1}"#, r#""Warm", they say"#),
        (r#"{"output": "Set {"on": "yes"} there"}"#, r#"Set {"on": "yes"} there"#),
        (r#"{"output": "Open C:\lamps\new"}"#, "Open C:\\lamps\new"),
        (r#"{"output":{"text":"Say "hi""}}"#, r#"Say "hi""#),
        ("[{\"output\": \"One\nTwo\"}]", "One\nTwo"),
    ] {
        check(Some("application/json"), body, Ok(text));
        check(
            None,
            &format!("{{\"type\":\"item\",\"content\":{}}}", serde_json::Value::from(body)),
            Ok(text),
        );
        if !body.contains(['\n', '\u{b}']) {
            check(SSE, &format!("data: {body}\n\n"), Ok(text));
        }
    }
    check(None, "{\"type\":\"item\",\"content\":\"a\tb\"}\n", Ok("a\tb"));
}

#[test]
fn json_that_cannot_be_read_is_never_shown() {
    for body in
        [r#"["a""#, "[1, 2", r#"{"output": "Hi"#, r"{'output': 'Hi", r#"{"output" "Hi"}"#, "[{\"text\":"]
    {
        check(Some("application/json"), body, NO_TEXT);
    }
    for quote in ['"', '\''] {
        let long = format!("{{{quote}output{quote}: {quote}{}{quote}}}", "Say \"Hi\" now. ".repeat(40_000));
        let end = decode(None, [long.as_bytes()]).end;
        assert_eq!(end, Some(ReplyError::Empty(EmptyCause::NoText)), "{quote}");
    }
    for data in [r#"{"choices":[{"delta":{"content":"hi""#, r#"{"text": hi}"#, r#"[{"text":"hi"#] {
        check(SSE, &format!("data: {data}\n\n"), NO_TEXT);
        check(SSE, &format!("data: {{\"text\":\"Hi\"}}\n\ndata: {data}\n\n"), UNFINISHED);
        check(None, &format!("data: {data}"), NO_TEXT);
    }
    for text in ["{'name'}, hello", r#"{"port": 80} goes there"#, "[Docs] and more", r#""Hi", she said"#] {
        check(Some("application/json"), text, Ok(text));
    }
}

/// Bodies that say nothing for long, as a model does that repeats a blank token.
#[test]
fn a_long_beginning_without_an_answer_is_read_whatever_the_pieces() {
    let item = "{\"type\":\"item\",\"content\":\" \"}\n";
    for (blank, answer) in [
        ("<!---->", "Hi"),
        (" ", "Hi"),
        (" ", "<html>"),
        (item, "{\"type\":\"item\",\"content\":\"Hi\"}\n"),
        (item, "{\"type\":\"item\",\"content\":\"<html>\"}\n"),
        ("\n", "data: Hi\n\n"),
    ] {
        let body = blank.repeat(150_000 / blank.len()) + answer;
        let whole = decode(SSE, [body.as_bytes()]);
        assert_eq!(whole.end.is_some(), answer.contains("<html>"), "{blank}");
        assert_eq!(decode(SSE, body.as_bytes().chunks(5)), whole, "{blank}");
    }
}
