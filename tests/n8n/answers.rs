//! Answers that come whole: by the proxy's credentials, by the responding node, by failures before it.

use serde_json::{Value, json};

use crate::case::{Auth, Case, Expected, UNREGISTERED_PATH};
use crate::flow::{Flow, ask_person, code, file, respond, set, wait};
use crate::responses;

const ECHO: &str = "={{ JSON.stringify({ output: 'You said: ' + $json.body.chatInput }) }}";
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";

/// All cases of this kind.
pub(crate) fn cases() -> Vec<Case> {
    let table =
        auth().into_iter().chain(responses::cases()).chain(last_nodes()).chain(chats()).chain(mistakes());
    table.collect()
}

/// A case whose message is `hi`, at the webhook that its workflow begins with.
pub(crate) fn case(name: &'static str, auth: Auth, flow: Flow, expected: Expected) -> Case {
    let json = flow.clone().into_json();
    let hook = &json["nodes"][0];
    let path = hook["webhookId"].as_str().unwrap();
    let is_chat = hook["parameters"]["path"].is_null();
    Case {
        name,
        path: if is_chat { format!("{path}/chat") } else { path.to_owned() },
        flow: Some(flow),
        auth,
        message: "hi",
        expected,
        extras: &[],
    }
}

pub(crate) fn text(text: &str) -> Expected {
    Expected::Text(text.to_owned())
}

/// A Webhook node without a credential.
pub(crate) fn open(path: &str, mode: &str) -> Flow {
    Flow::hook(path, mode, json!({"options": {}}))
}

fn auth() -> Vec<Case> {
    let guarded = |kind: &str| {
        let parameters = json!({"authentication": kind, "options": {}});
        Flow::hook(&format!("by-{kind}"), "responseNode", parameters).then(set(ECHO)).then(respond(
            "firstIncomingItem",
            "",
            &json!({}),
        ))
    };
    let said = || text("You said: hi");
    let again = |name, auth, kind: &str| Case {
        flow: None,
        ..case(name, auth, guarded(kind), Expected::Code("upstream_status"))
    };
    vec![
        case("auth jwt", Auth::Jwt, guarded("jwtAuth"), said()),
        again("auth jwt, another secret", Auth::Wrong("jwt"), "jwtAuth"),
        again("auth jwt, none sent", Auth::Nothing, "jwtAuth"),
        case("auth basic", Auth::Basic, guarded("basicAuth"), said()),
        again("auth basic, another password", Auth::Wrong("basic"), "basicAuth"),
        case("auth header", Auth::Header, guarded("headerAuth"), said()),
        again("auth header, another value", Auth::Wrong("header"), "headerAuth"),
        case("auth none", Auth::Nothing, guarded("none"), said()),
    ]
}

