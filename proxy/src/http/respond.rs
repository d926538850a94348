//! The outermost middleware: the context of a request, the problem of a refusal, the headers of every answer, one log line.

use std::rc::Rc;
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, Method, Version, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, ResponseError as _, web};
use porthole_protocol::Code;
use porthole_telemetry::event;

use super::refusal_log::log_refusal;
use super::unhandled::AbortedRequest;
use super::{base_path, chunked, headers};
use crate::error::{Refusal, problem};
use crate::gate;
use crate::request::RequestContext;
use crate::server::{RequestInFlight, RequestsInFlight};
use crate::state::State;

/// A refusal that has a page of its own instead of a problem: it is counted and logged like any other.
#[derive(Clone, Debug)]
pub(crate) struct OwnErrorPage(pub(crate) Refusal);

/// Answers a request: the outermost middleware.
pub(crate) async fn respond(
    state: web::Data<State>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    let in_flight = begin(&mut request).await;
    base_path::strip(&mut request, &state.process.listen.base_path);
    let context = RequestContext::read(&request, &state.process.listen);
    let (method, version) = (known_method(request.method()), request.version());
    let origin = request.headers().get(header::ORIGIN).cloned();
    request.extensions_mut().insert(context.clone());
    let response = match gate::check_host(&mut request).await {
        Err(refusal) => request.into_response(refusal.error_response()),
        Ok(()) => match next.call(request).await {
            Ok(response) => response.map_body(|_, body| chunked::in_chunks(body.boxed())),
            // The request is gone, so the framework has to write this answer.
            Err(error) => return Err(aborted(&error, &context, origin, state)),
        },
    };
    let response = gate::count_refused(response, &context, &state).await;
    let mut response = with_problem(response, &context, &state);
    headers::complete(response.headers_mut(), context.id, context.log_name, &state);
    if version < Version::HTTP_11 {
        end_with_connection(&mut response);
    }
    event!(DEBUG,
        request_id = %context.id,
        method,
        path = context.log_name,
        status = response.status().as_u16(),
        duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request.answered"
    );
    Ok(response.map_body(|_, body| match in_flight {
        Some(in_flight) => in_flight.until_sent(body),
        None => body,
    }))
}

/// Ends a body of unknown length with the connection: HTTP/1.0 knows no chunks (RFC 9112 §6.1).
fn end_with_connection(response: &mut ServiceResponse<BoxBody>) {
    if response.response().body().size() == BodySize::Stream {
        let head = response.response_mut().head_mut();
        head.no_chunking(true);
        head.set_connection_type(ConnectionType::Close);
    }
}

/// Waits until the connection, where there is one, has room for the request's answer.
async fn begin(request: &mut ServiceRequest) -> Option<RequestInFlight> {
    let in_flight = request.conn_data::<Rc<RequestsInFlight>>().cloned()?;
    let in_flight = in_flight.begin().await;
    let payload = request.take_payload();
    request.set_payload(in_flight.read_on_demand(payload));
    Some(in_flight)
}

fn aborted(
    error: &Error,
    context: &RequestContext,
    origin: Option<header::HeaderValue>,
    state: web::Data<State>,
) -> Error {
    let (id, log_name) = (context.id, context.log_name);
    event!(ERROR, request_id = %id, path = log_name, error = %error, "request.failed");
    state.chat.metrics.refused(Code::Internal);
    let aborted = AbortedRequest { id, log_name, origin, state };
    aborted.into()
}

/// Writes the problem of a response that carries a refusal.
fn with_problem(
    mut response: ServiceResponse<BoxBody>,
    context: &RequestContext,
    state: &State,
) -> ServiceResponse<BoxBody> {
    let log = |refusal| {
        let client = || context.client.network().to_string();
        log_refusal(refusal, context.id, context.log_name, state, client);
    };
    let page = response.response().extensions().get::<OwnErrorPage>().cloned();
    if let Some(OwnErrorPage(refusal)) = page {
        log(&refusal);
        problem::write_retry_after(&refusal, response.headers_mut());
        return response;
    }
    let Some(refusal) = problem::refusal_of(&response) else {
        return response;
    };
    log(&refusal);
    response.map_body(|head, _| {
        head.status = refusal.status();
        problem::write(&refusal, context.id, head.headers_mut())
    })
}

/// Returns the method's name if HTTP defines it: the log names nothing that a client made up.
fn known_method(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::{App, HttpResponse, body};
    use actix_web_lab::middleware::CatchPanic;

    use super::*;

    /// Returns the answer of the framework after a handler has panicked.
    async fn after_a_panic(path: &str, origin: &'static str) -> HttpResponse {
        let panics = async || -> HttpResponse { panic!("canary of a visitor") };
        let app = App::new()
            .app_data(State::in_development())
            .default_service(web::route().to(panics))
            .wrap(CatchPanic::default())
            .wrap(from_fn(respond));
        let app = init_service(app).await;
        let request = TestRequest::get().uri(path).insert_header((header::ORIGIN, origin));
        let Err(error) = try_call_service(&app, request.to_request()).await else { panic!("no panic") };
        error.error_response()
    }

    #[actix_web::test]
    async fn a_panic_is_a_problem_without_its_message_that_the_listed_page_can_read() {
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
    async fn no_other_page_can_read_it() {
        for (path, origin) in [("/api/v1/x", "https://evil.example"), ("/x", "https://shop.example")] {
            let response = after_a_panic(path, origin).await;
            assert!(!response.headers().contains_key("access-control-allow-origin"), "{path} {origin}");
        }
    }
}
