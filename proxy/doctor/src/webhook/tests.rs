//! One row an answer of a webhook: the findings about it.

use std::time::Duration;

use porthole_domain::reply::{AnswerPath, DecoderOptions};
use url::Url;

use super::credential_kind::CredentialKind;
use super::{answer, refusal};
use crate::client::{BodyEnd, Chunk, TimedResponse};
use crate::finding::Finding;

const WEBHOOK: &str = "http://n8n:5678/webhook/porthole";

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

fn response(status: u16, body: &str) -> TimedResponse {
    TimedResponse::whole(WEBHOOK, status, &[JSON], body)
}

fn judged(response: &TimedResponse) -> Vec<Finding> {
    answer::judge(response, &DecoderOptions::default())
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code).collect()
}

/// Status, body, and what it means for a caller with a token of the shared secret.
const REFUSALS: &[(u16, &str, &str)] = &[
    (401, "No token provided", "jwt.lost"),
    (403, "invalid signature", "jwt.signature"),
    (403, "invalid algorithm", "jwt.algorithm"),
    (403, "jwt expired", "jwt.expired"),
    (403, "jwt not active", "jwt.not_active"),
    (403, "jwt malformed", "webhook.refused"),
    (403, "secret or public key must be provided", "jwt.credential_empty"),
    (403, "IP is not allowed to access the webhook!", "webhook.ip_allowlist"),
    (403, "Authorization data is wrong!", "webhook.other_auth"),
    (401, "Authorization is required!", "webhook.other_auth"),
    (403, "<!DOCTYPE html><title>Just a moment", "webhook.guarded"),
    (403, "{\"error\":\"no\"}", "webhook.refused"),
    (401, "", "webhook.refused"),
    (
        404,
        "{\"code\":404,\"message\":\"The requested webhook \\\"POST x\\\" is not registered.\"}",
        "webhook.not_registered",
    ),
    (
        404,
        "This webhook is not registered for POST requests. Did you mean to make a GET request?",
        "webhook.method",
    ),
    (404, "", "webhook.not_found"),
    (404, "<html>", "webhook.not_found"),
    (405, "", "webhook.method"),
    (413, "", "webhook.body_limit"),
    (422, "{}", "webhook.status"),
    (429, "", "webhook.limited"),
    (301, "", "webhook.redirect"),
    (500, "{\"message\":\"Error in workflow\"}", "workflow.failed"),
    (
        500,
        "{\"code\":0,\"message\":\"No Respond to Webhook node found in the workflow\"}",
        "workflow.no_respond_node",
    ),
    (500, "{\"code\":0,\"message\":\"No item to return was found\"}", "workflow.no_item"),
    (500, "{\"code\":0,\"message\":\"There was a problem executing the workflow\"}", "workflow.failed"),
    (500, "anything", "webhook.failed"),
    (502, "<html>", "webhook.gateway"),
    (503, "{\"code\":503,\"message\":\"Database is not ready!\"}", "n8n.overloaded"),
    (504, "", "webhook.gateway"),
];

#[test]
fn a_refusal_is_recognised_by_its_status_and_n8n_s_known_words() {
    let url = Url::parse(WEBHOOK).unwrap();
    for (status, body, want) in REFUSALS {
        let finding = refusal::judge(&response(*status, body), CredentialKind::SharedSecret, &url);
        assert_eq!(finding.code, *want, "{status} {body}");
        assert!(!finding.remedy.is_empty(), "{status} {body}");
    }
}

#[test]
fn why_a_token_is_refused_may_stand_in_the_body_or_in_the_header() {
    let url = Url::parse(WEBHOOK).unwrap();
    let why = "The audience 'canary' is invalid";
    let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{why}\"");
    let in_header = TimedResponse::whole(WEBHOOK, 401, &[("www-authenticate", &challenge)], "");
    for response in [response(401, why), in_header] {
        let finding = refusal::judge(&response, CredentialKind::SharedSecret, &url);
        assert_eq!(finding.code, "jwt.audience");
        assert!(!format!("{finding:?}").contains("canary"), "{finding:?}");
        let finding = refusal::judge(&response, CredentialKind::Basic, &url);
        assert_eq!(finding.code, "webhook.refused", "no token was sent");
    }
}