fn last_nodes() -> Vec<Case> {
    let none = |name, flow, expected| case(name, Auth::Nothing, flow, expected);
    let items = "return [{json: {output: 'one'}}, {json: {output: 'two'}}];";
    let binary =
        json!({"options": {}, "responseData": "firstEntryBinary", "responseBinaryPropertyName": "data"});
    let every = json!({"options": {}, "responseData": "allEntries"});
    let empty = || Expected::Code("empty_reply");
    let failed = || Expected::Code("upstream_status");
    vec![
        none("last node", open("last", "lastNode").then(set(ECHO)), text("You said: hi")),
        none(
            "last node: all entries",
            Flow::hook("last-all", "lastNode", every).then(code(items)),
            text("one\n\ntwo"),
        ),
        none(
            "last node: a picture",
            Flow::hook("last-png", "lastNode", binary).then(file(PNG, "image/png")),
            empty(),
        ),
        none("last node: no item", open("last-none", "lastNode").then(code("return [];")), failed()),
        none(
            "last node: throws",
            open("last-throws", "lastNode").then(code("throw new Error('boom');")),
            failed(),
        ),
        none(
            "last node: goes on after its error",
            open("last-continues", "lastNode")
                .then(code("throw new Error('boom');"))
                .continuing_on_error("Code"),
            Expected::Code("upstream_interrupted"),
        ),
        none(
            "last node: 300 kB",
            open("last-big", "lastNode").then(code("return [{json: {output: 'x'.repeat(300000)}}];")),
            text(&"x".repeat(300_000)),
        ),
        none(
            "last node: 3 seconds",
            open("last-slow", "lastNode").then(wait(3)).then(set(r#"{"output": "slow"}"#)),
            text("slow"),
        ),
        none(
            "last node: cancelled after 2 s",
            open("last-cancelled", "lastNode").then(wait(20)).within_seconds(2),
            failed(),
        ),
        none(
            "agent behind a last node",
            open("last-agent", "lastNode").agent("Agent", &json!({})),
            text("Echo: hi"),
        ),
        Case {
            message: "refuse",
            ..none(
                "agent refused, last node",
                open("last-refused", "lastNode").agent("Agent", &json!({})),
                failed(),
            )
        },
        Case {
            message: "nothing",
            ..none(
                "agent without a word, last node",
                open("last-mute", "lastNode").agent("Agent", &json!({})),
                empty(),
            )
        },
        none(
            "agent with its steps, last node",
            open("last-steps", "lastNode").agent("Agent", &json!({"returnIntermediateSteps": true})),
            text("Echo: hi"),
        ),
    ]
}

fn chats() -> Vec<Case> {
    let chat = |path: &str, mode: &str, more: Value| Flow::chat(path, mode, more);
    let echo = "={{ { text: 'You said: ' + $json.chatInput } }}";
    vec![
        case(
            "chat trigger, last node",
            Auth::Nothing,
            chat("chat-last", "lastNode", json!({})).then(set(echo)),
            text("You said: hi"),
        ),
        case(
            "chat trigger, basic",
            Auth::Basic,
            chat("chat-basic", "lastNode", json!({"authentication": "basicAuth"})).then(set(echo)),
            text("You said: hi"),
        ),
        case(
            "chat trigger, basic, none sent",
            Auth::Nothing,
            chat("chat-basic-2", "lastNode", json!({"authentication": "basicAuth"})).then(set(echo)),
            Expected::Code("upstream_status"),
        ),
        case(
            "chat trigger, streaming",
            Auth::Nothing,
            chat("chat-stream", "streaming", json!({})).agent("Agent", &json!({})),
            text("Echo: hi"),
        ),
        case(
            "chat trigger, not public",
            Auth::Nothing,
            chat("chat-private", "lastNode", json!({"public": false})).then(set(echo)),
            Expected::Code("upstream_status"),
        ),
        case(
            "chat trigger, waits for a person",
            Auth::Nothing,
            chat("chat-person", "responseNodes", json!({"mode": "hostedChat"})).then(ask_person()),
            Expected::Code("empty_reply"),
        ),
    ]
}

fn mistakes() -> Vec<Case> {
    let status = || Expected::Code("upstream_status");
    let option = |path: &str, options: Value| {
        Flow::hook(path, "lastNode", json!({"options": options})).then(set(ECHO))
    };
    let unreached = "return [];";
    vec![
        case(
            "responds immediately",
            Auth::Nothing,
            open("at-once", "onReceived").then(set(ECHO)),
            Expected::Code("empty_reply"),
        ),
        case("no respond node", Auth::Nothing, open("no-respond", "responseNode").then(set(ECHO)), status()),
        case(
            "respond node never reached",
            Auth::Nothing,
            open("unreached", "responseNode").then(code(unreached)).then(respond("text", "hi", &json!({}))),
            Expected::Code("empty_reply"),
        ),
        case(
            "ignores bots",
            Auth::Nothing,
            option("bots", json!({"ignoreBots": true})),
            text("You said: hi"),
        ),
        case(
            "other addresses only",
            Auth::Nothing,
            option("addresses", json!({"ipWhitelist": "10.1.2.3"})),
            status(),
        ),
        case(
            "other origins only",
            Auth::Nothing,
            option("origins", json!({"allowedOrigins": "https://a.example"})),
            text("You said: hi"),
        ),
        Case {
            flow: None,
            path: UNREGISTERED_PATH.to_owned(),
            ..case("fault path", Auth::Nothing, open("unused", "lastNode"), status())
        },
    ]
}
