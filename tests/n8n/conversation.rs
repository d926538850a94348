//! What the proxy asks of a workflow beside messages: what was said, that it forget, what a visitor thinks.

use porthole_tests::client::Opened;
use porthole_tests::{Client, Proxy};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answers::{open, text};
use crate::case::{Auth, CaseResult, Lab};
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
    async fn of(lab: &Lab<'_>, path: &str, auth: Auth) -> Self {
        let url = lab.url(path);
        lab.wait_for(&url).await;
        let proxy = Lab::proxy(&url, auth);
        let client = Client::new(&proxy);
        let opened = client.create().await;
        Self {
            _proxy: proxy,
            client,
            token: opened.token.clone(),
            opened,
        }
    }

    async fn say(&mut self, name: &str, message: &str, want: &str) -> (CaseResult, Value) {
        let id = Uuid::new_v4().to_string();
        let visit = Visit::of_message(&self.client, &self.token, &id, message).await;
        if let Some(token) = visit.done["token"].as_str() {
            token.clone_into(&mut self.token);
        }
        let mut feedback = json!({"message_id": id, "rating": "up"});
        for name in ["receipt", "turn", "head"] {
            feedback[name] = visit.done[name].clone();
        }
        let row = CaseResult::new(
            name,
            String::new(),
            visit.to_string(),
            visit.wrong(&text(want), &[]),
        );
        (row, feedback)
    }

    async fn history(&self, method: Method) -> Response {
        self.client.history(method, &self.token, &self.opened.id).await
    }

    /// What the workflow remembers must be this, written as `role: content`.
    async fn remembers(&self, name: &str, want: &[&str]) -> CaseResult {
        let answer = self.history(Method::GET).await;
        let status = answer.status();
        let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let told: Vec<String> = answer["messages"]
            .as_array()
            .into_iter()
            .flatten()
            .map(said)
            .collect();
        let visitor = answer["code"].as_str().map_or(told.join(", "), str::to_owned);
        let wrong = (told != want).then(|| format!("{status}, wanted {want:?}"));
        CaseResult::new(name, String::new(), visitor, wrong)
    }
}

fn said(message: &Value) -> String {
    let of = |name: &str| message[name].as_str().unwrap_or_default();
    format!("{}: {}", of("role"), of("content"))
}

/// The status must be 204.
fn no_content(name: &str, answer: &Response) -> CaseResult {
    let status = answer.status();
    let wrong = (status.as_u16() != 204).then(|| "wanted 204".to_owned());
    CaseResult::new(name, String::new(), status.to_string(), wrong)
}

/// Runs the conversation of the example, then the histories of other workflows.
pub(crate) async fn run(lab: &Lab<'_>) -> Vec<CaseResult> {
    let mut visitor = Visitor::of(lab, "porthole-conversation", Auth::Jwt).await;
    let mut rows = vec![visitor.remembers("conversation: nothing yet", &[]).await];
    let (first, feedback) = visitor
        .say("conversation: a turn", "turns", "This is message 1")
        .await;
    let (second, _) = visitor
        .say("conversation: another turn", "turns", "This is message 2")
        .await;
    rows.extend([first, second]);
    let (user, one, two) = (
        "user: turns",
        "assistant: This is message 1",
        "assistant: This is message 2",
    );
    rows.push(
        visitor
            .remembers("conversation: what was said", &[user, one, user, two])
            .await,
    );
    let answer = visitor.client.feedback(&visitor.token, &feedback).await;
    rows.push(no_content("conversation: feedback", &answer));
    rows.push(no_content(
        "conversation: forget",
        &visitor.history(Method::DELETE).await,
    ));
    rows.push(visitor.remembers("conversation: nothing more", &[]).await);
    let (after, _) = visitor
        .say("conversation: anew", "turns", "This is message 1")
        .await;
    rows.push(after);
    rows.extend(chat_trigger(lab).await);
    rows.push(unaware(lab).await);
    rows
}

/// n8n's own memory behind its Chat Trigger.
async fn chat_trigger(lab: &Lab<'_>) -> [CaseResult; 2] {
    let flow = Flow::chat(
        "chat-memory",
        "lastNode",
        json!({"options": {"loadPreviousSession": "memory"}}),
    );
    let flow = flow
        .agent("Agent", &json!({}))
        .below("Agent", "ai_memory", memory())
        .also("Memory", "Chat Trigger");
    lab.editor.publish(flow.into_json()).await;
    let mut visitor = Visitor::of(lab, "chat-memory/chat", Auth::Nothing).await;
    let (turn, _) = visitor
        .say("history: a chat trigger's turn", "turns", "This is message 1")
        .await;
    let said = ["user: turns", "assistant: This is message 1"];
    let told = visitor.remembers("history: a chat trigger's memory", &said).await;
    [turn, told]
}

/// A workflow that takes every action for a message.
async fn unaware(lab: &Lab<'_>) -> CaseResult {
    let answer = respond("json", r#"{"output": "Hello"}"#, &json!({}));
    lab.editor
        .publish(open("unaware", "responseNode").then(answer).into_json())
        .await;
    let visitor = Visitor::of(lab, "unaware", Auth::Nothing).await;
    visitor
        .remembers("history: a workflow that knows no actions", &[])
        .await
}
