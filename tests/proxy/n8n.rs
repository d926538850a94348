//! Every answer that was captured from a real n8n, replayed through the whole proxy.

use porthole_tests::upstream::{Framing, RecordedRequest};
use porthole_tests::{FakeUpstream, Script, tree};
use serde_json::Value;

use crate::fixture::{Fixture, error_code, id, json_or_problem, ok, sealed_text, stream_or_problem};

const FOX: &str = "The quick brown fox jumps over the lazy dog while ";
const TWICE: &str = "The quick brown fox jumps \n\nThe quick brown fox jumps ";

/// The reply that each capture must become: its text, or a code.
const CAPTURES: [(&str, Result<&str, &str>); 62] = [
    ("a_jwt_code", Ok("You said: hello")),
    ("a_jwt_echo", Ok("You said: hello")),
    ("b_chat_agent_nonstream", Ok(FOX)),
    ("b_chat_basic_bad", Err("upstream_status")),
    ("b_chat_get", Ok("firstEntryJson")),
    ("b_chat_last", Ok("You said: hi")),
    ("b_chat_notpublic", Err("upstream_status")),
    ("b_chat_text", Ok("You said: hi")),
    ("c_stream", Ok("…")),
    ("c_stream_agent_off", Err("empty_reply")),
    ("c_stream_client_aborts", Ok("…")),
    ("c_stream_keepalive_70s_stall", Ok("The quick brown ")),
    ("c_stream_llm_401", Err("upstream_interrupted")),
    ("c_stream_llm_500", Err("upstream_interrupted")),
    ("c_stream_llm_midfail", Err("upstream_interrupted")),
    ("c_stream_no_agent", Err("empty_reply")),
    ("c_stream_slow_100ms", Ok("…")),
    ("c_stream_stall_5s", Ok("The quick brown ")),
    ("c_stream_tool", Err("upstream_interrupted")),
    ("c_stream_two_agents", Ok(TWICE)),
    ("d_hook_stream", Ok("…")),
    ("d_hook_stream_noauth", Err("upstream_status")),
    ("d_hook_stream_respond", Ok("You said: hi")),
    ("d_hook_stream_respond_off", Err("empty_reply")),
    ("e_memory_stream_msg1", Ok("The quick brown fox ")),
    ("f_array_body", Err("empty_reply")),
    ("f_array_respond_all", Ok("one\n\ntwo\n\nthree")),
    ("f_code422", Err("upstream_status")),
    ("f_empty_last", Err("upstream_status")),
    ("f_exec_timeout_2s_lastnode", Err("upstream_status")),
    ("f_fail_lastnode", Err("upstream_status")),
    ("f_immediate", Err("empty_reply")),
    ("f_inactive", Err("upstream_status")),
    ("f_no_respond_node", Err("upstream_status")),
    ("f_nodata_204", Err("empty_reply")),
    ("f_respond_never_reached", Err("empty_reply")),
    ("f_slow_10s", Ok("slow answer")),
    ("f_stream_agent_continue_on_error", Err("empty_reply")),
    ("f_stream_code_throws_before", Err("upstream_interrupted")),
    ("f_text", Ok("plain text: hi")),
    ("f_wrong_method_get", Err("upstream_status")),
    ("f_wrong_path", Err("upstream_status")),
    ("g_approval_post", Err("empty_reply")),
    ("g_hitl_embedded_forced_post", Err("empty_reply")),
    ("g_hitl_hosted_post", Err("empty_reply")),
    ("i_bots_ua_curl", Err("upstream_status")),
    ("i_ip_allowlist_denied", Err("upstream_status")),
    ("j_stream_gzip", Ok("…")),
    ("jwt_expired_1s", Err("upstream_status")),
    ("jwt_missing", Err("upstream_status")),
    ("k_last_goes_on_after_error", Err("upstream_interrupted")),
    ("k_last_picture", Err("empty_reply")),
    ("k_respond_object", Ok("inside")),
    ("k_stream_announced_steps", Ok("Echo: hi")),
    ("k_stream_respond_all_items", Ok("one\n\ntwo")),
    ("k_stream_respond_repeats", Ok("Echo: hi")),
    ("k_stream_respond_repeats_text", Ok("Echo: hi")),
    ("k_stream_structured", Ok("Structured hello")),
    ("k_stream_throws_behind", Err("upstream_interrupted")),
    ("k_stream_tool_called", Ok("Let me see.\n\nThe sum is 2.")),
    ("k_stream_tool_failed", Ok("Let me see.\n\nThe sum is 2.")),
    ("k_stream_two_items", Ok("Echo: one\n\nEcho: two")),
];

/// Words of a workflow that a visitor must never see.
const INTERNALS: [&str; 8] =
    ["{\"", "\"type\"", "nodeId", "executionId", "stub says no", "webhook", "jwt", "Error in workflow"];

pub(crate) fn capture(name: &str) -> Script {
    let file = tree::read(&format!("tests/fixtures/n8n/{name}.json"));
    let capture: Value = serde_json::from_str(&file).unwrap();
    let status = u16::try_from(capture["status"].as_u64().unwrap()).unwrap();
    if status == 204 {
        return Script::new().raw("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    }
    let headers = capture["headers"].as_array().unwrap();
    let media_type = headers.iter().find(|header| header[0] == "Content-Type");
    let media_type = media_type.map_or("", |header| header[1].as_str().unwrap());
    let frames = capture["frames"].as_array().unwrap().iter();
    let script = Script::head(status, media_type, Framing::Chunked);
    frames.fold(script, |script, frame| script.piece(frame["data"].as_str().unwrap())).end()
}

/// Plays the capture that the message names.
fn n8n() -> FakeUpstream {
    FakeUpstream::start(|request: &RecordedRequest, _| match request.json()["chatInput"].as_str().unwrap() {
        "fine" => ok(),
        name => capture(name),
    })
}

#[tokio::test]
async fn every_captured_answer_becomes_its_text_or_a_plain_problem() {
    let fixture = Fixture::new(n8n(), &[]);
    for (name, expected) in CAPTURES {
        let token = fixture.client.create().await.token;
        let whole = json_or_problem(
            fixture
                .client
                .send_as(
                    "application/json",
                    &token,
                    &serde_json::json!({"message_id": id(), "message": name}),
                )
                .await,
        )
        .await;
        let token = fixture.client.create().await.token;
        let streamed =
            stream_or_problem(fixture.client.send(&token, &id(), name).await).await.map(|frames| {
                if frames.last().unwrap().event == "done" {
                    Ok(sealed_text(&frames))
                } else {
                    Err(error_code(&frames))
                }
            });
        let streamed = streamed.unwrap_or_else(Err);
        assert_eq!(whole, streamed, "{name}: one reply in two forms");
        match (&whole, expected) {
            (Ok(text), Ok("…")) => assert!(text.starts_with("The quick brown "), "{name}: {text}"),
            (Ok(text), Ok(expected)) => assert_eq!(text, expected, "{name}"),
            (Err(code), Err(expected)) => assert_eq!(code, expected, "{name}"),
            (is, expected) => panic!("{name}: {is:?} is not {expected:?}"),
        }
        // Failures in a row would let the workflow rest.
        fixture.ask("fine").await;
        let text = whole.unwrap_or_default();
        assert!(!INTERNALS.iter().any(|internal| text.contains(internal)), "{name}: {text}");
    }
}
