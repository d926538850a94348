//! A proxy as it stands on the internet, a workflow behind it, and a front end on a listed page.

use porthole_protocol::message::ReplyDocument;
use porthole_protocol::sse::Frame;
use porthole_tests::client::{Events, Opened, json_data, text_of};
use porthole_tests::proxy::{JWT_SECRET_KEY, SESSION_SECRET_KEY};
use porthole_tests::{Client, FakeUpstream, Proxy, Script};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// The address at which browsers reach the proxy.
pub(crate) const PUBLIC_URL: &str = "https://chat.example.com";
/// A host below the listed wildcard.
pub(crate) const BELOW_WILDCARD: &str = "https://a.wild.example";

/// Production rules, with the limits off that tests of other things would meet.
pub(crate) const PRODUCTION: &[(&str, &str)] = &[
    ("DEBUG", "false"),
    ("PUBLIC_URL", PUBLIC_URL),
    ("ALLOWED_ORIGINS", "https://shop.example, https://*.wild.example, http://local.example:8080"),
    ("RATE_LIMIT_SESSION_PER_MINUTE", "0"),
    ("RATE_LIMIT_ACTIONS_PER_MINUTE", "0"),
    ("RATE_LIMIT_PER_MINUTE", "0"),
    ("RATE_LIMIT_PER_HOUR", "0"),
    ("RATE_LIMIT_SITE_PER_MINUTE", "0"),
    ("RATE_LIMIT_CREATE_PER_MINUTE", "0"),
    ("RATE_LIMIT_CALLS_PER_MINUTE", "0"),
    ("MAX_STREAMS_PER_ADDRESS", "0"),
    ("MAX_STREAMS_PER_SITE", "0"),
    ("UPSTREAM_CONCURRENCY", "0"),
    ("JWT_SECRET_KEY", JWT_SECRET_KEY),
    ("SESSION_SECRET_KEY", SESSION_SECRET_KEY),
];

/// Everything that a test of the API needs.
pub(crate) struct Fixture {
    pub(crate) upstream: FakeUpstream,
    pub(crate) proxy: Proxy,
    pub(crate) client: Client,
}

impl Fixture {
    /// A workflow that always plays this script.
    pub(crate) fn with(script: Script) -> Self {
        Self::new(FakeUpstream::always(script), &[])
    }

    /// A workflow that answers `ok`.
    pub(crate) fn plain() -> Self {
        Self::with(ok())
    }

    pub(crate) fn new(upstream: FakeUpstream, settings: &[(&str, &str)]) -> Self {
        let proxy = production(&upstream.url(), settings);
        Self { client: Client::new(&proxy), upstream, proxy }
    }

    /// Two models behind an interface like OpenAI's.
    pub(crate) fn of_models(upstream: FakeUpstream, settings: &[(&str, &str)]) -> Self {
        let base = upstream.url().replace("/webhook/chat", "/v1");
        let models = [
            ("N8N_WEBHOOK_URL", ""),
            ("OPENAI_BASE_URL", &base),
            ("OPENAI_MODELS", "small, large=The large one"),
        ];
        Self::new(upstream, &[&models, settings].concat())
    }

    /// Returns the number of calls of the workflow.
    pub(crate) fn calls(&self) -> usize {
        self.upstream.requests().len()
    }

    /// Opens a session, sends one message, and reads its whole reply.
    pub(crate) async fn ask(&self, message: &str) -> Vec<Frame> {
        let token = self.client.create().await.token;
        whole(self.client.send(&token, &id(), message).await).await
    }
}

/// A proxy with production rules in front of a webhook.
pub(crate) fn production(webhook: &str, settings: &[(&str, &str)]) -> Proxy {
    Proxy::start(&[PRODUCTION, &[("N8N_WEBHOOK_URL", webhook)], settings].concat())
}

