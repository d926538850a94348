//! The proxy's other calls of a workflow: history, forgetting, feedback.

use porthole_tests::client::Opened;
use porthole_tests::{Client, Proxy};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answers::{open, text};
use crate::case::{Auth, CaseResult, Environment};
use crate::flow::{Flow, memory, respond};
use crate::visit::Visit;

/// A visitor in a conversation of several turns.
struct Visitor {
    _proxy: Proxy,
    client: Client,
    opened: Opened,
    token: String,
}

impl Visitor {
    async fn open(env: &Environment<'_>, path: &str, auth: Auth) -> Self {
        let url = env.url(path);
        env.wait_for(&url).await;
        let proxy = Environment::proxy(&url, auth);
        let client = Client::new(&proxy);
        let opened = client.create().await;
        Self { _proxy: proxy, client, token: opened.token.clone(), opened }
    }

    async fn say(&mut self, name: &str, message: &str, expected: &str) -> (CaseResult, Value) {
        let id = Uuid::new_v4().to_string();
        let visit = Visit::send_message(&self.client, &self.token, &id, message).await;
        if let Some(token) = visit.done["token"].as_str() {
            token.clone_into(&mut self.token);
        }
        let mut feedback = json!({"message_id": id, "rating": "up"});
        for name in ["receipt", "turn", "head"] {
            feedback[name] = visit.done[name].clone();
        }
        let row = CaseResult::new(name, String::new(), visit.to_string(), visit.fault(&text(expected), &[]));
        (row, feedback)
    }

    async fn history(&self, method: Method) -> Response {
        self.client.history(method, &self.token, &self.opened.id).await
    }

    /// Checks the workflow's history, written as `role: content`.
    async fn remembers(&self, name: &str, expected: &[&str]) -> CaseResult {
        let answer = self.history(Method::GET).await;
        let status = answer.status();
        let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let history: Vec<String> =
            answer["messages"].as_array().into_iter().flatten().map(role_and_content).collect();
        let visitor = answer["code"].as_str().map_or(history.join(", "), str::to_owned);
        let fault = (history != expected).then(|| format!("{status}, wanted {expected:?}"));
        CaseResult::new(name, String::new(), visitor, fault)
    }
}

fn role_and_content(message: &Value) -> String {
    let of = |name: &str| message[name].as_str().unwrap_or_default();
    format!("{}: {}", of("role"), of("content"))
}

/// The status must be 204.
fn no_content(name: &str, answer: &Response) -> CaseResult {
    let status = answer.status();
    let fault = (status.as_u16() != 204).then(|| "wanted 204".to_owned());
    CaseResult::new(name, String::new(), status.to_string(), fault)
}

/// Runs the conversation of the example, then the histories of other workflows.
pub(crate) async fn run(env: &Environment<'_>) -> Vec<CaseResult> {
    let mut visitor = Visitor::open(env, "porthole-conversation", Auth::Jwt).await;
    let mut rows = vec![visitor.remembers("conversation: nothing yet", &[]).await];
    let (first, feedback) = visitor.say("conversation: a turn", "turns", "This is message 1").await;
    let (second, _) = visitor.say("conversation: another turn", "turns", "This is message 2").await;
    rows.extend([first, second]);
    let (user, one, two) = ("user: turns", "assistant: This is message 1", "assistant: This is message 2");
    rows.push(visitor.remembers("conversation: what was said", &[user, one, user, two]).await);
    let answer = visitor.client.feedback(&visitor.token, &feedback).await;
    rows.push(no_content("conversation: feedback", &answer));
    rows.push(no_content("conversation: forget", &visitor.history(Method::DELETE).await));
    rows.push(visitor.remembers("conversation: nothing more", &[]).await);
    let (after, _) = visitor.say("conversation: anew", "turns", "This is message 1").await;
    rows.push(after);
    rows.extend(chat_trigger(env).await);
    rows.push(unaware(env).await);
    rows
}

/// n8n's own memory behind its Chat Trigger.
async fn chat_trigger(env: &Environment<'_>) -> [CaseResult; 2] {
    let flow = Flow::chat("chat-memory", "lastNode", json!({"options": {"loadPreviousSession": "memory"}}));
    let flow =
        flow.agent("Agent", &json!({})).below("Agent", "ai_memory", memory()).also("Memory", "Chat Trigger");
    env.editor.publish(flow.into_json()).await;
    let mut visitor = Visitor::open(env, "chat-memory/chat", Auth::Nothing).await;
    let (turn, _) = visitor.say("history: a chat trigger's turn", "turns", "This is message 1").await;
    let said = ["user: turns", "assistant: This is message 1"];
    let history = visitor.remembers("history: a chat trigger's memory", &said).await;
    [turn, history]
}

/// A workflow that takes every action for a message.
async fn unaware(env: &Environment<'_>) -> CaseResult {
    let answer = respond("json", r#"{"output": "Hello"}"#, &json!({}));
    env.editor.publish(open("unaware", "responseNode").then(answer).into_json()).await;
    let visitor = Visitor::open(env, "unaware", Auth::Nothing).await;
    visitor.remembers("history: a workflow that knows no actions", &[]).await
}
