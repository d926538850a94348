//! Around every request: its id, the problem's body, the headers of every answer, one log line.

use std::io::Write as _;
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse, ResponseError, web};
use bytes::Bytes;
use porthole_protocol::Code;
use uuid::Uuid;

use crate::connection::Handling;
use crate::error::Refusal;
use crate::state::State;
use crate::telemetry;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const PROBLEM_JSON: &str = "application/problem+json";

/// What every page and answer is forbidden that says nothing else itself.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The name of one request, in its answer and in every log line about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId(Uuid);

impl RequestId {
    pub(crate) const fn uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// A refusal that has a page of its own instead of a problem: it is counted and logged like any other.
#[derive(Clone, Debug)]
pub(crate) struct Shown(pub(crate) Refusal);

/// The outermost middleware.
pub(crate) async fn every(
    state: web::Data<State>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = RequestId(Uuid::now_v7());
    let began = Instant::now();
    let _handled = request.conn_data::<Rc<Handling>>().map(Handling::begin);
    let (method, path) = (request.method().clone(), known_path(request.path()));
    request.extensions_mut().insert(id);
    let mut response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        // The request is gone, so the framework has to write this answer.
        Err(error) => {
            telemetry::event!(ERROR, request_id = %id, path, error = %error, "request.failed");
            return Err(Failed(id).into());
        }
    };
    let shown = response.response().extensions().get::<Shown>().cloned();
    if let Some(Shown(refusal)) = shown {
        state.metrics.refused(refusal.code);
        log_refusal(&refusal, id, path);
    } else if let Some(refusal) = refusal(&response) {
        state.metrics.refused(refusal.code);
        log_refusal(&refusal, id, path);
        response = response.map_body(|head, _| write_problem(&refusal, id, head.headers_mut()));
    }
    every_answer(response.headers_mut(), id);
    telemetry::event!(DEBUG,
        request_id = %id,
        method = %method,
        path,
        status = response.status().as_u16(),
        duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request.answered"
    );
    Ok(response)
}

/// A path in the log is one of ours, never what somebody typed.
fn known_path(path: &str) -> &'static str {
    use porthole_protocol::path as p;
    let fixed = [
        p::SESSION_CREATE,
        p::SESSION_VALIDATE,
        p::SESSION_END,
        p::CHAT_STREAM,
        p::CHAT_MESSAGE,
        p::CHAT_FEEDBACK,
        p::FRAME,
        p::CHAT,
        p::WIDGET_JS,
        "/health",
        "/metrics",
        "/",
    ];
    let within = [
        p::CHAT_MESSAGE,
        p::CHAT_HISTORY,
        p::API,
        p::ASSETS,
        p::CHAT,
        "/health",
        "/.well-known",
    ];
    let exact = fixed.into_iter().find(|known| *known == path);
    exact
        .or_else(|| within.into_iter().find(|known| path.starts_with(known)))
        .unwrap_or("other")
}

/// The refusal behind an answer; an error of the framework's own becomes one of ours.
fn refusal(response: &ServiceResponse<BoxBody>) -> Option<Refusal> {
    if let Some(refusal) = response.response().extensions().get::<Refusal>() {
        return Some(refusal.clone());
    }
    match response.status() {
        StatusCode::NOT_FOUND => Some(Code::NotFound.into()),
        StatusCode::INTERNAL_SERVER_ERROR => Some(Code::Internal.into()),
        status if status.is_client_error() && response.response().body().size().is_eof() => {
            Some(Code::MalformedRequest.into())
        }
        _ => None,
    }
}

fn log_refusal(refusal: &Refusal, id: RequestId, path: &'static str) {
    let code = refusal.code.as_str();
    match refusal.level() {
        tracing::Level::ERROR => telemetry::event!(ERROR, request_id = %id, path, code, "request.refused"),
        tracing::Level::WARN => telemetry::event!(WARN, request_id = %id, path, code, "request.refused"),
        tracing::Level::INFO => telemetry::event!(INFO, request_id = %id, path, code, "request.refused"),
        _ => telemetry::event!(DEBUG, request_id = %id, path, code, "request.refused"),
    }
}

fn write_problem(refusal: &Refusal, id: RequestId, headers: &mut HeaderMap) -> BoxBody {
    headers.remove(header::CONTENT_ENCODING);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = refusal.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(allow) = refusal.allow {
        headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if refusal.status() == StatusCode::UNAUTHORIZED {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer error=\"invalid_token\""),
        );
    }
    let problem = serde_json::to_vec(&refusal.problem(&id.to_string())).unwrap_or_default();
    BoxBody::new(problem)
}

fn every_answer(headers: &mut HeaderMap, id: RequestId) {
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(X_REQUEST_ID, value);
    }
    let unless_set = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, NOTHING),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in unless_set {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// A request whose handling broke off (a panic, for example).
#[derive(Debug, thiserror::Error)]
#[error("internal error")]
struct Failed(RequestId);

impl ResponseError for Failed {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        problem(&Code::Internal.into(), self.0)
    }
}

fn problem(refusal: &Refusal, id: RequestId) -> HttpResponse {
    let mut response = HttpResponse::new(refusal.status());
    let body = write_problem(refusal, id, response.headers_mut());
    every_answer(response.headers_mut(), id);
    response.set_body(body)
}

/// The whole answer, head and body, to bytes that are no request; it ends the connection.
pub(crate) fn to_nobody(state: &State, code: Code, date: Option<&str>) -> Bytes {
    let (refusal, id) = (Refusal::new(code), RequestId(Uuid::now_v7()));
    state.metrics.refused(code);
    log_refusal(&refusal, id, "unread");
    let (head, body) = problem(&refusal, id).into_parts();
    let body = body.try_into_bytes().unwrap_or_default();
    // The map has no order of its own, and refusals of a kind are the same bytes.
    let mut headers: Vec<_> = head.headers().iter().collect();
    headers.sort_unstable_by_key(|(name, _)| name.as_str());
    let mut answer = Vec::with_capacity(1024);
    // Writing to a Vec cannot fail.
    let _ = write!(answer, "HTTP/1.1 {}\r\n", head.status());
    let _ = write!(answer, "content-length: {}\r\nconnection: close\r\n", body.len());
    if let Some(date) = date {
        let _ = write!(answer, "date: {date}\r\n");
    }
    for (name, value) in headers {
        let _ = write!(answer, "{name}: ");
        answer.extend_from_slice(value.as_bytes());
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b"\r\n");
    answer.extend_from_slice(&body);
    answer.into()
}
