//! One case: a workflow, a message, and what must become of it.

use std::fmt;
use std::time::Duration;

use porthole_tests::proxy::SESSION_SECRET_KEY;
use porthole_tests::wait::TIMEOUT;
use porthole_tests::{Client, FakeUpstream, Proxy};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::editor::{BASIC, Editor, HEADER};
use crate::flow::Flow;
use crate::forged::Token;
use crate::visit::Visit;

/// The timeout for n8n's own answer, which sometimes never ends; the slowest takes half of it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(8);

/// A path that no workflow has.
pub(crate) const UNREGISTERED_PATH: &str = "nothing-here";

/// The credential that the proxy shows to the webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Auth {
    Jwt,
    Basic,
    Header,
    Nothing,
    /// By a wrong secret, password or value.
    Wrong(&'static str),
}

/// The reply that the visitor must get.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// A sealed reply of this text.
    Text(String),
    /// A problem of this code, before or after the first word.
    Code(&'static str),
}

/// A case.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) flow: Option<Flow>,
    /// The path of the webhook.
    pub(crate) path: String,
    pub(crate) auth: Auth,
    pub(crate) message: &'static str,
    pub(crate) expected: Expected,
    /// Steps and suggestions that must stand beside the text.
    pub(crate) extras: &'static [&'static str],
}

/// The result of a case.
#[derive(Debug)]
pub(crate) struct CaseResult {
    name: String,
    n8n: String,
    visitor: String,
    fault: Option<String>,
}

/// The n8n, its editor, and the model behind it.
pub(crate) struct Environment<'a> {
    pub(crate) address: String,
    pub(crate) editor: Editor,
    pub(crate) model: &'a FakeUpstream,
    pub(crate) http: reqwest::Client,
}

impl<'a> Environment<'a> {
    pub(crate) fn new(address: String, editor: Editor, model: &'a FakeUpstream) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { address, editor, model, http }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/webhook/{path}", self.address)
    }

    /// Publishes the workflows of all cases: n8n takes a moment to register what was published.
    pub(crate) async fn publish(&self, cases: &[Case]) {
        for flow in cases.iter().filter_map(|case| case.flow.clone()) {
            self.editor.publish(flow.into_json()).await;
        }
    }

    /// Asks the workflow directly and through the proxy, and compares the reply with the expected one.
    pub(crate) async fn run(&self, case: Case) -> CaseResult {
        let url = self.url(&case.path);
        if case.path != UNREGISTERED_PATH {
            self.wait_for(&url).await;
        }
        let n8n = self.ask_directly(&url, case.auth, case.message).await;
        let proxy = Self::proxy(&url, case.auth);
        let client = Client::new(&proxy);
        let token = client.create().await.token;
        let visit = Visit::send(&client, &token, case.message).await;
        CaseResult::new(case.name, n8n, visit.to_string(), visit.fault(&case.expected, case.extras))
    }

    /// A proxy in front of a webhook.
    pub(crate) fn proxy(url: &str, auth: Auth) -> Proxy {
        let (kind, settings): (_, &[(&str, &str)]) = match auth {
            Auth::Jwt => ("jwt", &[]),
            Auth::Basic => ("basic", &[("WEBHOOK_USER", BASIC.0), ("WEBHOOK_PASSWORD", BASIC.1)]),
            Auth::Header => ("header", &[("WEBHOOK_HEADER", HEADER.0), ("WEBHOOK_PASSWORD", HEADER.1)]),
            Auth::Nothing => ("none", &[]),
            Auth::Wrong("basic") => ("basic", &[("WEBHOOK_USER", BASIC.0), ("WEBHOOK_PASSWORD", "another")]),
            Auth::Wrong("header") => {
                ("header", &[("WEBHOOK_HEADER", HEADER.0), ("WEBHOOK_PASSWORD", "another")])
            }
            Auth::Wrong(_) => ("jwt", &[("SESSION_SECRET_KEY", "another-secret-than-the-one-that-n8n-has")]),
        };
        let all =
            [("N8N_WEBHOOK_URL", url), ("WEBHOOK_AUTH", kind), ("ALLOWED_ORIGINS", "https://shop.example")];
        Proxy::start(&[&all, settings].concat())
    }

