//! The answers of a Respond to Webhook node, and the text that a visitor reads of each.

use serde_json::{Value, json};

use crate::answers::{case, open, text};
use crate::case::{Auth, Case, Expected};
use crate::flow::respond;

/// All cases of this kind.
pub(crate) fn cases() -> Vec<Case> {
    texts().into_iter().chain(objects()).collect()
}

/// Returns the case of a workflow that ends in one Respond to Webhook node.
fn response(name: &'static str, with: &str, body: &str, options: &Value, expected: Expected) -> Case {
    let path = name.replace([' ', ':', ','], "-");
    let flow = open(&path, "responseNode").then(respond(with, body, options));
    case(name, Auth::Nothing, flow, expected)
}

fn typed(media_type: &str) -> Value {
    json!({"responseHeaders": {"entries": [{"name": "Content-Type", "value": media_type}]}})
}

fn texts() -> Vec<Case> {
    let status = || Expected::Code("upstream_status");
    vec![
        response("respond: text", "text", "plain text", &json!({}), text("plain text")),
        response("respond: csv", "text", "a,b\n1,2\n", &typed("text/csv"), text("a,b\n1,2\n")),
        response(
            "respond: markdown link",
            "text",
            "[Docs](https://a.example) say so",
            &json!({}),
            text("[Docs](https://a.example) say so"),
        ),
        response(
            "respond: words that look like json",
            "text",
            "{\"a\": 1} is an object",
            &json!({}),
            text("{\"a\": 1} is an object"),
        ),
        response("respond: no data", "noData", "", &json!({}), Expected::Code("empty_reply")),
        response(
            "respond: own status 422",
            "json",
            r#"{"output": "no"}"#,
            &json!({"responseCode": 422}),
            status(),
        ),
        response(
            "respond: xml",
            "text",
            "<?xml version=\"1.0\"?><Error/>",
            &typed("application/xml"),
            status(),
        ),
        response("respond: a page", "text", "<!DOCTYPE html><p>Login", &json!({}), status()),
        Case {
            extras: &["Looking running", "Looking done"],
            ..response(
                "respond: events",
                "text",
                "event: step\ndata: {\"name\":\"Looking\",\"state\":\"running\"}\n\nevent: step\ndata: {\"name\":\"Looking\",\"state\":\"done\"}\n\ndata: Hello\n\ndata:  there\n\n",
                &typed("text/event-stream"),
                text("Hello there"),
            )
        },
    ]
}

/// JSON in the shapes that workflows make of it.
fn objects() -> Vec<Case> {
    let empty = || Expected::Code("empty_reply");
    vec![
        response("respond: a json string", "json", "\"Just words\"", &json!({}), text("Just words")),
        response("respond: nested", "json", r#"{"response": {"text": "deep"}}"#, &json!({}), text("deep")),
        response(
            "respond: an object as output",
            "json",
            r#"{"output": {"answer": "inside", "score": 1}}"#,
            &json!({}),
            text("inside"),
        ),
        response("respond: a number", "json", r#"{"output": 42}"#, &json!({}), text("42")),
        response("respond: true", "json", r#"{"output": true}"#, &json!({}), empty()),
        response("respond: null", "json", r#"{"output": null}"#, &json!({}), empty()),
        response("respond: nothing but space", "json", r#"{"output": " \n"}"#, &json!({}), empty()),
        response(
            "respond: members that mean nothing",
            "json",
            r#"{"status": "ok", "items": [1]}"#,
            &json!({}),
            empty(),
        ),
        Case {
            extras: &["More|Less"],
            ..response(
                "respond: quick replies",
                "json",
                r#"{"output": "Hi", "quickReplies": [{"title": "More"}, "Less"]}"#,
                &json!({}),
                text("Hi"),
            )
        },
    ]
}
