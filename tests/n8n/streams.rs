//! Answers that stream, and what stands between their lines.

use serde_json::json;

use crate::answers::{case, open, text};
use crate::case::{Auth, Case, Expected};
use crate::flow::{Flow, broken_tool, calculator, code, parser, respond};

/// All cases of this kind.
pub(crate) fn cases() -> Vec<Case> {
    agents().into_iter().chain(respond_nodes()).chain(mistakes()).collect()
}

fn stream(
    name: &'static str,
    message: &'static str,
    flow: impl FnOnce(Flow) -> Flow,
    expected: Expected,
) -> Case {
    let path = name.replace([' ', ':', ','], "-");
    let flow = flow(open(&path, "streaming"));
    Case { message, ..case(name, Auth::Nothing, flow, expected) }
}

fn one(flow: Flow) -> Flow {
    flow.agent("Agent", &json!({}))
}

fn agents() -> Vec<Case> {
    let tool = |flow: Flow| one(flow).below("Agent", "ai_tool", calculator());
    let items = "return [{json: {chatInput: 'one'}}, {json: {chatInput: 'two'}}];";
    vec![
        stream("stream: an agent", "Grüße 🚀 *now*", one, text("Echo: Grüße 🚀 *now*")),
        stream(
            "stream: two agents",
            "hi",
            |flow| one(flow).agent("Other", &json!({})),
            text("Echo: hi\n\nEcho: again"),
        ),
        stream("stream: two items", "hi", |flow| one(flow.then(code(items))), text("Echo: one\n\nEcho: two")),
        stream("stream: a tool", "tool", tool, text("Let me see.\n\nThe sum is 2.")),
        stream(
            "stream: a tool fails, and the agent goes on",
            "tool",
            |flow| one(flow).below("Agent", "ai_tool", broken_tool()),
            text("Let me see.\n\nThe sum is 2."),
        ),
        stream(
            "stream: a structured answer",
            "structured",
            |flow| {
                one(flow).with("Agent", "hasOutputParser", &json!(true)).below(
                    "Agent",
                    "ai_outputParser",
                    parser(),
                )
            },
            text("Structured hello"),
        ),
        stream("stream: no word", "nothing", one, Expected::Code("empty_reply")),
    ]
}

fn respond_nodes() -> Vec<Case> {
    let answer = "={{ JSON.stringify({ output: $json.output, suggestions: ['More'] }) }}";
    let all = "return [{json: {output: 'one'}}, {json: {output: 'two'}}];";
    let with =
        |with: &'static str, body: &'static str| move |flow: Flow| flow.then(respond(with, body, &json!({})));
    vec![
        Case {
            extras: &["More"],
            ..stream(
                "stream: respond repeats the agent",
                "hi",
                move |flow| one(flow).then(respond("json", answer, &json!({}))),
                text("Echo: hi"),
            )
        },
        stream(
            "stream: respond repeats it as text",
            "hi",
            move |flow| with("text", "={{ $json.output }}")(one(flow)),
            text("Echo: hi"),
        ),
        stream("stream: respond json", "hi", with("json", r#"{"output": "Hello"}"#), text("Hello")),
        stream("stream: respond text", "hi", with("text", "Hello, {name}"), text("Hello, {name}")),
        stream("stream: respond no data", "hi", with("noData", ""), Expected::Code("empty_reply")),
        stream(
            "stream: respond with all items",
            "hi",
            move |flow| with("allIncomingItems", "")(flow.then(code(all))),
            text("one\n\ntwo"),
        ),
        stream(
            "stream: respond without streaming",
            "hi",
            |flow| flow.then(respond("json", r#"{"output": "Hello"}"#, &json!({"enableStreaming": false}))),
            Expected::Code("empty_reply"),
        ),
    ]
}

fn mistakes() -> Vec<Case> {
    let interrupted = || Expected::Code("upstream_interrupted");
    let silent = json!({"enableStreaming": false});
    let throws = || code("throw new Error('boom');");
    vec![
        stream("stream: the model refuses", "refuse", one, interrupted()),
        stream("stream: the model fails midway", "midfail", one, interrupted()),
        stream("stream: cancelled after 2 s", "silent", |flow| one(flow).within_seconds(2), interrupted()),
        stream("stream: a node throws before", "hi", |flow| one(flow.then(throws())), interrupted()),
        stream("stream: a node throws behind", "hi", |flow| one(flow).then(throws()), interrupted()),
        stream(
            "stream: the agent goes on after its error",
            "refuse",
            |flow| one(flow).continuing_on_error("Agent"),
            Expected::Code("empty_reply"),
        ),
        stream(
            "stream: off in the agent",
            "hi",
            |flow| flow.agent("Agent", &silent),
            Expected::Code("empty_reply"),
        ),
        stream(
            "stream: nobody speaks",
            "hi",
            |flow| flow.then(code("return [];")),
            Expected::Code("empty_reply"),
        ),
    ]
}
