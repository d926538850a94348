//! Tokens out of place: no token of a browser is a credential of a workflow, nor the other way round.

use porthole_tests::Client;
use porthole_tests::client::json_of;
use porthole_tests::proxy::Proxy;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::case::{Auth, CaseResult, Environment, summary};
use crate::flow::{Flow, respond, set};
use crate::visit::Visit;

const PATH: &str = "tells-its-token";

/// A JWT webhook that answers with the token that it was shown.
fn telling() -> Flow {
    let parameters = json!({"authentication": "jwtAuth", "options": {}});
    let token = "={{ JSON.stringify({ output: $json.headers.authorization.split(' ')[1] }) }}";
    let respond = respond("firstIncomingItem", "", &json!({}));
    Flow::hook(PATH, "responseNode", parameters).then(set(token)).then(respond)
}

pub(crate) async fn run(env: &Environment<'_>) -> Vec<CaseResult> {
    env.editor.publish(telling().into_json()).await;
    let url = env.url(PATH);
    env.wait_for(&url).await;
    let proxy = Environment::proxy(&url, Auth::Jwt);
    let client = Client::new(&proxy);
    let opened = client.create().await;
    let visit = Visit::send(&client, &opened.token, "hi").await;
    let sealed = visit.done["token"].as_str().unwrap_or_default();
    let mut rows = Vec::new();
    for (name, token, status) in [
        ("credential: a workflow token", visit.text.as_str(), "200"),
        ("credential: a session token", &opened.token, "403"),
        ("credential: a sealed reply's token", sealed, "403"),
        ("credential: a frame ticket", &ticket(&proxy, &client).await, "403"),
        ("credential: a receipt", visit.done["receipt"].as_str().unwrap_or_default(), "403"),
    ] {
        let request = env.http.post(&url).bearer_auth(token).header("content-type", "application/json");
        let n8n = summary(request.body("{}")).await;
        let fault = (!n8n.starts_with(status)).then(|| format!("wanted {status}"));
        rows.push(CaseResult::new(name, n8n, String::new(), fault));
    }
    rows.extend(at_the_proxy(&client, &visit.text, &opened.id).await);
    rows
}

/// The ticket of a chat document.
async fn ticket(proxy: &Proxy, client: &Client) -> String {
    let own = Client::with_origin(proxy, proxy.origin());
    let request = own.plain(Method::GET, &format!("/frame?origin={}", "https://shop.example"));
    let boot = request.header("accept", "application/json").header("sec-fetch-site", "same-origin");
    let (_, boot) = json_of(boot.send().await.unwrap()).await;
    let ticket = boot["ticket"].as_str().unwrap().to_owned();
    // It is the real one: it opens a session.
    let created = own.post("/api/v1/session/create", &json!({ "ticket": ticket })).send().await.unwrap();
    assert_eq!(created.status(), StatusCode::CREATED, "{client:?}");
    ticket
}

/// Shows a workflow token to every call of a session.
async fn at_the_proxy(client: &Client, token: &str, session: &str) -> Vec<CaseResult> {
    let message = json!({"message_id": Uuid::new_v4().to_string(), "message": "hi"});
    let mut rows = Vec::new();
    for (name, call) in [
        ("credential: validate by a workflow token", client.request(Method::GET, "/api/v1/session/validate")),
        ("credential: end by a workflow token", client.post("/api/v1/session/end", &json!({}))),
        ("credential: a message by a workflow token", client.post("/api/v1/chat/message", &message)),
        (
            "credential: history by a workflow token",
            client.request(Method::GET, &format!("/api/v1/chat/history/{session}")),
        ),
    ] {
        rows.push(refused(name, call.bearer_auth(token)).await);
    }
    let body = json!({"site": "default", "previous": token});
    let (_, created) = json_of(client.post("/api/v1/session/create", &body).send().await.unwrap()).await;
    let fault = (created["session_id"] == session).then(|| "the session goes on".to_owned());
    rows.push(CaseResult::new(
        "credential: previous is a workflow token",
        String::new(),
        "a new session".to_owned(),
        fault,
    ));
    rows
}

async fn refused(name: &str, call: RequestBuilder) -> CaseResult {
    let (status, problem): (StatusCode, Value) = json_of(call.send().await.unwrap()).await;
    let code = problem["code"].as_str().unwrap_or_default().to_owned();
    let fault = (code != "invalid_token").then(|| format!("{status}, wanted invalid_token"));
    CaseResult::new(name, String::new(), code, fault)
}
