//! Around every request: its id, the problem's body, the headers of every answer, one log line.

use std::fmt;
use std::io::Write as _;
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse, ResponseError, web};
use bytes::Bytes;
use porthole_protocol::{Code, path};
use uuid::Uuid;

use super::{client, headers, portions};
use crate::connection::Handling;
use crate::error::Refusal;
use crate::gate;
use crate::state::State;
use crate::telemetry::{self, AUDIT};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const PROBLEM_JSON: &str = "application/problem+json";

/// The name of one request, in its answer and in every log line about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId(Uuid);

impl RequestId {
    pub(crate) const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    let (method, path) = (known_method(request.method()), known_path(request.path()));
    let origin = request.headers().get(header::ORIGIN).cloned();
    request.extensions_mut().insert(id);
    let mut response = match next.call(request).await {
        Ok(response) => response.map_body(|_, body| portions::of(body.boxed())),
        // The request is gone, so the framework has to write this answer.
        Err(error) => {
            telemetry::event!(ERROR, request_id = %id, path, error = %error, "request.failed");
            state.metrics.refused(Code::Internal);
            return Err(Failed {
                id,
                path,
                origin,
                state,
            }
            .into());
        }
    };
    let shown = response.response().extensions().get::<Shown>().cloned();
    let problem = if shown.is_none() { refusal(&response) } else { None };
    if let Some(refusal) = shown.map(|Shown(refusal)| refusal).or_else(|| problem.clone()) {
        state.metrics.refused(refusal.code);
        let client = || client::address(response.request(), &state).network();
        log_refusal(&refusal, id, path, client);
        if problem.is_none() {
            write_wait(&refusal, response.headers_mut());
        }
    }
    if let Some(refusal) = problem {
        response = response.map_body(|head, _| {
            head.status = refusal.status();
            write_problem(&refusal, id, head.headers_mut())
        });
    }
    headers::complete(response.headers_mut(), id, path, &state);
    telemetry::event!(DEBUG,
        request_id = %id,
        method,
        path,
        status = response.status().as_u16(),
        duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request.answered"
    );
    Ok(response)
}

/// A method in the log is one that HTTP knows, never what somebody typed.
fn known_method(method: &Method) -> &'static str {
    let known = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ];
    known
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
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
        "/pages",
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
    let status = response.status();
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|media_type| media_type.as_bytes().starts_with(b"text/html"));
    match status {
        StatusCode::NOT_FOUND => Some(Code::NotFound.into()),
        StatusCode::NOT_ACCEPTABLE => {
            Some(Refusal::new(Code::NotAcceptable).because("Offered are br, gzip, deflate and identity."))
        }
        _ if is_page => None,
        _ if status.is_client_error() => Some(Code::MalformedRequest.into()),
        _ if status.is_server_error() => Some(Code::Internal.into()),
        _ => None,
    }
}

/// What an operator keeps for later: who was not let in, and who asked for too much.
const AUDITED: [Code; 4] = [
    Code::OriginNotAllowed,
    Code::OriginRequired,
    Code::InvalidToken,
    Code::RateLimited,
];

fn log_refusal(refusal: &Refusal, id: RequestId, path: &'static str, client: impl FnOnce() -> String) {
    let code = refusal.code.as_str();
    if AUDITED.contains(&refusal.code) {
        let client = client();
        telemetry::event!(INFO, target: AUDIT, request_id = %id, path, code, client, "request.refused");
        return;
    }
    match refusal.level() {
        tracing::Level::ERROR => telemetry::event!(ERROR, request_id = %id, path, code, "request.refused"),
        tracing::Level::WARN => telemetry::event!(WARN, request_id = %id, path, code, "request.refused"),
        tracing::Level::INFO => telemetry::event!(INFO, request_id = %id, path, code, "request.refused"),
        _ => telemetry::event!(DEBUG, request_id = %id, path, code, "request.refused"),
    }
}

