//! Tokens out of place: no token of a browser is a credential of a workflow, nor the other way round.

use porthole_tests::Client;
use porthole_tests::client::{Opened, json_of};
use porthole_tests::proxy::{EXPORT_SIGNING_KEY, Proxy};
use rcgen::KeyPair;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::case::{CaseResult, Environment, summary};
use crate::flow::{Flow, respond, set};
use crate::visit::Visit;

const ORIGIN: &str = "https://shop.example";

/// A JWT webhook, the proxy in front of it, and a visitor's turn.
struct Deployment {
    kind: &'static str,
    url: String,
    proxy: Proxy,
    client: Client,
    opened: Opened,
    message_id: String,
    turn: Visit,
}

/// A JWT webhook that answers with the token that it was shown.
fn telling(path: &str) -> Flow {
    let parameters = json!({"authentication": "jwtAuth", "options": {}});
    let token = "={{ JSON.stringify({ output: $json.headers.authorization.split(' ')[1] }) }}";
    let respond = respond("firstIncomingItem", "", &json!({}));
    Flow::hook(path, "responseNode", parameters).then(set(token)).then(respond)
}

impl Deployment {
    async fn new(
        env: &Environment<'_>,
        kind: &'static str,
        workflow: Value,
        settings: &[(&str, &str)],
    ) -> Self {
        let path = workflow["nodes"][0]["webhookId"].as_str().unwrap().to_owned();
        env.editor.publish(workflow).await;
        let url = env.url(&path);
        env.wait_for(&url).await;
        let usual = [
            ("N8N_WEBHOOK_URL", url.as_str()),
            ("ALLOWED_ORIGINS", ORIGIN),
            ("EXPORT_SIGNING_KEY", EXPORT_SIGNING_KEY),
        ];
        let proxy = Proxy::start(&[&usual, settings].concat());
        let client = Client::new(&proxy);
        let opened = client.create().await;
        let message_id = Uuid::new_v4().to_string();
        let turn = Visit::send_message(&client, &opened.token, &message_id, "hi").await;
        Self { kind, url, proxy, client, opened, message_id, turn }
    }

    /// Shows every token to the webhook, which takes that of the workflow alone.
    async fn at_the_webhook(&self, env: &Environment<'_>) -> Vec<CaseResult> {
        let mut rows = Vec::new();
        for (name, token, status) in [
            ("a workflow token", self.turn.text.as_str(), "200"),
            ("a session token", &self.opened.token, "403"),
            ("a sealed reply's token", self.of_done("token"), "403"),
            ("a frame ticket", &self.ticket().await, "403"),
            ("a signed transcript", &self.export().await, "403"),
            ("a receipt", self.of_done("receipt"), "403"),
        ] {
            let request = env.http.post(&self.url).bearer_auth(token);
            let n8n = summary(request.header("content-type", "application/json").body("{}")).await;
            let fault = (!n8n.starts_with(status)).then(|| format!("wanted {status}"));
            rows.push(CaseResult::new(&format!("{}: {name}", self.kind), n8n, String::new(), fault));
        }
        rows
    }

    fn of_done(&self, name: &str) -> &str {
        self.turn.done[name].as_str().unwrap_or_default()
    }

    async fn export(&self) -> String {
        let turn = json!({"id": self.message_id, "end": "complete", "user": "hi", "reply": self.turn.text});
        let body = json!({"transcript": {"turns": [turn]}});
        let export = self.client.post("/api/v1/chat/export", &body).bearer_auth(self.of_done("token"));
        let export = export.send().await.unwrap();
        assert_eq!(export.status(), StatusCode::OK);
        export.text().await.unwrap()
    }

    /// Returns the ticket of a chat document, once it has opened a session.
    async fn ticket(&self) -> String {
        let own = Client::with_origin(&self.proxy, self.proxy.origin());
        let frame = own.plain(Method::GET, &format!("/frame?origin={ORIGIN}"));
        let boot = frame.header("accept", "application/json").header("sec-fetch-site", "same-origin");
        let (_, boot) = json_of(boot.send().await.unwrap()).await;
        let ticket = boot["ticket"].as_str().unwrap().to_owned();
        let create = own.post("/api/v1/session/create", &json!({ "ticket": ticket }));
        assert_eq!(create.send().await.unwrap().status(), StatusCode::CREATED);
        ticket
    }

    /// Shows the workflow's token to every kind of call at the proxy.
    async fn at_the_proxy(&self) -> Vec<CaseResult> {
        let message = json!({"message_id": Uuid::new_v4().to_string(), "message": "hi"});
        let history = format!("/api/v1/chat/history/{}", self.opened.id);
        let mut rows = Vec::new();
        for (name, call) in [
            ("validate by a workflow token", self.client.request(Method::GET, "/api/v1/session/validate")),
            ("end by a workflow token", self.client.post("/api/v1/session/end", &json!({}))),
            ("a message by a workflow token", self.client.post("/api/v1/chat/message", &message)),
            ("history by a workflow token", self.client.request(Method::GET, &history)),
        ] {
            rows.push(refused(&format!("{}: {name}", self.kind), call, &self.turn.text).await);
        }
        rows.push(self.renewed().await);
        rows
    }

    async fn renewed(&self) -> CaseResult {
        let body = json!({"site": "default", "previous": self.turn.text});
        let created = self.client.post("/api/v1/session/create", &body).send().await.unwrap();
        let (_, created) = json_of(created).await;
        let is_same = created["session_id"] == self.opened.id;
        let fault = is_same.then(|| "the session goes on".to_owned());
        let name = format!("{}: previous is a workflow token", self.kind);
        CaseResult::new(&name, String::new(), "a new session".to_owned(), fault)
    }
}

/// Shows a token by both schemes, neither of which may open the call.
async fn refused(name: &str, call: RequestBuilder, token: &str) -> CaseResult {
    let mut codes = Vec::new();
    for scheme in ["Bearer", "DPoP"] {
        let call = call.try_clone().unwrap().header("authorization", format!("{scheme} {token}"));
        let (_, problem) = json_of(call.send().await.unwrap()).await;
        codes.push(problem["code"].as_str().unwrap_or_default().to_owned());
    }
    let fault = (codes != ["invalid_token"; 2]).then(|| "wanted invalid_token".to_owned());
    CaseResult::new(name, String::new(), codes.join(", "), fault)
}

pub(crate) async fn run(env: &Environment<'_>) -> Vec<CaseResult> {
    let by_secret = telling("tells-its-token").into_json();
    let key = KeyPair::generate().unwrap();
    let public = json!({"keyType": "pemKey", "publicKey": key.public_key_pem(), "algorithm": "ES256"});
    let mut by_key = telling("tells-its-es256-token").into_json();
    by_key["nodes"][0]["credentials"] = json!({"jwtAuth": env.editor.credential("jwtAuth", &public).await});
    let private = key.serialize_pem();
    let mut rows = Vec::new();
    for deployment in [
        Deployment::new(env, "HS256", by_secret, &[]).await,
        Deployment::new(env, "ES256", by_key, &[("WORKFLOW_SIGNING_KEY", &private)]).await,
    ] {
        rows.extend(deployment.at_the_webhook(env).await);
        rows.extend(deployment.at_the_proxy().await);
    }
    rows
}
