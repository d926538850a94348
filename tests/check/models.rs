//! Models that are asked directly, and an agent of AG-UI.

use porthole_tests::upstream::RecordedRequest;
use porthole_tests::{FakeUpstream, Script};
use serde_json::json;

use super::{Checked, check};

/// A server that answers for the model `good`, and so for all others.
fn server(fault: Script) -> FakeUpstream {
    let chunk = |delta, reason| json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]});
    let chunks = [chunk(json!({"content": "Hello"}), json!(null)), chunk(json!({}), json!("stop"))];
    let events = chunks.map(|chunk| format!("data: {chunk}\n\n"));
    let answer = Script::pieces("text/event-stream", events);
    let is_good = |request: &RecordedRequest| request.json()["model"] == "good";
    FakeUpstream::start(move |request, _| if is_good(request) { answer.clone() } else { fault.clone() })
}

fn ask(server: &FakeUpstream, arguments: &[&str]) -> Checked {
    let settings = [("OPENAI_BASE_URL", server.url()), ("OPENAI_MODELS", "good, other".to_owned())];
    check(arguments, &settings.each_ref().map(|(name, value)| (*name, value.as_str())))
}

#[test]
fn each_model_is_asked_and_its_fault_named() {
    for (status, code) in [
        (401, "models.key"),
        (403, "models.key"),
        (404, "models.unknown"),
        (429, "models.limited"),
        (500, "models.refused"),
        (200, "answer.empty"),
    ] {
        let server = server(Script::whole(status, "application/json", ""));
        let checked = ask(&server, &[]);
        assert_eq!(checked.about(code), ["other"], "{status} {}", checked.output);
        assert_eq!(checked.about("answer.readable"), ["good"], "{status} {}", checked.output);
        assert!(!checked.well);
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn without_a_message_no_model_is_asked() {
    let server = server(Script::new());
    assert!(ask(&server, &["--no-message"]).says("models.not_asked"));
    assert!(server.requests().is_empty());
}

#[test]
fn an_agent_gets_a_run_as_its_message() {
    let agent = FakeUpstream::always(Script::whole(200, "text/plain", "Hello"));
    let checked = check(&[], &[("AG_UI_URL", &agent.url())]);
    assert_eq!(checked.faults(), ["settings.debug", "webhook.open"], "{}", checked.output);
    assert_eq!(agent.requests()[0].json()["messages"][0]["role"], "user");
}
