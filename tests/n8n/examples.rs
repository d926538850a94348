//! The workflows of `examples/workflows`, imported as an integrator imports them.

use porthole_tests::tree;
use serde_json::{Value, json};

use crate::answers::text;
use crate::case::{Auth, Case, CaseResult, Environment, Expected};

/// Publishes every example and runs those that answer.
pub(crate) async fn run(env: &Environment<'_>) -> Vec<CaseResult> {
    let verify = env.editor.publish(example("verify")).await;
    let mut verified = example("verified-agent");
    choose(&mut verified, &verify);
    for workflow in [
        verified,
        example("simple-reply"),
        example("streaming-agent"),
        example("announced-steps"),
        example("conversation"),
    ] {
        env.editor.publish(workflow).await;
    }
    let reply = "You wrote: **hi**\n\nThis is message 1 of a conversation on https://shop.example.";
    let mut rows = Vec::new();
    for case in [
        example_case("example: simple reply", "porthole-simple", text(reply), &[]),
        example_case("example: streaming agent", "porthole", text("Echo: hi"), &[]),
        example_case(
            "example: announced steps",
            "porthole-steps",
            text("Echo: hi"),
            &["Looking it up running", "Looking it up done", "Tell me more|How do I reach you?"],
        ),
        example_case("example: conversation", "porthole-conversation", text("Echo: hi"), &[]),
    ] {
        rows.push(env.run(case).await);
    }
    rows
}

fn example_case(name: &'static str, path: &str, expected: Expected, extras: &'static [&'static str]) -> Case {
    Case { name, flow: None, path: path.to_owned(), auth: Auth::Jwt, message: "hi", expected, extras }
}

/// Reads an example.
pub(crate) fn example(name: &str) -> Value {
    serde_json::from_str(&tree::read(&format!("examples/workflows/{name}.json"))).unwrap()
}

/// Chooses the sub-workflow, as the example's note says.
fn choose(workflow: &mut Value, id: &str) {
    let nodes = workflow["nodes"].as_array_mut().unwrap();
    let calls = nodes.iter_mut().find(|node| node["type"] == "n8n-nodes-base.executeWorkflow");
    calls.unwrap()["parameters"]["workflowId"] = json!({"__rl": true, "mode": "id", "value": id});
}
