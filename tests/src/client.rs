//! The HTTP API as a custom front end uses it.

use std::collections::VecDeque;

use porthole_protocol::path;
use porthole_protocol::sse::{EventReader, Frame};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::proxy::Proxy;
use crate::wait::TIMEOUT;

/// The origin of a page that tests put on the list.
pub const ORIGIN: &str = "https://shop.example";

/// A front end on a page of one origin.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    origin: String,
}

/// An open session.
#[derive(Clone, Debug)]
pub struct Opened {
    /// UUID of the session.
    pub id: String,
    /// The token for the next call.
    pub token: String,
    /// The whole answer.
    pub body: Value,
}

impl Client {
    /// A front end on [`ORIGIN`].
    pub fn new(proxy: &Proxy) -> Self {
        Self::with_origin(proxy, ORIGIN)
    }

    /// A front end on another origin.
    pub fn with_origin(proxy: &Proxy, origin: &str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            // Tests speak plain HTTP, and to read the system's certificates takes a tenth of a second each time.
            .tls_certs_only([])
            // Of a whole answer, also of one that takes its time on a busy machine.
            .timeout(2 * TIMEOUT)
            .redirect(reqwest::redirect::Policy::none());
        Self { http: http.build().unwrap(), base: proxy.origin().to_owned(), origin: origin.to_owned() }
    }

    /// A request with this front end's `Origin`, to be changed by the test.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.base.clone() + path).header("origin", &self.origin)
    }

    /// A request without `Origin`.
    pub fn plain(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.base.clone() + path)
    }

    /// A POST of JSON.
    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).header("content-type", "application/json").body(body.to_string())
    }

    /// Opens a session of the default site by CORS; panics unless that is a 201.
    pub async fn create(&self) -> Opened {
        let response = self.post(path::SESSION_CREATE, &json!({ "site": "default" })).send().await.unwrap();
        let (status, body) = json_of(response).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Opened { id: text("session_id"), token: text("token"), body }
    }

    /// Sends a message, answered as the event stream that `Accept` asks for.
    pub async fn send(&self, token: &str, message_id: &str, message: &str) -> Response {
        self.send_as("text/event-stream", token, &json!({ "message_id": message_id, "message": message }))
            .await
    }

    /// Sends any body as a message, answered in the format of `accept`.
    pub async fn send_as(&self, accept: &str, token: &str, body: &Value) -> Response {
        let request = self.post(path::CHAT_MESSAGE, body).bearer_auth(token).header("accept", accept);
        request.send().await.unwrap()
    }

    /// Joins a reply after an event, or from its beginning.
    pub async fn join(&self, token: &str, message_id: &str, last_event_id: Option<&str>) -> Response {
        let request =
            self.request(Method::GET, &format!("{}/{message_id}", path::CHAT_MESSAGE)).bearer_auth(token);
        let request = match last_event_id {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// Stops a reply.
    pub async fn stop(&self, token: &str, message_id: &str) -> Response {
        let path = format!("{}/{message_id}", path::CHAT_MESSAGE);
        self.request(Method::DELETE, &path).bearer_auth(token).send().await.unwrap()
    }

    /// Asks what the workflow remembers (GET), or that it forget it (DELETE).
    pub async fn history(&self, method: Method, token: &str, session_id: &str) -> Response {
        let path = format!("{}/{session_id}", path::CHAT_HISTORY);
        let request = self.request(method, &path).bearer_auth(token);
        request.send().await.unwrap()
    }

    /// Sends feedback.
    pub async fn feedback(&self, token: &str, body: &Value) -> Response {
        let request = self.post(path::CHAT_FEEDBACK, body).bearer_auth(token);
        request.send().await.unwrap()
    }
}

/// The status and the JSON body of an answer; panics when the body is no JSON.
pub async fn json_of(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status}: {error}: {text:?}")))
}

/// The events of a reply, read one by one.
#[derive(Debug)]
pub struct Events {
    response: Response,
    reader: EventReader,
    waiting: VecDeque<Frame>,
}

impl Events {
    /// Reads an answer as an event stream; panics unless it is one.
    pub async fn from_response(response: Response) -> Self {
        let media_type =
            response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
        let is_stream = media_type.is_some_and(|it| it.starts_with("text/event-stream"));
        let status = response.status();
        if !is_stream || status != StatusCode::OK {
            let body = response.text().await.unwrap();
            panic!("no event stream: {status} {body}");
        }
        Self { response, reader: EventReader::default(), waiting: VecDeque::new() }
    }

    /// The next event; `None` at the end of the body or where the connection broke.
    pub async fn next(&mut self) -> Option<Frame> {
        while self.waiting.is_empty() {
            let bytes = self.response.chunk().await.ok()??;
            let mut frames = Vec::new();
            self.reader.push(&bytes, &mut frames).unwrap();
            self.waiting.extend(frames);
        }
        self.waiting.pop_front()
    }

    /// Everything to the end.
    pub async fn rest(&mut self) -> Vec<Frame> {
        let mut all = Vec::new();
        while let Some(frame) = self.next().await {
            all.push(frame);
        }
        all
    }
}

/// The reply's text: its deltas, put together.
pub fn text_of(frames: &[Frame]) -> String {
    let deltas = frames.iter().filter(|frame| frame.event == "delta");
    deltas.map(|frame| json_data(frame)["text"].as_str().unwrap().to_owned()).collect()
}

/// The data of one event.
pub fn json_data(frame: &Frame) -> Value {
    serde_json::from_str(&frame.data).unwrap_or_else(|error| panic!("{error}: {frame:?}"))
}