    /// Waits until n8n knows the webhook.
    pub(crate) async fn wait_for(&self, url: &str) {
        let is_there = async {
            loop {
                let answer = self.http.get(url).send().await.unwrap();
                // Any other answer may never end.
                if answer.status() != StatusCode::NOT_FOUND {
                    return;
                }
                if !answer.text().await.unwrap().contains("The requested webhook") {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(TIMEOUT, is_there).await.unwrap_or_else(|_| panic!("n8n does not know {url}"));
    }

    async fn ask_directly(&self, url: &str, auth: Auth, message: &str) -> String {
        let body =
            json!({"action": "sendMessage", "sessionId": "direct", "chatInput": message, "metadata": {}});
        let request = self.http.post(url).header("content-type", "application/json").body(body.to_string());
        summary(authorised(request, auth, url)).await
    }
}

fn authorised(request: RequestBuilder, auth: Auth, url: &str) -> RequestBuilder {
    match auth {
        Auth::Jwt => request.bearer_auth(Token::fresh(url, "direct", "").signed(SESSION_SECRET_KEY)),
        Auth::Basic => request.basic_auth(BASIC.0, Some(BASIC.1)),
        Auth::Header => request.header(HEADER.0, HEADER.1),
        Auth::Nothing => request,
        Auth::Wrong("basic") => request.basic_auth(BASIC.0, Some("another")),
        Auth::Wrong("header") => request.header(HEADER.0, "another"),
        Auth::Wrong(_) => request.bearer_auth(Token::fresh(url, "direct", "").signed("another")),
    }
}

/// Summarizes n8n's answer in a few words.
pub(crate) async fn summary(request: RequestBuilder) -> String {
    let mut response = match timeout(ANSWER_TIMEOUT, request.send()).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => return "no answer".to_owned(),
        Err(_) => return "silence".to_owned(),
    };
    let (status, mut body) = (response.status().as_u16(), Vec::new());
    let whole = timeout(ANSWER_TIMEOUT, async {
        while let Ok(Some(bytes)) = response.chunk().await {
            body.extend(bytes);
        }
    });
    let end = if whole.await.is_ok() { "" } else { " (never ends)" };
    format!("{status} {}{end}", in_short(&String::from_utf8_lossy(&body)))
}

/// Lines by their kinds, anything else by its beginning.
fn in_short(body: &str) -> String {
    let kind = |line: &str| -> Option<String> {
        let line: Value = serde_json::from_str(line).ok()?;
        Some(line["type"].as_str()?.to_owned())
    };
    let kinds: Option<Vec<String>> = body.lines().map(kind).collect();
    match kinds {
        Some(kinds) if !kinds.is_empty() => counted(&kinds),
        _ => cut(body, 34),
    }
}

fn counted(kinds: &[String]) -> String {
    let groups = kinds.chunk_by(|a, b| a == b).map(|group| match group.len() {
        1 => group[0].clone(),
        count => format!("{count} {}", group[0]),
    });
    cut(&groups.collect::<Vec<_>>().join(" "), 60)
}

pub(crate) fn cut(text: &str, chars: usize) -> String {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= chars {
        return text;
    }
    text.chars().take(chars).chain(['…']).collect()
}

impl CaseResult {
    /// Prints the row at once, for the whole takes minutes.
    pub(crate) fn new(name: &str, n8n: String, visitor: String, fault: Option<String>) -> Self {
        let row = Self { name: name.to_owned(), n8n, visitor, fault };
        println!("{row}");
        row
    }

    /// The names of the columns.
    pub(crate) fn head() -> String {
        format!("{:44} {:52} {:52} result", "case", "what n8n did", "what the visitor got")
    }

    /// Returns `true` where everything was as it must be.
    pub(crate) const fn is_ok(&self) -> bool {
        self.fault.is_none()
    }
}

impl fmt::Display for CaseResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:44} {:52} {:52} ", self.name, self.n8n, self.visitor)?;
        match &self.fault {
            None => f.write_str("ok"),
            Some(fault) => write!(f, "FAIL: {fault}"),
        }
    }
}