#[test]
fn the_same_words_mean_another_thing_to_another_caller() {
    let table = [
        ("No token provided", CredentialKind::None, "jwt.wanted"),
        ("No token provided", CredentialKind::Header, "jwt.wanted"),
        ("No token provided", CredentialKind::OwnKey, "jwt.lost"),
        ("jwt malformed", CredentialKind::Basic, "jwt.wanted"),
        ("Authorization data is wrong!", CredentialKind::None, "webhook.other_auth"),
        ("Authorization data is wrong!", CredentialKind::Header, "webhook.wrong_credentials"),
        ("Authorization data is wrong!", CredentialKind::Basic, "webhook.wrong_credentials"),
    ];
    let url = Url::parse(WEBHOOK).unwrap();
    for (body, kind, want) in table {
        assert_eq!(refusal::judge(&response(403, body), kind, &url).code, want, "{body} {kind:?}");
    }
}

#[test]
fn a_silent_chat_trigger_is_private_or_asks_for_n8n_s_users() {
    let url = Url::parse("http://n8n:5678/webhook/abc/chat").unwrap();
    for (status, want) in [(404, "webhook.chat_private"), (401, "webhook.chat_users")] {
        assert_eq!(refusal::judge(&response(status, ""), CredentialKind::SharedSecret, &url).code, want);
    }
}

#[test]
fn no_answer_s_own_words_are_quoted() {
    let url = Url::parse(WEBHOOK).unwrap();
    for status in [301, 401, 403, 404, 405, 413, 418, 422, 429, 500, 502, 503, 599] {
        let finding =
            refusal::judge(&response(status, "canary-4711 at /srv/n8n"), CredentialKind::SharedSecret, &url);
        assert!(!format!("{finding:?}").contains("canary"), "{finding:?}");
    }
}

#[test]
fn a_redirect_names_where_it_leads_without_its_path() {
    let url = Url::parse("http://n8n.example.com/webhook/x").unwrap();
    let location = ("location", "https://n8n.example.com/webhook/secret-path");
    let moved = TimedResponse::whole(WEBHOOK, 301, &[location], "");
    let finding = refusal::judge(&moved, CredentialKind::None, &url);
    assert!(finding.message.contains("https://n8n.example.com, from http to https"), "{finding:?}");
    assert!(!finding.message.contains("secret-path"));
}

/// Status, body, and what is said of it.
const ANSWERS: &[(u16, &str, &[&str])] = &[
    (200, "{\"output\":\"Hello\"}", &["answer.readable", "answer.whole"]),
    (200, "[{\"text\":\"Hello\"}]", &["answer.readable", "answer.whole"]),
    (200, "Hello", &["answer.readable", "answer.whole"]),
    (200, "data: Hello\n\ndata: you\n\n", &["answer.readable", "answer.short"]),
    (
        200,
        "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n",
        &["answer.readable", "answer.protocol", "answer.short"],
    ),
    (
        200,
        "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"length\"}]}\n\n",
        &["answer.readable", "answer.cut_short", "answer.short"],
    ),
    (200, "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n", &["answer.unended"]),
    (
        200,
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"look_up\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n",
        &["answer.tool_only"],
    ),
    (200, "", &["answer.empty"]),
    (204, "", &["answer.no_data"]),
    (200, "{}", &["answer.no_text"]),
    (200, "{\"message\":\"Workflow was started\"}", &["answer.started_only"]),
    (
        200,
        "{\"executionStarted\":true,\"executionId\":\"1\",\"resumeToken\":\"x\"}",
        &["answer.human_in_the_loop"],
    ),
    (200, "{\"output\":\"<think>Which lamp?\"}", &["answer.thoughts_only"]),
    (200, "Accepted", &["answer.receipt"]),
    (200, "{\"request_id\":\"1\",\"status\":\"success\"}", &["answer.receipt"]),
    (200, "<br />\n<b>Warning</b>:  canary", &["answer.markup"]),
    (200, "<!doctype html><title>n8n", &["answer.markup"]),
    (200, "{\"type\":\"begin\",\"metadata\":{}}\n", &["answer.begun_only"]),
    (
        200,
        "{\"type\":\"begin\",\"metadata\":{}}\n{\"type\":\"error\",\"content\":\"canary\"}\n",
        &["workflow.failed"],
    ),
    (
        200,
        "{\"type\":\"begin\"}\n{\"type\":\"item\",\"content\":\"Hi \"}\n{\"type\":\"item\",\"content\":\"you\"}\n{\"type\":\"end\"}\n",
        &["answer.readable", "answer.short"],
    ),
    (
        200,
        "{\"type\":\"item\",\"content\":\"a\"}\n{\"type\":\"item\",\"content\":\"b\"}\n{\"type\":\"item\",\"content\":\"c\"}\n\
         {\"type\":\"item\",\"content\":\"d\"}\n{\"type\":\"end\"}\n",
        &["answer.readable", "answer.buffered"],
    ),
];

