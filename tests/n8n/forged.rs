//! The verifying workflow against calls that the proxy never made.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{EncodingKey, Header, encode};
use porthole_domain::message::MessageText;
use porthole_domain::workflow::message_hash;
use porthole_tests::Client;
use porthole_tests::proxy::SESSION_SECRET_KEY;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answers::text;
use crate::case::{Auth, CaseResult, Environment, summary};
use crate::visit::Visit;

const PATH: &str = "porthole-verified";
const SESSION: &str = "a-session";
const SAID: &str = "let me in";

/// A workflow token, to be forged claim by claim.
#[derive(Clone, Debug)]
pub(crate) struct Token(Value);

impl Token {
    /// As the proxy mints it.
    pub(crate) fn fresh(audience: &str, session: &str, said: &str) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let hash = MessageText::parse(said, 4_000).map(|said| message_hash(&said));
        Self(json!({
            "iss": "https://chat.example.com", "aud": audience, "sub": session, "jti": Uuid::new_v4().to_string(),
            "iat": now, "exp": now + 30, "site": "default", "origin": "https://shop.example", "turn": 1,
            "mid": Uuid::new_v4().to_string(), "mh": hash.unwrap_or_default(),
        }))
    }

    /// With another claim.
    fn with(mut self, claim: &str, value: Value) -> Self {
        self.0[claim] = value;
        self
    }

    /// Without a claim.
    fn without(mut self, claim: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(claim);
        self
    }

    /// The compact form.
    pub(crate) fn signed(&self, secret: &str) -> String {
        encode(&Header::default(), &self.0, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    }
}

/// A call of the verifying workflow, as the proxy would send it until something is changed.
#[derive(Clone, Debug)]
struct Call {
    token: Token,
    secret: &'static str,
    body: Value,
    key: Value,
}

impl Call {
    fn fresh(env: &Environment<'_>) -> Self {
        let token = Token::fresh(&env.url(PATH), SESSION, SAID);
        Self {
            key: token.0["mid"].clone(),
            token,
            secret: SESSION_SECRET_KEY,
            body: json!({
                "action": "sendMessage", "sessionId": SESSION, "chatInput": SAID, "metadata": {"attempt": 1},
            }),
        }
    }

    fn with_token(env: &Environment<'_>, change: impl FnOnce(Token) -> Token) -> Self {
        let call = Self::fresh(env);
        Self { token: change(call.token), ..call }
    }

    fn with_body(env: &Environment<'_>, member: &str, value: Value) -> Self {
        let mut call = Self::fresh(env);
        call.body[member] = value;
        call
    }

    /// Sends it past the proxy; returns what n8n did, and how often that asked the model.
    async fn send(&self, env: &Environment<'_>) -> (String, usize) {
        let before = env.model.requests().len();
        let request = env
            .http
            .post(env.url(PATH))
            .bearer_auth(self.token.signed(self.secret))
            .header("content-type", "application/json")
            .header("idempotency-key", self.key.as_str().unwrap())
            .body(self.body.to_string());
        let n8n = summary(request).await;
        (n8n, env.model.requests().len() - before)
    }
}

/// Tokens that are replayed, or of a later attempt, depend on the calls before.
pub(crate) async fn run(env: &Environment<'_>) -> Vec<CaseResult> {
    let mut rows = vec![through_the_proxy(env).await];
    let past = json!(1_700_000_000);
    let first = Call::fresh(env);
    let mut second_run = first.clone();
    second_run.token = second_run.token.with("jti", json!("another"));
    let mut later = second_run.clone();
    later.token = later.token.with("jti", json!("a third"));
    later.body["metadata"]["attempt"] = json!(2);
    let mut replayed_as_later = first.clone();
    replayed_as_later.body["metadata"]["attempt"] = json!(3);
    let mut other_secret = Call::fresh(env);
    other_secret.secret = "another-secret-than-the-one-that-n8n-has";
    let mut other_key = Call::fresh(env);
    other_key.key = json!("another-key");
    for (name, call, runs) in [
        ("verify: as signed", first.clone(), 1),
        ("verify: the same call again", first, 0),
        ("verify: again, as another attempt", replayed_as_later, 0),
        ("verify: a second run of the message", second_run, 0),
        ("verify: a later attempt, with its own token", later, 1),
        ("verify: another secret", other_secret, 0),
        ("verify: expired", Call::with_token(env, |token| token.with("exp", past)), 0),
        (
            "verify: another audience",
            Call::with_token(env, |token| token.with("aud", json!("https://b.example/webhook/x"))),
            0,
        ),
        ("verify: no audience", Call::with_token(env, |token| token.without("aud")), 0),
        ("verify: another text", Call::with_body(env, "chatInput", json!("let them in")), 0),
        ("verify: another session", Call::with_body(env, "sessionId", json!("theirs")), 0),
        ("verify: another Idempotency-Key", other_key, 0),
        ("verify: no mid, no mh", Call::with_token(env, |token| token.without("mid").without("mh")), 0),
        ("verify: a message's token for another action", Call::with_body(env, "action", json!("forget")), 0),
    ] {
        let (n8n, ran) = call.send(env).await;
        let fault = (ran != runs).then(|| format!("the model was asked {ran} times"));
        let said = if ran == 0 { "nobody was asked" } else { "the model answered" };
        rows.push(CaseResult::new(name, n8n, said.to_owned(), fault));
    }
    rows
}

/// Two messages of one visitor must pass.
async fn through_the_proxy(env: &Environment<'_>) -> CaseResult {
    let proxy = Environment::proxy(&env.url(PATH), Auth::Jwt);
    let client = Client::new(&proxy);
    let opened = client.create().await.token;
    let first = Visit::send(&client, &opened, "hi").await;
    let second = Visit::send(&client, first.done["token"].as_str().unwrap_or(&opened), "hi").await;
    let fault = first.fault(&text("Echo: hi"), &[]).or_else(|| second.fault(&text("Echo: hi"), &[]));
    CaseResult::new("example: verified agent, twice", String::new(), format!("{first}, {second}"), fault)
}
