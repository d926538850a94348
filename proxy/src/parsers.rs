//! The edge's parsers of outside bytes, for the tests that feed them with anything; behind the feature `parsers`.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use porthole_domain::feedback::Feedback;
use porthole_domain::keys::Keyring;
use porthole_domain::origin::Origin;
use porthole_domain::session::Session;
use porthole_domain::transcript::MemoryMode;
use porthole_protocol::Code;
use porthole_protocol::session::CreateRequest;
pub use porthole_upstream::Message;

use crate::error::Refusal;
use crate::gate;
use crate::http::framing::Framing;
use crate::http::negotiate::{self, ReplyForm};
use crate::http::{frame, message as sending, template as page};
use crate::request;

/// Parses the body of a message.
pub fn message(body: &[u8], session: &Session, max_chars: u32, memory: MemoryMode) -> Result<Message, Code> {
    gate::parse_message(body, session, max_chars, memory).map_err(|refusal| refusal.code)
}

/// Parses the body of feedback, and verifies its receipt.
pub fn feedback(body: &[u8], session: &Session, keyring: &Keyring) -> Result<Feedback, Code> {
    let rated = gate::parse_feedback(body).map_err(|refusal| refusal.code)?;
    let verified = rated.verify(keyring, session);
    verified.map_err(|error| Refusal::from(error).code)?;
    Ok(rated.feedback)
}

/// Parses the body that creates a session.
pub fn create(body: &[u8]) -> Result<CreateRequest, Code> {
    gate::parse_creation(body).map(|(request, _)| request).map_err(|refusal| refusal.code)
}

/// Negotiates the media type of a reply by lines of `Accept`.
pub fn accept(lines: &[&[u8]]) -> Result<&'static str, Code> {
    match negotiate::reply_form(&request(&header::ACCEPT, lines)).map_err(|refusal| refusal.code)? {
        ReplyForm::Stream(Framing::Sse) => Ok("text/event-stream"),
        ReplyForm::Stream(Framing::JsonLines) => Ok("application/x-ndjson"),
        ReplyForm::Whole => Ok("application/json"),
    }
}

/// Reads the id of the last event that a client has, from lines of `Last-Event-ID`.
pub fn last_event_id(lines: &[&[u8]]) -> Result<Option<u64>, Code> {
    let name = HeaderName::from_static("last-event-id");
    sending::last_event_id(&request(&name, lines)).map_err(|refusal| refusal.code)
}

/// Reads the token in lines of `Authorization`.
#[must_use]
pub fn bearer(lines: &[&[u8]]) -> Option<String> {
    gate::bearer(&headers(&header::AUTHORIZATION, lines)).map(str::to_owned)
}

/// Returns `true` where lines of `Content-Type` say JSON.
#[must_use]
pub fn is_json(lines: &[&[u8]]) -> bool {
    gate::is_plain_json(&headers(&header::CONTENT_TYPE, lines))
}

/// Reads our own origin in development, from a line of `Host`.
#[must_use]
pub fn loopback_origin(lines: &[&[u8]]) -> Option<Origin> {
    request::loopback_origin(&headers(&header::HOST, lines))
}

/// Returns `true` where a value of `Host` is well formed.
#[must_use]
pub fn is_host(value: &[u8]) -> bool {
    gate::is_host(value)
}

/// Reads the site and the origin in the query of `/frame`.
#[must_use]
pub fn frame_query(query: &str) -> (Option<String>, Option<String>) {
    let query = frame::FrameQuery::parse(query);
    (query.site, query.origin)
}

/// Fills the placeholders of a page.
#[must_use]
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    page::fill(template, values)
}

/// Escapes text for HTML.
#[must_use]
pub fn html(text: &str) -> String {
    page::escape_html(text)
}

/// Escapes JSON for a `<script>`.
#[must_use]
pub fn json_in_script(json: &str) -> String {
    page::escape_json(json)
}

/// Leaves out values that no HTTP parser lets through.
fn values<'a>(lines: &'a [&'a [u8]]) -> impl Iterator<Item = HeaderValue> + 'a {
    lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok())
}

fn headers(name: &HeaderName, lines: &[&[u8]]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values(lines) {
        headers.append(name.clone(), value);
    }
    headers
}

fn request(name: &HeaderName, lines: &[&[u8]]) -> HttpRequest {
    let request = TestRequest::default();
    let with = |request: TestRequest, value| request.append_header((name.clone(), value));
    values(lines).fold(request, with).to_http_request()
}
