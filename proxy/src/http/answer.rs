//! Around every request: its id, the problem's body, the headers of every answer, one log line.

use std::fmt;
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use porthole_protocol::Code;
use porthole_telemetry::{AUDIT, event};
use uuid::Uuid;

use super::problem::{self, BrokenOff};
use super::{client, headers, portions};
use crate::connection::{Handled, Handling};
use crate::error::Refusal;
use crate::state::State;

/// The name of one request, in its answer and in every log line about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId(Uuid);

impl RequestId {
    pub(crate) fn new() -> Self {
        Self(Uuid::now_v7())
    }

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
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = RequestId::new();
    let began = Instant::now();
    let handled = begin(&mut request).await;
    let (method, path) = (known_method(request.method()), known_path(request.path()));
    let origin = request.headers().get(header::ORIGIN).cloned();
    request.extensions_mut().insert(id);
    let response = match next.call(request).await {
        Ok(response) => response.map_body(|_, body| portions::of(body.boxed())),
        // The request is gone, so the framework has to write this answer.
        Err(error) => {
            event!(ERROR, request_id = %id, path, error = %error, "request.failed");
            state.metrics.refused(Code::Internal);
            return Err(BrokenOff {
                id,
                path,
                origin,
                state,
            }
            .into());
        }
    };
    let mut response = told(response, id, path, &state);
    headers::complete(response.headers_mut(), id, path, &state);
    event!(DEBUG,
        request_id = %id,
        method,
        path,
        status = response.status().as_u16(),
        duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request.answered"
    );
    Ok(response.map_body(|_, body| match handled {
        Some(handled) => handled.answering(body),
        None => body,
    }))
}

/// Tells the connection, where there is one, that its request is being handled.
async fn begin(request: &mut ServiceRequest) -> Option<Handled> {
    let handling = request.conn_data::<Rc<Handling>>().cloned()?;
    let handled = handling.begin().await;
    let payload = request.take_payload();
    request.set_payload(handled.asked(payload));
    Some(handled)
}

/// The answer with all that its refusal has to say, where it is one.
fn told(
    mut response: ServiceResponse<BoxBody>,
    id: RequestId,
    path: &'static str,
    state: &State,
) -> ServiceResponse<BoxBody> {
    let client = |response: &ServiceResponse<BoxBody>| client::address(response.request(), state).network();
    let shown = response.response().extensions().get::<Shown>().cloned();
    if let Some(Shown(refusal)) = shown {
        note(&refusal, id, path, state, || client(&response));
        problem::write_wait(&refusal, response.headers_mut());
        return response;
    }
    let Some(refusal) = problem::behind(&response) else {
        return response;
    };
    note(&refusal, id, path, state, || client(&response));
    response.map_body(|head, _| {
        head.status = refusal.status();
        problem::write(&refusal, id, head.headers_mut())
    })
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

/// What an operator keeps for later: who was not let in, and who asked for too much.
const AUDITED: [Code; 4] = [
    Code::OriginNotAllowed,
    Code::OriginRequired,
    Code::InvalidToken,
    Code::RateLimited,
];

/// Counts a refusal and logs it.
pub(super) fn note(
    refusal: &Refusal,
    id: RequestId,
    path: &'static str,
    state: &State,
    client: impl FnOnce() -> String,
) {
    state.metrics.refused(refusal.code);
    let code = refusal.code.as_str();
    if AUDITED.contains(&refusal.code) {
        let client = client();
        event!(INFO, target: AUDIT, request_id = %id, path, code, client, "request.refused");
        return;
    }
    match refusal.level() {
        tracing::Level::ERROR => event!(ERROR, request_id = %id, path, code, "request.refused"),
        tracing::Level::WARN => event!(WARN, request_id = %id, path, code, "request.refused"),
        tracing::Level::INFO => event!(INFO, request_id = %id, path, code, "request.refused"),
        _ => event!(DEBUG, request_id = %id, path, code, "request.refused"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::{App, HttpResponse, body};
    use actix_web_lab::middleware::CatchPanic;

    use super::*;

    /// What the framework writes where a handler has panicked.
    async fn after_a_panic(path: &str, origin: &'static str) -> HttpResponse {
        let panics = async || -> HttpResponse { panic!("canary of a visitor") };
        let app = App::new()
            .app_data(State::of_a_developer())
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
