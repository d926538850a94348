//! One row an answer of a webhook: what is said about it.

use std::time::Duration;

use porthole_domain::clock::UnixTime;
use url::Url;

use super::exchange::{Chunk, Ended, Seen};
use super::finding::Finding;
use super::refusal::{self, Way};
use super::{answer, webhook};

const WEBHOOK: &str = "http://n8n:5678/webhook/porthole";

fn seen(status: u16, body: &str) -> Seen {
    let chunk = Chunk {
        at: Duration::from_millis(200),
        bytes: body.into(),
    };
    Seen {
        status,
        media_type: Some("application/json; charset=utf-8".to_owned()),
        encoding: None,
        location: None,
        date: None,
        challenge: None,
        now: UnixTime(0),
        chunks: if body.is_empty() { Vec::new() } else { vec![chunk] },
        ended: Ended::Whole,
    }
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
    (
        403,
        "secret or public key must be provided",
        "jwt.credential_empty",
    ),
    (
        403,
        "IP is not allowed to access the webhook!",
        "webhook.ip_allowlist",
    ),
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
    (
        500,
        "{\"code\":0,\"message\":\"No item to return was found\"}",
        "workflow.no_item",
    ),
    (
        500,
        "{\"code\":0,\"message\":\"There was a problem executing the workflow\"}",
        "workflow.failed",
    ),
    (500, "anything", "webhook.failed"),
    (502, "<html>", "webhook.gateway"),
    (
        503,
        "{\"code\":503,\"message\":\"Database is not ready!\"}",
        "n8n.overloaded",
    ),
    (504, "", "webhook.gateway"),
];

#[test]
fn a_refusal_is_told_by_its_status_and_n8n_s_known_words() {
    let url = Url::parse(WEBHOOK).unwrap();
    for (status, body, want) in REFUSALS {
        let finding = refusal::judge(&seen(*status, body), Way::SharedSecret, &url);
        assert_eq!(finding.code, *want, "{status} {body}");
        assert!(!finding.remedy.is_empty(), "{status} {body}");
    }
}

#[test]
fn why_a_token_is_refused_may_stand_in_the_body_or_in_the_header() {
    let url = Url::parse(WEBHOOK).unwrap();
    let why = "The audience 'canary' is invalid";
    let in_header = Seen {
        challenge: Some(format!(
            "Bearer error=\"invalid_token\", error_description=\"{why}\""
        )),
        ..seen(401, "")
    };
    for seen in [seen(401, why), in_header] {
        let finding = refusal::judge(&seen, Way::SharedSecret, &url);
        assert_eq!(finding.code, "jwt.audience");
        assert!(!format!("{finding:?}").contains("canary"), "{finding:?}");
        let finding = refusal::judge(&seen, Way::Basic, &url);
        assert_eq!(finding.code, "webhook.refused", "no token was sent");
    }
}

#[test]
fn the_same_words_mean_another_thing_to_another_caller() {
    let table = [
        ("No token provided", Way::Nothing, "jwt.wanted"),
        ("No token provided", Way::Header, "jwt.wanted"),
        ("No token provided", Way::OwnKey, "jwt.lost"),
        ("jwt malformed", Way::Basic, "jwt.wanted"),
        ("Authorization data is wrong!", Way::Nothing, "webhook.other_auth"),
        (
            "Authorization data is wrong!",
            Way::Header,
            "webhook.wrong_credentials",
        ),
        (
            "Authorization data is wrong!",
            Way::Basic,
            "webhook.wrong_credentials",
        ),
    ];
    let url = Url::parse(WEBHOOK).unwrap();
    for (body, way, want) in table {
        assert_eq!(
            refusal::judge(&seen(403, body), way, &url).code,
            want,
            "{body} {way:?}"
        );
    }
}

#[test]
fn a_silent_chat_trigger_is_private_or_asks_for_n8n_s_users() {
    let url = Url::parse("http://n8n:5678/webhook/abc/chat").unwrap();
    for (status, want) in [(404, "webhook.chat_private"), (401, "webhook.chat_users")] {
        assert_eq!(
            refusal::judge(&seen(status, ""), Way::SharedSecret, &url).code,
            want
        );
    }
}

#[test]
fn no_answer_s_own_words_are_quoted() {
    let url = Url::parse(WEBHOOK).unwrap();
    for status in [301, 401, 403, 404, 405, 413, 418, 422, 429, 500, 502, 503, 599] {
        let finding = refusal::judge(&seen(status, "canary-4711 at /srv/n8n"), Way::SharedSecret, &url);
        assert!(!format!("{finding:?}").contains("canary"), "{finding:?}");
    }
}

#[test]
fn a_redirect_names_where_it_leads_without_its_path() {
    let url = Url::parse("http://n8n.example.com/webhook/x").unwrap();
    let moved = Seen {
        location: Some("https://n8n.example.com/webhook/secret-path".to_owned()),
        ..seen(301, "")
    };
    let finding = refusal::judge(&moved, Way::Nothing, &url);
    assert!(
        finding
            .message
            .contains("https://n8n.example.com, from http to https"),
        "{finding:?}"
    );
    assert!(!finding.message.contains("secret-path"));
}