/// The shortest answer of a workflow.
pub(crate) fn ok() -> Script {
    Script::whole(200, "application/json", r#"{"output":"ok"}"#)
}

/// A line of n8n's stream with text.
pub(crate) fn item(text: &str) -> String {
    format!("{}\n", json!({ "type": "item", "content": text }))
}

/// A fresh message id.
pub(crate) fn id() -> String {
    Uuid::new_v4().to_string()
}

/// A message that nothing is wrong with.
pub(crate) fn message() -> Value {
    json!({ "message_id": id(), "message": "hi" })
}

/// Reads a stream to its end.
pub(crate) async fn whole(response: Response) -> Vec<Frame> {
    let frames = Events::from_response(response).await.rest().await;
    assert_whole(&frames);
    frames
}

/// Checks that ids run from 0 without gaps, that `start` comes first, and that the one terminal event is the last.
pub(crate) fn assert_whole(frames: &[Frame]) {
    assert_eq!(frames.first().map(|frame| frame.event.as_str()), Some("start"), "{frames:?}");
    for (at, frame) in frames.iter().enumerate() {
        assert_eq!(frame.id, at.to_string(), "{frames:?}");
        let is_terminal = matches!(frame.event.as_str(), "done" | "error");
        assert_eq!(is_terminal, at + 1 == frames.len(), "{frames:?}");
    }
}

/// The text of a reply that was sealed.
pub(crate) fn sealed_text(frames: &[Frame]) -> String {
    let last = frames.last().unwrap();
    assert_eq!(last.event, "done", "{frames:?}");
    text_of(frames)
}

/// The token that a sealed reply mints.
pub(crate) fn next_token(frames: &[Frame]) -> String {
    let done = frames.last().unwrap();
    assert_eq!(done.event, "done", "{frames:?}");
    json_data(done)["token"].as_str().unwrap().to_owned()
}

/// The code in the terminal `error` event of a reply.
pub(crate) fn error_code(frames: &[Frame]) -> String {
    let last = frames.last().unwrap();
    assert_eq!(last.event, "error", "{frames:?}");
    json_data(last)["code"].as_str().unwrap().to_owned()
}

/// A refusal as every one must be: problem+json whose members agree with the header; returns status and code.
pub(crate) async fn refusal(response: Response) -> (StatusCode, String) {
    let (status, body) = problem(response).await;
    (status, body["code"].as_str().unwrap().to_owned())
}

/// The whole problem of a refusal.
pub(crate) async fn problem(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    let (media_type, request_id, wait) =
        (header("content-type"), header("x-request-id"), header("retry-after"));
    let text = response.text().await.unwrap();
    assert_eq!(media_type.as_deref(), Some("application/problem+json"), "{status} {text}");
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(body["status"], status.as_u16(), "{body}");
    assert_eq!(body["request_id"].as_str(), request_id.as_deref(), "{body}");
    assert_eq!(body["retry_after"].as_u64().map(|it| it.to_string()), wait, "{body}");
    (status, body)
}

/// Opens a session and sends it a first message.
pub(crate) async fn first_turn(client: &Client) -> (Opened, Vec<Frame>) {
    let opened = client.create().await;
    let frames = whole(client.send(&opened.token, &id(), "first").await).await;
    (opened, frames)
}

/// The frames of a stream, or the code of the problem that was answered instead.
pub(crate) async fn stream_or_problem(response: Response) -> Result<Vec<Frame>, String> {
    if response.status() == StatusCode::OK {
        Ok(whole(response).await)
    } else {
        Err(refusal(response).await.1)
    }
}

/// The text of a whole reply as JSON, or the code of the problem that was answered instead.
pub(crate) async fn json_or_problem(response: Response) -> Result<String, String> {
    if response.status() == StatusCode::OK {
        let reply: ReplyDocument = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        Ok(reply.text)
    } else {
        Err(refusal(response).await.1)
    }
}

/// The code of a reply that fails, before its first byte or after.
pub(crate) async fn failure(response: Response) -> String {
    match stream_or_problem(response).await {
        Ok(frames) => error_code(&frames),
        Err(code) => code,
    }
}

/// Everything of an answer but what names the request, see [`anonymous`].
pub(crate) async fn bytes_of(response: Response) -> String {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    anonymous(status, headers, &response.text().await.unwrap())
}

/// An answer without its time and without what names its request, which the body may name as well.
pub(crate) fn anonymous<'a>(
    status: u16,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    body: &str,
) -> String {
    // A nonce is of its minute.
    let is_timed = |name: &str| matches!(name, "date" | "dpop-nonce");
    let mut headers: Vec<(&str, &str)> = headers.filter(|(name, _)| !is_timed(name)).collect();
    headers.sort_unstable();
    let (_, id) = headers.iter().find(|(name, _)| *name == "x-request-id").unwrap();
    let lines = headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let head = lines.collect::<Vec<_>>().join("\n");
    format!("{status}\n{head}\n\n{body}").replace(id, "…")
}
