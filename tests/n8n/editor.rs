//! n8n's editor, by the calls that it makes: credentials, import, publishing.

use porthole_tests::client::json_of;
use porthole_tests::proxy::SESSION_SECRET_KEY;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// The name and the password of the HTTP Basic credential.
pub(crate) const BASIC: (&str, &str) = ("shop", "a-password-for-tests");
/// The header and its value of the Header Auth credential.
pub(crate) const HEADER: (&str, &str) = ("X-Shop-Key", "a-value-for-tests");

/// n8n's owner, signed in.
#[derive(Debug)]
pub(crate) struct Editor {
    http: Client,
    address: String,
    cookie: String,
    /// Credentials by their type, as nodes name them.
    credentials: Value,
}

impl Editor {
    /// Makes the owner of a fresh n8n, and the credentials; `model` is where the language model answers.
    pub(crate) async fn open(address: String, model: &str) -> Self {
        let mut editor = Self {
            http: Client::builder().no_proxy().build().unwrap(),
            address,
            cookie: String::new(),
            credentials: json!({}),
        };
        editor.sign_up().await;
        for (kind, data) in [
            ("jwtAuth", json!({"keyType": "passphrase", "secret": SESSION_SECRET_KEY, "algorithm": "HS256"})),
            ("httpBasicAuth", json!({"user": BASIC.0, "password": BASIC.1})),
            ("httpHeaderAuth", json!({"name": HEADER.0, "value": HEADER.1})),
            ("openAiApi", json!({"apiKey": "sk-none", "url": model})),
        ] {
            editor.credentials[kind] = editor.credential(kind, &data).await;
        }
        editor
    }

    /// Makes a credential, and returns it as nodes name it.
    pub(crate) async fn credential(&self, kind: &str, data: &Value) -> Value {
        let body = json!({"name": kind, "type": kind, "data": data});
        let made = self.call(Method::POST, "credentials", &body).await;
        json!({"id": made["id"], "name": kind})
    }

    async fn sign_up(&mut self) {
        let owner = json!({
            "email": "owner@example.org", "firstName": "Test", "lastName": "Owner", "password": "OnlyForTests1",
        });
        let request = self.request(Method::POST, "owner/setup").body(owner.to_string());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "n8n's owner");
        let cookies = response.headers().get_all("set-cookie").iter();
        let pairs = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        self.cookie = pairs.collect::<Vec<_>>().join("; ");
    }

    /// Imports a workflow and publishes it; returns its id.
    pub(crate) async fn publish(&self, workflow: Value) -> String {
        let workflow = self.with_credentials(workflow);
        let made = self.call(Method::POST, "workflows", &workflow).await;
        let id = made["id"].as_str().unwrap().to_owned();
        let version = json!({"versionId": made["versionId"]});
        self.call(Method::POST, &format!("workflows/{id}/activate"), &version).await;
        id
    }

    /// Chooses the credentials that an imported workflow asks for and does not have.
    fn with_credentials(&self, mut workflow: Value) -> Value {
        for node in workflow["nodes"].as_array_mut().unwrap() {
            let kind = match (node["type"].as_str().unwrap(), &node["parameters"]["authentication"]) {
                ("@n8n/n8n-nodes-langchain.lmChatOpenAi", _) => "openAiApi",
                (_, auth) => match auth.as_str() {
                    Some("jwtAuth") => "jwtAuth",
                    Some("basicAuth") => "httpBasicAuth",
                    Some("headerAuth") => "httpHeaderAuth",
                    _ => continue,
                },
            };
            if node["credentials"].is_null() {
                node["credentials"] = json!({kind: self.credentials[kind]});
            }
            if kind == "openAiApi" {
                node["parameters"]["options"]["maxRetries"] = json!(0);
            }
        }
        workflow["active"] = json!(false);
        workflow
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.request(method, path).body(body.to_string());
        let (status, mut answer) = json_of(request.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::OK, "n8n: {path}: {answer}");
        answer["data"].take()
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}/rest/{path}", self.address))
            .header("content-type", "application/json")
            .header("browser-id", "tests")
            .header("cookie", &self.cookie)
    }
}
