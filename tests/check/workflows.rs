//! Faults of the workflow, and of the calls to it.

use porthole_tests::upstream::{Framing, RecordedRequest};
use porthole_tests::{FakeUpstream, Script, Signal, tree};
use serde_json::Value;

use super::{Checked, check};

/// Captures of a real n8n, and the finding that each must give.
const CAPTURES: &[(&str, &str)] = &[
    ("a_jwt_echo", "answer.whole"),
    ("b_chat_notpublic", "webhook.not_found"),
    ("c_stream_agent_off", "answer.empty"),
    ("c_stream_llm_401", "workflow.failed"),
    ("c_stream_llm_midfail", "workflow.failed"),
    ("c_stream_no_agent", "answer.empty"),
    ("d_hook_stream_respond", "answer.readable"),
    ("f_array_body", "answer.no_text"),
    ("f_code422", "webhook.status"),
    ("f_empty_last", "workflow.no_item"),
    ("f_exec_timeout_2s_lastnode", "workflow.failed"),
    ("f_fail_lastnode", "workflow.failed"),
    ("f_immediate", "answer.started_only"),
    ("f_inactive", "webhook.not_registered"),
    ("f_no_respond_node", "workflow.no_respond_node"),
    ("f_nodata_204", "answer.no_data"),
    ("f_respond_never_reached", "answer.empty"),
    ("f_stream_agent_continue_on_error", "answer.begun_only"),
    ("f_text", "answer.whole"),
    ("f_wrong_method_get", "webhook.method"),
    ("f_wrong_path", "webhook.not_registered"),
    ("g_hitl_hosted_post", "answer.human_in_the_loop"),
    ("i_bots_ua_curl", "webhook.other_auth"),
    ("i_ip_allowlist_denied", "webhook.ip_allowlist"),
    ("jwt_expired_1s", "jwt.expired"),
    ("jwt_missing", "jwt.lost"),
    ("jwt_wrong_key", "jwt.signature"),
    ("k_stream_tool_failed", "answer.readable"),
];

type Settings = &'static [(&'static str, &'static str)];

/// A captured answer, in one write.
fn captured(name: &str) -> Script {
    let capture: Value =
        serde_json::from_str(&tree::read(&format!("tests/fixtures/n8n/{name}.json"))).unwrap();
    let frames = capture["frames"].as_array().unwrap().iter();
    let body: String = frames.map(|frame| frame["data"].as_str().unwrap()).collect();
    let status = u16::try_from(capture["status"].as_u64().unwrap()).unwrap();
    Script::whole(status, "application/json; charset=utf-8", body)
}

/// A workflow that checks tokens, and answers so where one holds: the check's second.
fn guarded(script: Script) -> FakeUpstream {
    let refusal = captured("jwt_wrong_key");
    FakeUpstream::start(
        move |_: &RecordedRequest, before| {
            if before == 0 { refusal.clone() } else { script.clone() }
        },
    )
}

fn ask(upstream: &FakeUpstream, arguments: &[&str]) -> Checked {
    check(arguments, &[("N8N_WEBHOOK_URL", &upstream.url())])
}

#[test]
fn every_answer_of_n8n_is_named_and_none_is_quoted() {
    for (name, want) in CAPTURES {
        let upstream = guarded(captured(name));
        let checked = ask(&upstream, &[]);
        assert!(checked.says(want), "{name}: {}", checked.output);
        let is_answer = want.starts_with("answer.whole") || want.starts_with("answer.readable");
        assert_eq!(checked.well, is_answer, "{name}: {}", checked.output);
        for internal in ["nodeId", "resumeToken", "stacktrace", "The quick brown"] {
            assert!(!checked.output.contains(internal), "{name} shows {internal}: {}", checked.output);
        }
    }
}

#[test]
fn the_workflow_gets_one_marked_message() {
    let upstream = guarded(Script::whole(200, "application/json", "{\"output\":\"Hello\"}"));
    assert_eq!(ask(&upstream, &[]).faults(), ["settings.debug"]);
    let requests = upstream.requests();
    let tokens: Vec<&str> = requests.iter().map(|request| request.header("authorization").unwrap()).collect();
    assert_eq!(tokens.len(), 2, "first a wrong one, which runs nothing");
    assert_ne!(tokens[0], tokens[1]);
    let body = requests[1].json();
    assert_eq!(body["metadata"]["check"], true);
    assert_eq!(body["action"], "sendMessage");
}

#[test]
fn a_webhook_that_asks_for_nothing_is_named_and_runs_once() {
    let upstream = FakeUpstream::always(Script::whole(200, "application/json", "{\"output\":\"Hello\"}"));
    let checked = ask(&upstream, &[]);
    assert_eq!(checked.faults(), ["settings.debug", "webhook.open"]);
    assert!(checked.well);
    assert_eq!(upstream.requests().len(), 1);
}

