//! Recipes of `examples/agents`, run as they are: real agents, one model behind them, and the widget in front.
//!
//! `cargo xtask agents` installs their packages by npm, names the folder in `PORTHOLE_AGENTS` and runs this.
#![expect(clippy::print_stdout, reason = "its report is a table to be read")]

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode};
use std::time::Duration;

use porthole_tests::site::Page;
use porthole_tests::upstream::{Framing, RecordedRequest, Script};
use porthole_tests::wait::until_within;
use porthole_tests::{Browser, FakeUpstream, Proxy, Signal, Site};
use serde_json::{Value, json};

const LAUNCHER: &str = "button[aria-haspopup=dialog]";
const KEY: &str = "the key between the two";

/// The time in which an agent starts: its packages are large.
const START: Duration = Duration::from_mins(1);

/// A recipe, its folder and script, and the address of its agent: the setting for it, and its path.
const RECIPES: [(&str, &str, &str, &str, &str); 2] = [
    ("AI SDK", "ai-sdk", "server.mjs", "N8N_WEBHOOK_URL", "/"),
    ("CopilotKit runtime", "ag-ui", "copilotkit.mjs", "AG_UI_URL", "/api/copilotkit/agent/shop/run"),
];

/// A running agent; dropping it ends it.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn main() -> ExitCode {
    let Some(folder) = std::env::var_os("PORTHOLE_AGENTS") else {
        println!("PORTHOLE_AGENTS is not set: run this by `cargo xtask agents`, which installs them first.");
        return ExitCode::FAILURE;
    };
    for (name, recipe, script, setting, path) in RECIPES {
        let rest = Signal::new();
        let model = model(rest.clone());
        let (agent, address) = start(&Path::new(&folder).join(recipe), script, &model);
        ask(setting, &format!("{address}{path}"), &rest);
        drop(agent);
        println!("{name}: a tool call and an answer, word by word");
    }
    ExitCode::SUCCESS
}

/// A model that has the weather looked up, and then says half of its answer until `rest`.
fn model(rest: Signal) -> FakeUpstream {
    let chunk = |delta: Value, finish: Value| {
        let chunk = json!({ "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] });
        format!("data: {chunk}\n\n")
    };
    FakeUpstream::start(move |request: &RecordedRequest, _| {
        let answer = Script::head(200, "text/event-stream", Framing::Chunked);
        let last = request.json()["messages"].as_array().unwrap().last().unwrap().clone();
        if last["role"] != "tool" {
            let function = json!({ "name": "weather", "arguments": "{\"city\":\"Oslo\"}" });
            let call = json!([{ "index": 0, "id": "1", "type": "function", "function": function }]);
            let answer = answer.piece(chunk(json!({ "role": "assistant", "tool_calls": call }), json!(null)));
            return answer.piece(chunk(json!({}), json!("tool_calls"))).piece("data: [DONE]\n\n").end();
        }
        assert!(last.to_string().contains("4 °C in Oslo"), "{last}");
        let half = chunk(json!({ "role": "assistant", "content": "In Oslo " }), json!(null));
        let answer = answer.piece(half).wait(&rest);
        let answer = answer.piece(chunk(json!({ "content": "it rains." }), json!(null)));
        answer.piece(chunk(json!({}), json!("stop"))).piece("data: [DONE]\n\n").end()
    })
}

/// Starts an agent on a free port, and waits until it listens.
fn start(folder: &Path, script: &str, model: &FakeUpstream) -> (Agent, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut node = Command::new("node");
    node.arg(script).current_dir(folder).env("PORT", port.to_string()).env("AGENT_KEY", KEY);
    node.env("MODEL_URL", model.url()).env("MODEL", "m").env("MODEL_KEY", "k");
    let agent = Agent(node.env("COPILOTKIT_TELEMETRY_DISABLED", "true").spawn().unwrap());
    until_within(START, "the agent to listen", || TcpStream::connect(("127.0.0.1", port)).ok());
    (agent, format!("http://127.0.0.1:{port}"))
}

/// Asks in a browser, and reads the answer to its end.
fn ask(setting: &str, agent: &str, rest: &Signal) {
    let site = Site::start();
    let proxy = Proxy::start(&[
        (setting, agent),
        ("WEBHOOK_AUTH", "header"),
        ("WEBHOOK_HEADER", "X-Agent-Key"),
        ("WEBHOOK_PASSWORD", KEY),
        ("MEMORY", "transcript"),
        ("ALLOWED_ORIGINS", &site.origin()),
    ]);
    site.add(Page::with_tag("/", proxy.origin(), ""));
    let browser = Browser::start();
    browser.open(&site.url("/"));
    browser.click(&browser.find(LAUNCHER));
    browser.enter_frame("iframe");
    browser.type_into(&browser.find("#text"), "Does it rain in Oslo?\u{e007}");
    browser.wait_for_text(".reply", "In Oslo");
    rest.set();
    browser.wait_for_text(".reply", "In Oslo it rains.");
    browser.wait_for("the step of the tool", "return document.body.innerText.includes('Steps: 1')");
}