#[test]
fn an_answer_is_read_as_a_visitor_would_get_it() {
    for (status, body, want) in ANSWERS {
        assert_eq!(codes(&judged(&response(*status, body))), *want, "{status} {body}");
    }
}

#[test]
fn an_answer_that_does_not_end_well_is_reported() {
    let item = "{\"type\":\"item\",\"content\":\"Hi\"}\n";
    let table = [
        (item, BodyEnd::Broken, "answer.broken"),
        ("{\"type\":\"keepalive\"}\n{\"type\":\"it", BodyEnd::Whole, "answer.broken"),
        (item, BodyEnd::TooLarge, "answer.too_large"),
        ("plain text", BodyEnd::TimedOut, "answer.endless"),
        ("{\"type\":\"keepalive\"}\n", BodyEnd::TimedOut, "answer.silent"),
        ("", BodyEnd::TimedOut, "answer.silent"),
        ("{\"type\":\"error\"}\n", BodyEnd::TimedOut, "workflow.failed"),
    ];
    for (body, end, want) in table {
        let response = TimedResponse { end, ..response(200, body) };
        assert_eq!(codes(&judged(&response)), [want], "{body} {end:?}");
    }
}

#[test]
fn a_body_without_a_visible_end_is_whole_only_where_its_format_shows_that() {
    let item = "{\"type\":\"begin\"}\n{\"type\":\"item\",\"content\":\"Hi\"}\n";
    for (body, want) in [
        (item.to_owned(), "answer.broken"),
        ("data: {\"text\":\"Hi\"}\n".to_owned(), "answer.broken"),
        (format!("{item}{{\"type\":\"end\"}}\n"), "answer.readable"),
    ] {
        let response = TimedResponse { is_close_delimited: true, ..response(200, &body) };
        assert_eq!(codes(&judged(&response))[0], want, "{body}");
    }
}

#[test]
fn a_site_that_names_the_member_of_the_answer_is_judged_by_it() {
    let reading = DecoderOptions { answer_path: AnswerPath::parse("result"), ..DecoderOptions::default() };
    for (body, want) in [
        (r#"{"result":"Hi","output":7}"#, "answer.readable"),
        (r#"{"output":"Hi"}"#, "answer.no_text"),
        ("{\"type\":\"begin\"}\n{\"type\":\"item\",\"content\":\"Hi\"}\n", "answer.no_text"),
    ] {
        assert_eq!(codes(&answer::judge(&response(200, body), &reading))[0], want, "{body}");
    }
}

#[test]
fn a_failed_workflow_is_reported_with_its_node_and_without_its_error() {
    let error = "{\"type\":\"error\",\"content\":\"canary\",\"metadata\":{\"nodeName\":\"Verify\"}}\n";
    let item = "{\"type\":\"item\",\"content\":\"Hi\"}\n";
    let table = [
        (error.to_owned(), "an error in its node \"Verify\", before a word"),
        (format!("{item}{error}"), "an error in its node \"Verify\", after it began"),
        ("{\"type\":\"error\"}\n".to_owned(), "an error, before a word"),
    ];
    for (body, want) in table {
        let findings = judged(&response(200, &body));
        assert_eq!(codes(&findings), ["workflow.failed"], "{body}");
        assert!(findings[0].message.contains(want), "{findings:?}");
        assert!(!format!("{findings:?}").contains("canary"), "{findings:?}");
    }
}

#[test]
fn an_answer_is_judged_by_its_times_and_its_encoding() {
    let chunk = |millis, text: &str| Chunk { at: Duration::from_millis(millis), bytes: text.into() };
    let line = |text: &str| format!("{{\"type\":\"item\",\"content\":\"{text}\"}}\n");
    let streamed = TimedResponse {
        chunks: vec![chunk(11_000, &line("a")), chunk(11_100, &line("b")), chunk(11_200, &line("c"))],
        ..response(200, "")
    };
    assert_eq!(codes(&judged(&streamed)), ["answer.readable", "answer.streams", "answer.slow"]);
    for (coding, body, want) in [
        ("br", "\u{1f}", &["answer.encoded"][..]),
        ("gzip", "\u{1f}", &["answer.encoded"]),
        ("none", "Hello", &["answer.readable", "answer.whole"]),
        ("", "Hello", &["answer.readable", "answer.whole"]),
    ] {
        let encoded = TimedResponse::whole(WEBHOOK, 200, &[("content-encoding", coding)], body);
        assert_eq!(codes(&judged(&encoded)), want, "{coding}");
    }
}