#[test]
fn without_a_message_nothing_is_posted() {
    let there = FakeUpstream::always(captured("f_wrong_method_get"));
    let checked = ask(&there, &["--no-message"]);
    assert!(checked.says("webhook.registered"), "{}", checked.output);
    assert!(there.requests().iter().all(|request| request.method == "GET" && request.body.is_empty()));
    let wrong = FakeUpstream::always(captured("f_wrong_path"));
    assert_eq!(ask(&wrong, &["--no-message"]).problems(), ["webhook.not_registered"]);
}

#[test]
fn an_intermediary_is_named_by_the_answer_that_it_spoils() {
    let hung_up = Signal::new();
    let stalls = Script::head(200, "application/json", Framing::Chunked).stall(&hung_up);
    let late = Script::new()
        .raw("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n\r\nhello");
    let zipped =
        Script::new().raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x08");
    let at_once = (0..8)
        .fold(String::new(), |lines, n| lines + &format!("{{\"type\":\"item\",\"content\":\"{n}\"}}\n"));
    let spaced = "{\"content\": \"Hello \", \"type\": \"item\"}\n".repeat(4);
    let headers = Script::new()
        .raw(format!("HTTP/1.1 200 OK\r\n{}Content-Length: 2\r\n\r\nhi", "X-Part: a\r\n".repeat(120)));
    let table: [(&str, Script, &[&str]); 19] = [
        ("a flood of headers", headers, &["connect.head_too_large"]),
        ("a receipt", Script::whole(200, "text/plain", "Accepted"), &["answer.receipt"]),
        (
            "thoughts alone",
            Script::whole(200, "application/json", "{\"output\":\"<think>Hm\"}"),
            &["answer.thoughts_only"],
        ),
        ("a buffer, of other JSON", Script::whole(200, "application/json", spaced), &["answer.buffered"]),
        ("one event", Script::whole(200, "text/event-stream", "data: Hello\n\ndata: [DONE]\n\n"), &[]),
        (
            "half a document",
            Script::whole(200, "application/json", "{\"output\": \"He said"),
            &["answer.broken_json"],
        ),
        (
            "quotes that are not escaped",
            Script::whole(200, "application/json", "{\"output\": \"He said \"no\"\"}"),
            &["answer.mended_json"],
        ),
        ("a delivery network", Script::whole(524, "text/html", "<html>"), &["webhook.gateway"]),
        (
            "a port with TLS",
            Script::whole(400, "text/html", "<center>The plain HTTP request was sent to HTTPS port</center>"),
            &["webhook.wants_tls"],
        ),
        ("a picture", Script::whole(200, "image/png", "\u{89}PNG"), &["answer.file"]),
        ("a redirect", Script::redirect("https://n8n.example.com/webhook/x"), &["webhook.redirect"]),
        ("an HTML page", Script::whole(200, "text/html", "<!doctype html><p>Login"), &["answer.markup"]),
        ("a gateway", Script::whole(504, "text/html", "<html>"), &["webhook.gateway"]),
        ("a clock", late, &["clock.apart"]),
        ("compression", zipped, &["answer.encoded"]),
        ("a buffer", Script::whole(200, "application/json", at_once), &["answer.buffered"]),
        (
            "a cut",
            Script::head(200, "text/plain", Framing::Length(10)).piece("abc").breaks(),
            &["answer.broken"],
        ),
        ("no HTTP", Script::new().raw("220 smtp.example.com ESMTP\r\n").end(), &["connect.broken"]),
        ("silence after the head", stalls, &["answer.silent"]),
    ];
    for (name, script, want) in table {
        let checked = ask(&guarded(script), &["--timeout", "1"]);
        assert_eq!(checked.faults(), [&["settings.debug"], want].concat(), "{name}");
    }
}

