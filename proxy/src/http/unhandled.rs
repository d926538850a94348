//! Problems that no handler answers with: of requests whose handling was aborted, and of bytes that are no request.

use std::fmt;
use std::io::Write as _;

use actix_web::body::MessageBody as _;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;
use actix_web::{HttpResponse, ResponseError};
use bytes::Bytes;
use porthole_protocol::{Code, path};

use super::headers;
use super::refusal_log::log_refusal;
use crate::error::{Refusal, problem};
use crate::gate;
use crate::request::RequestId;
use crate::state::State;

/// A request whose handling was aborted, by a panic for example, as far as it is still known.
#[derive(thiserror::Error)]
#[error("internal error")]
pub(super) struct AbortedRequest {
    pub(super) id: RequestId,
    pub(super) log_name: &'static str,
    pub(super) origin: Option<HeaderValue>,
    pub(super) state: Data<State>,
}

impl fmt::Debug for AbortedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AbortedRequest({})", self.id)
    }
}

impl ResponseError for AbortedRequest {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = render(&Code::Internal.into(), self.id, self.log_name, &self.state);
        if self.log_name.starts_with(path::API) {
            let origin = self.origin.as_ref().map(HeaderValue::as_bytes);
            let listed = origin.and_then(|origin| self.state.chat.sites.listed(origin));
            gate::expose_to(response.headers_mut(), listed);
        }
        response
    }
}

/// Renders a problem as a whole answer.
fn render(refusal: &Refusal, id: RequestId, log_name: &str, state: &State) -> HttpResponse {
    let mut response = HttpResponse::new(refusal.status());
    let body = problem::write(refusal, id, response.headers_mut());
    headers::complete(response.headers_mut(), id, log_name, state);
    response.set_body(body)
}

/// The path of bytes that are no request, in the log.
const UNREAD: &str = "unread";

/// Renders the whole answer, head and body, to bytes that are no request; it ends the connection.
pub(crate) fn render_unread(state: &State, code: Code, date: Option<&str>) -> Bytes {
    let (refusal, id) = (Refusal::new(code), RequestId::new());
    log_refusal(&refusal, id, UNREAD, state, String::new);
    let (head, body) = render(&refusal, id, UNREAD, state).into_parts();
    let body = body.try_into_bytes().unwrap_or_default();
    // The map has no order of its own, and refusals of a kind shall be the same bytes.
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
