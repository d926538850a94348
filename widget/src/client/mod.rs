//! The proxy's API as the frame calls it: `fetch` and the bytes that come back.

mod reply;
mod wire;

use porthole_protocol::boot::Boot;
use porthole_protocol::path;
use porthole_protocol::session::Created;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit, Response};

use crate::conversation::ProblemView;
use crate::{boot, js};

pub(crate) use reply::{Read, Reader};

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// Why a call brought nothing.
#[derive(Clone, Debug)]
pub(crate) enum NoAnswer {
    /// No answer came: no network, or the call was given up.
    Silence,
    /// The proxy refused; the code is empty where its answer could not be read.
    Refused(ProblemView),
}

impl NoAnswer {
    /// The refusal; one without a code stands for silence.
    pub(crate) fn into_problem(self) -> ProblemView {
        match self {
            Self::Silence => ProblemView::default(),
            Self::Refused(problem) => problem,
        }
    }
}

/// A message as it is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    pub id: &'a str,
    pub text: &'a str,
    pub attempt: u8,
    pub fork: bool,
    /// `{url, title}` of the page.
    pub page: &'a JsValue,
    /// What the page adds.
    pub context: &'a JsValue,
    pub locale: Option<&'a str>,
}

/// One call of the API.
struct Call<'a> {
    method: &'a str,
    path: &'a str,
    accept: &'a str,
    token: Option<&'a str>,
    last_event_id: Option<u32>,
    body: Option<JsValue>,
    signal: Option<&'a AbortSignal>,
}

/// Opens a session, which carries `previous` on where that still holds.
pub(crate) async fn create(
    ticket: &str,
    previous: Option<&str>,
    signal: &AbortSignal,
) -> Result<Created, NoAnswer> {
    let mut body = vec![("ticket", ticket.into())];
    body.extend(previous.map(|token| ("previous", token.into())));
    let call = Call {
        method: "POST",
        path: path::SESSION_CREATE,
        accept: JSON,
        token: None,
        last_event_id: None,
        body: Some(js::object(&body)),
        signal: Some(signal),
    };
    let answer = json_of(&call.make().await?).await;
    wire::created(&answer).ok_or_else(|| NoAnswer::Refused(ProblemView::default()))
}

/// Fetches the document's own address as JSON: the boot with a fresh ticket.
pub(crate) async fn refresh() -> Result<Boot, NoAnswer> {
    let address = js::window().location().href().unwrap_or_default();
    let call = Call {
        method: "GET",
        path: &address,
        accept: JSON,
        token: None,
        last_event_id: None,
        body: None,
        signal: None,
    };
    let answer = json_of(&call.make().await?).await;
    boot::read(&answer).ok_or_else(|| NoAnswer::Refused(ProblemView::default()))
}

/// Sends a message and opens the stream of its reply.
pub(crate) async fn send(
    token: &str,
    message: Message<'_>,
    signal: &AbortSignal,
) -> Result<Reader, NoAnswer> {
    let mut body = vec![
        ("message_id", message.id.into()),
        ("message", message.text.into()),
        ("attempt", message.attempt.into()),
    ];
    if message.fork {
        body.push(("fork", JsValue::TRUE));
    }
    if message.page.is_object() {
        body.push(("page", message.page.clone()));
    }
    let mut metadata = Vec::new();
    if !message.context.is_undefined() {
        metadata.push(("context", message.context.clone()));
    }
    metadata.extend(message.locale.map(|locale| ("locale", locale.into())));
    if !metadata.is_empty() {
        body.push(("metadata", js::object(&metadata)));
    }
    let call = Call {
        method: "POST",
        path: path::CHAT_MESSAGE,
        accept: EVENTS,
        token: Some(token),
        last_event_id: None,
        body: Some(js::object(&body)),
        signal: Some(signal),
    };
    Reader::open(&call.make().await?)
}

/// Joins the stream of a reply behind the last event that was seen.
pub(crate) async fn join(
    token: &str,
    message_id: &str,
    last_event_id: Option<u32>,
    signal: &AbortSignal,
) -> Result<Reader, NoAnswer> {
    let call = Call {
        method: "GET",
        path: &message_path(message_id),
        accept: EVENTS,
        token: Some(token),
        last_event_id,
        body: None,
        signal: Some(signal),
    };
    Reader::open(&call.make().await?)
}

/// Asks the proxy to stop a reply; its stream then ends by itself.
pub(crate) async fn stop(token: &str, message_id: &str) -> Result<(), NoAnswer> {
    let call = Call {
        method: "DELETE",
        path: &message_path(message_id),
        accept: JSON,
        token: Some(token),
        last_event_id: None,
        body: None,
        signal: None,
    };
    call.make().await.map(|_| ())
}

fn message_path(message_id: &str) -> String {
    [path::CHAT_MESSAGE, "/", message_id].concat()
}

impl Call<'_> {
    async fn make(&self) -> Result<Response, NoAnswer> {
        let mut headers = vec![("Accept", self.accept.into())];
        headers.extend(
            self.token
                .map(|token| ("Authorization", ["Bearer ", token].concat().into())),
        );
        headers.extend(
            self.last_event_id
                .map(|id| ("Last-Event-ID", id.to_string().into())),
        );
        let init = RequestInit::new();
        init.set_method(self.method);
        init.set_signal(self.signal);
        if let Some(body) = &self.body {
            headers.push(("Content-Type", JSON.into()));
            init.set_body(&js::json(body).into());
        }
        init.set_headers(&js::object(&headers));
        let fetched = JsFuture::from(js::window().fetch_with_str_and_init(self.path, &init)).await;
        let response: Response = fetched.map_err(|_| NoAnswer::Silence)?.unchecked_into();
        if response.ok() {
            Ok(response)
        } else {
            Err(refusal(&response).await)
        }
    }
}

async fn refusal(response: &Response) -> NoAnswer {
    NoAnswer::Refused(wire::problem(&json_of(response).await))
}

/// The body as JSON; undefined where it is none.
async fn json_of(response: &Response) -> JsValue {
    match response.json() {
        Ok(promise) => JsFuture::from(promise).await.unwrap_or(JsValue::UNDEFINED),
        Err(_) => JsValue::UNDEFINED,
    }
}
