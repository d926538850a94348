//! Workflows without a memory: they live from the history that each message brings and the proxy has verified.

use porthole_tests::client::Events;
use porthole_tests::{Client, Proxy};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answers::text;
use crate::case::{CaseResult, Environment};
use crate::examples::example;
use crate::visit::Visit;

const AGENT: &str = "porthole-history";
const MESSAGES: &str = "porthole-messages";

/// A browser that keeps its conversation, as a proxy with `MEMORY=transcript` wants it.
struct Transcriber {
    _proxy: Proxy,
    client: Client,
    token: String,
    turns: Vec<Value>,
}

impl Transcriber {
    async fn open(env: &Environment<'_>, path: &str) -> Self {
        let url = env.url(path);
        env.wait_for(&url).await;
        let proxy = Proxy::start(&[
            ("N8N_WEBHOOK_URL", &url),
            ("ALLOWED_ORIGINS", "https://shop.example"),
            ("MEMORY", "transcript"),
        ]);
        let client = Client::new(&proxy);
        let token = client.create().await.token;
        Self { _proxy: proxy, client, token, turns: Vec::new() }
    }

    /// A message that follows the first `keep` turns.
    fn message(&self, said: &str, keep: usize) -> Value {
        let transcript = json!({"turns": self.turns, "keep": keep});
        json!({"message_id": Uuid::new_v4().to_string(), "message": said, "transcript": transcript})
    }

    fn seal(&mut self, message: &Value, keep: usize, visit: &Visit) {
        let Some(token) = visit.done["token"].as_str() else { return };
        token.clone_into(&mut self.token);
        self.turns.truncate(keep);
        self.turns.push(json!({
            "id": message["message_id"], "end": visit.done["end"],
            "user": message["message"], "reply": visit.text,
        }));
    }

    async fn say_after(&mut self, keep: usize, name: &str, said: &str, expected: &str) -> CaseResult {
        let message = self.message(said, keep);
        let visit = Visit::send_body(&self.client, &self.token, &message).await;
        self.seal(&message, keep, &visit);
        CaseResult::new(name, String::new(), visit.to_string(), visit.fault(&text(expected), &[]))
    }

    async fn say(&mut self, name: &str, said: &str, expected: &str) -> CaseResult {
        self.say_after(self.turns.len(), name, said, expected).await
    }

    /// Stops the reply at its first words.
    async fn stop(&mut self, name: &str, said: &str, expected: &str) -> CaseResult {
        let message = self.message(said, self.turns.len());
        let sent = self.client.send_as("text/event-stream", &self.token, &message).await;
        let mut events = Events::from_response(sent).await;
        let mut frames = vec![events.next().await.unwrap(), events.next().await.unwrap()];
        self.client.stop(&self.token, message["message_id"].as_str().unwrap()).await;
        frames.extend(events.rest().await);
        let visit = Visit::from_frames(&frames);
        self.seal(&message, self.turns.len(), &visit);
        CaseResult::new(name, String::new(), visit.to_string(), visit.fault(&text(expected), &[]))
    }
}

/// The stub's reply to the prompt that the agent's example makes of a history.
fn echo_after(history: &str, said: &str) -> String {
    format!(
        "Echo: The conversation so far, as JSON. The visitor has read `partial` answers only up to where they end.\n\
         {history}\n\nThe visitor's new message:\n{said}"
    )
}

pub(crate) async fn run(env: &Environment<'_>) -> Vec<CaseResult> {
    for name in ["history-agent", "history-messages"] {
        env.editor.publish(example(name)).await;
    }
    let mut rows = agent(env).await;
    rows.extend(messages(env).await);
    rows
}

async fn agent(env: &Environment<'_>) -> Vec<CaseResult> {
    let mut browser = Transcriber::open(env, AGENT).await;
    // Braces and quotes are signs of n8n's expressions and of its prompts.
    let odd = r#"{{ $json }} {input} "so""#;
    let first = browser.say("transcript: an agent's first turn", odd, &format!("Echo: {odd}")).await;
    let told = r#"[{"role":"user","content":"{{ $json }} {input} \"so\""},{"role":"assistant","content":"Echo: {{ $json }} {input} \"so\""}]"#;
    let second = browser.say("transcript: an agent is told of it", "again", &echo_after(told, "again")).await;
    let mut browser = Transcriber::open(env, AGENT).await;
    let stopped = browser.stop("transcript: a stopped turn", "silent", "Wait").await;
    let half = r#"[{"role":"user","content":"silent"},{"role":"assistant","content":"Wait","partial":true}]"#;
    let after = browser.say("transcript: it is partial", "go on", &echo_after(half, "go on")).await;
    vec![first, second, stopped, after]
}

async fn messages(env: &Environment<'_>) -> Vec<CaseResult> {
    let mut browser = Transcriber::open(env, MESSAGES).await;
    let before = "\n\nBefore, you wrote “hi”, and read “Your message 1: **hi**”.";
    let edited = format!("You changed what you wrote. Your message 2: **less**{before}");
    let after = "Your message 3: **on**\n\nBefore, you wrote “less”, and read “You changed what you wrote. \
                 Your message 2: **less**”.";
    vec![
        browser.say("transcript: messages of a first turn", "hi", "Your message 1: **hi**").await,
        browser
            .say("transcript: messages of two", "more", &format!("Your message 2: **more**{before}"))
            .await,
        browser.say_after(1, "transcript: an edited message", "less", &edited).await,
        browser.say("transcript: on that branch", "on", after).await,
    ]
}