/// Status, body, and what is said of it.
const ANSWERS: &[(u16, &str, &[&str])] = &[
    (
        200,
        "{\"output\":\"Hello\"}",
        &["answer.readable", "answer.whole"],
    ),
    (
        200,
        "[{\"text\":\"Hello\"}]",
        &["answer.readable", "answer.whole"],
    ),
    (200, "Hello", &["answer.readable", "answer.whole"]),
    (
        200,
        "data: Hello\n\ndata: you\n\n",
        &["answer.readable", "answer.short"],
    ),
    (200, "", &["answer.empty"]),
    (204, "", &["answer.no_data"]),
    (200, "{}", &["answer.no_text"]),
    (
        200,
        "{\"message\":\"Workflow was started\"}",
        &["answer.started_only"],
    ),
    (
        200,
        "{\"executionStarted\":true,\"executionId\":\"1\",\"resumeToken\":\"x\"}",
        &["answer.human_in_the_loop"],
    ),
    (200, "<!doctype html><title>n8n", &["answer.markup"]),
    (
        200,
        "{\"type\":\"begin\",\"metadata\":{}}\n",
        &["answer.begun_only"],
    ),
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
        assert_eq!(
            codes(&answer::judge(&seen(*status, body))),
            *want,
            "{status} {body}"
        );
    }
}

#[test]
fn an_answer_that_does_not_end_well_is_told_so() {
    let item = "{\"type\":\"item\",\"content\":\"Hi\"}\n";
    let table = [
        (item, Ended::Broken, "answer.broken"),
        (
            "{\"type\":\"keepalive\"}\n{\"type\":\"it",
            Ended::Whole,
            "answer.broken",
        ),
        (item, Ended::TooLarge, "answer.too_large"),
        ("plain text", Ended::TimedOut, "answer.endless"),
        ("{\"type\":\"keepalive\"}\n", Ended::TimedOut, "answer.silent"),
        ("", Ended::TimedOut, "answer.silent"),
        ("{\"type\":\"error\"}\n", Ended::TimedOut, "workflow.failed"),
    ];
    for (body, ended, want) in table {
        let seen = Seen {
            ended,
            ..seen(200, body)
        };
        assert_eq!(codes(&answer::judge(&seen)), [want], "{body} {ended:?}");
    }
}

#[test]
fn a_workflow_that_fails_is_told_with_its_node_and_without_its_error() {
    let error = "{\"type\":\"error\",\"content\":\"canary\",\"metadata\":{\"nodeName\":\"Verify\"}}\n";
    let item = "{\"type\":\"item\",\"content\":\"Hi\"}\n";
    let table = [
        (error.to_owned(), "an error in its node \"Verify\", before a word"),
        (
            format!("{item}{error}"),
            "an error in its node \"Verify\", after it began",
        ),
        ("{\"type\":\"error\"}\n".to_owned(), "an error, before a word"),
    ];
    for (body, want) in table {
        let findings = answer::judge(&seen(200, &body));
        assert_eq!(codes(&findings), ["workflow.failed"], "{body}");
        assert!(findings[0].message.contains(want), "{findings:?}");
        assert!(!format!("{findings:?}").contains("canary"), "{findings:?}");
    }
}

#[test]
fn an_answer_is_judged_by_its_times_and_its_encoding() {
    let chunk = |millis, text: &str| Chunk {
        at: Duration::from_millis(millis),
        bytes: text.into(),
    };
    let line = |text: &str| format!("{{\"type\":\"item\",\"content\":\"{text}\"}}\n");
    let streamed = Seen {
        chunks: vec![
            chunk(11_000, &line("a")),
            chunk(11_100, &line("b")),
            chunk(11_200, &line("c")),
        ],
        ..seen(200, "")
    };
    assert_eq!(
        codes(&answer::judge(&streamed)),
        ["answer.readable", "answer.streams", "answer.slow"]
    );
    let encoded = Seen {
        encoding: Some("gzip".to_owned()),
        ..seen(200, "\u{1f}")
    };
    assert_eq!(codes(&answer::judge(&encoded)), ["answer.encoded"]);
}

#[test]
fn an_address_tells_what_it_cannot_be() {
    let table = [
        ("http://n8n:5678/webhook/x", "jwt", vec![]),
        ("http://n8n:5678/webhook-test/x", "jwt", vec!["webhook.test_url"]),
        (
            "https://n8n.example.com/workflow/x/executions",
            "jwt",
            vec!["webhook.editor_url"],
        ),
        (
            "https://n8n.example.com/webhook/x/chat",
            "JWT",
            vec!["webhook.chat_trigger_jwt"],
        ),
        ("https://n8n.example.com/webhook/x/chat", "basic", vec![]),
        ("https://api.example.com/chat", "jwt", vec![]),
        (
            "http://n8n.example.com/webhook/x",
            "jwt",
            vec!["webhook.cleartext"],
        ),
    ];
    for (url, auth, want) in table {
        let findings = webhook::of_address(&Url::parse(url).unwrap(), auth);
        assert_eq!(codes(&findings), want, "{url} {auth}");
    }
}