/// Answers that are read although something is wrong with them, and the finding that each must give.
fn forgiven() -> Vec<(&'static str, Script, &'static [&'static str])> {
    let plain = |body: &str| Script::whole(200, "text/plain", body);
    let json = |output: &str| {
        Script::whole(200, "application/json", serde_json::json!({ "output": output }).to_string())
    };
    let events = |body: &str| Script::whole(200, "text/event-stream", body);
    let unseen = |media_type, body: &str| Script::head(200, media_type, Framing::Close).piece(body).end();
    let thoughts = "<think>\nThe lamp is sold out.\n</think>\n\nIt comes back in May.";
    vec![
        ("Latin-1 without a word", Script::whole(200, "text/plain", *b"Gr\xf6\xdfe 38"), &["answer.charset"]),
        (
            "UTF-8 that is declared as Latin-1",
            Script::whole(200, "text/plain; charset=iso-8859-1", "Größe 38"),
            &["answer.charset"],
        ),
        (
            "Latin-1 as declared",
            Script::whole(200, "text/plain; charset=iso-8859-1", *b"Gr\xf6\xdfe 38"),
            &[],
        ),
        ("UTF-16 by its mark", Script::whole(200, "text/plain", *b"\xff\xfeH\0i\0"), &["answer.charset"]),
        ("letters that are lost", json("Gr\u{fffd}\u{fffd}e 38"), &["answer.mojibake"]),
        ("letters encoded twice", json("Ein CafÃ© fÃ¼r 5 â‚¬"), &["answer.mojibake"]),
        ("letters of other languages", json("É à Łódź – “Größe” Ã são 日本 §5 ½ €"), &[]),
        ("thoughts", json(thoughts), &["answer.thoughts"]),
        (
            "thoughts and a mark",
            json(&format!("{thoughts}【7:1†stock.csv】")),
            &["answer.thoughts", "answer.marks"],
        ),
        ("thoughts without a beginning", json("Sold out.\n</think>\nIn May."), &["answer.thoughts_unopened"]),
        ("a tag in code", json("Close it with `</think>`."), &[]),
        ("a citation", plain("We ship on Mondays【2:0†shipping.md】."), &["answer.marks"]),
        ("a token of a template", json("We ship on Mondays.<|im_end|>"), &["answer.marks"]),
        (
            "no last blank line",
            events("data: {\"text\":\"a\"}\n\ndata: {\"text\":\"b\"}\n"),
            &["answer.loose_events"],
        ),
        (
            "no blank lines",
            events("data: {\"text\":\"a\"}\ndata: {\"text\":\"b\"}\n\n"),
            &["answer.loose_events"],
        ),
        ("a doubled field", events("data: data: {\"text\":\"a\"}\n\n"), &["answer.loose_events"]),
        ("no colon", events("data: a\n\ndata b\n\n"), &["answer.loose_events"]),
        ("an end mark alone", events("data: a\n\ndata: [DONE]"), &[]),
        ("a text without length", unseen("text/plain", "We ship on Mondays."), &["answer.end_unseen"]),
        ("events without length", unseen("text/event-stream", "data: a\n\n"), &["answer.end_unseen"]),
        ("a document without length", unseen("application/json", "{\"output\":\"a\"}"), &[]),
    ]
}

#[test]
fn everything_that_a_visitor_is_spared_is_named() {
    for (name, script, want) in forgiven() {
        let checked = ask(&guarded(script), &[]);
        assert_eq!(checked.faults(), [&["settings.debug"], want].concat(), "{name}: {}", checked.output);
        assert!(checked.well && !checked.output.contains("Mondays"), "{name}: {}", checked.output);
    }
}

#[test]
fn thoughts_that_the_site_handles_itself_are_no_finding() {
    let upstream = FakeUpstream::always(Script::whole(200, "text/plain", "<think>Hm</think>Hello"));
    for thoughts in ["step", "keep"] {
        let checked = check(&[], &[("N8N_WEBHOOK_URL", &upstream.url()), ("THOUGHTS", thoughts)]);
        assert_eq!(checked.faults(), ["settings.debug", "webhook.open"], "{thoughts}: {}", checked.output);
    }
}

#[test]
fn a_workflow_that_never_answers_is_not_waited_for() {
    let hung_up = Signal::new();
    let checked = ask(&FakeUpstream::always(Script::new().stall(&hung_up)), &["--timeout", "1"]);
    assert_eq!(checked.problems(), ["connect.silent"]);
    hung_up.wait("the check to hang up");
}

#[test]
fn a_webhook_that_wants_another_proof_is_named() {
    let basic: Settings =
        &[("WEBHOOK_AUTH", "basic"), ("WEBHOOK_USER", "a"), ("WEBHOOK_PASSWORD", "not-a-canary")];
    let header: Settings =
        &[("WEBHOOK_AUTH", "header"), ("WEBHOOK_HEADER", "X-Api-Key"), ("WEBHOOK_PASSWORD", "not-a-canary")];
    let table: [(Settings, &str, &str); 4] = [
        (&[("WEBHOOK_AUTH", "none")], "No token provided", "jwt.wanted"),
        (basic, "jwt malformed", "jwt.wanted"),
        (header, "Authorization data is wrong!", "webhook.wrong_credentials"),
        (&[], "Authorization data is wrong!", "webhook.other_auth"),
    ];
    for (settings, body, want) in table {
        let upstream = FakeUpstream::always(Script::whole(403, "text/plain", body));
        let url = upstream.url();
        let checked = check(&[], &[&[("N8N_WEBHOOK_URL", url.as_str())], settings].concat());
        assert_eq!(checked.problems(), [want], "{body}");
        assert!(!checked.output.contains("canary"), "{}", checked.output);
    }
}

#[test]
fn a_workflow_that_fails_runs_once() {
    let failing = FakeUpstream::always(captured("f_fail_lastnode"));
    assert_eq!(ask(&failing, &[]).problems(), ["workflow.failed"]);
    assert_eq!(failing.requests().len(), 1);
}

#[test]
fn a_chat_trigger_for_users_of_n8n_is_named() {
    let refusal = Script::whole(401, "text/plain", "User not authenticated!");
    let upstream = FakeUpstream::always(refusal);
    let url = upstream.url().replace("/webhook/chat", "/webhook/4f2a/chat");
    let checked = check(&[], &[("N8N_WEBHOOK_URL", &url)]);
    assert_eq!(checked.problems(), ["webhook.chat_users"]);
}