/// How long to wait, and which limit asks for it.
fn write_wait(refusal: &Refusal, headers: &mut HeaderMap) {
    let Some(seconds) = refusal.retry_after else {
        return;
    };
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    let Some(policy) = &refusal.policy else { return };
    let members = [
        (RATE_LIMIT_POLICY, policy.announced()),
        (RATE_LIMIT, policy.used_up(seconds)),
    ];
    for (name, value) in members {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

fn write_problem(refusal: &Refusal, id: RequestId, headers: &mut HeaderMap) -> BoxBody {
    headers.remove(header::CONTENT_ENCODING);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    write_wait(refusal, headers);
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

/// A request whose handling broke off (a panic, for example), as far as it is still known.
#[derive(thiserror::Error)]
#[error("internal error")]
struct Failed {
    id: RequestId,
    path: &'static str,
    origin: Option<HeaderValue>,
    state: web::Data<State>,
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failed({})", self.id)
    }
}

impl ResponseError for Failed {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = problem(&Code::Internal.into(), self.id, self.path, &self.state);
        if self.path.starts_with(path::API) {
            let origin = self.origin.as_ref().map(HeaderValue::as_bytes);
            let listed = origin.and_then(|origin| self.state.config.origins.permits(origin));
            gate::expose_to(response.headers_mut(), listed);
        }
        response
    }
}

fn problem(refusal: &Refusal, id: RequestId, known_path: &str, state: &State) -> HttpResponse {
    let mut response = HttpResponse::new(refusal.status());
    let body = write_problem(refusal, id, response.headers_mut());
    headers::complete(response.headers_mut(), id, known_path, state);
    response.set_body(body)
}

/// The path of what could not be read as a request.
const UNREAD: &str = "unread";

/// The whole answer, head and body, to bytes that are no request; it ends the connection.
pub(crate) fn to_nobody(state: &State, code: Code, date: Option<&str>) -> Bytes {
    let (refusal, id) = (Refusal::new(code), RequestId(Uuid::now_v7()));
    state.metrics.refused(code);
    log_refusal(&refusal, id, UNREAD, String::new);
    let (head, body) = problem(&refusal, id, UNREAD, state).into_parts();
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::{App, body};
    use actix_web_lab::middleware::CatchPanic;
    use porthole_library::Library;

    use super::*;
    use crate::config::{Config, Source};
    use crate::upstream::{Docs, Upstream};

    fn state() -> web::Data<State> {
        let settings = [
            ("DEBUG", "true"),
            ("PUBLIC_URL", "https://chat.example.com"),
            ("ALLOWED_ORIGINS", "https://shop.example"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let nothing = Path::new("/nonexistent/.env");
        let source = Source::gather(std::iter::empty(), settings.into_iter(), nothing).unwrap();
        let library = Upstream::Docs(Docs::new(Arc::new(Library::empty())));
        web::Data::new(State::new(Config::read(&source).unwrap(), library))
    }

    /// What the framework writes where a handler has panicked.
    async fn after_a_panic(path: &str, origin: &'static str) -> HttpResponse {
        let panics = async || -> HttpResponse { panic!("canary of a visitor") };
        let app = App::new()
            .app_data(state())
            .default_service(web::route().to(panics))
            .wrap(CatchPanic::default())
            .wrap(from_fn(every));
        let app = init_service(app).await;
        let request = TestRequest::get()
            .uri(path)
            .insert_header((header::ORIGIN, origin));
        let Err(error) = try_call_service(&app, request.to_request()).await else {
            panic!("no panic")
        };
        error.error_response()
    }

    #[actix_web::test]
    async fn a_panic_is_a_problem_that_says_nothing_and_that_the_listed_page_can_read() {
        let response = after_a_panic("/api/v1/x", "https://shop.example").await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in [
            ("content-type", "application/problem+json"),
            ("access-control-allow-origin", "https://shop.example"),
            ("vary", "Origin"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(response.headers().get(name).unwrap(), value, "{name}");
        }
        let body = body::to_bytes(response.into_body()).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], "internal");
        assert!(!body.to_string().contains("canary"), "{body}");
    }

    #[actix_web::test]
    async fn nobody_else_can_read_it() {
        for (path, origin) in [
            ("/api/v1/x", "https://evil.example"),
            ("/x", "https://shop.example"),
        ] {
            let response = after_a_panic(path, origin).await;
            assert!(
                !response.headers().contains_key("access-control-allow-origin"),
                "{path} {origin}"
            );
        }
    }
}
