//! The head gate: what is checked before a byte of the body is read, in this order (DESIGN §7).
//!
//! 1. size by header, method, media type · 2. origin · 3. calls per address · 4. token
//!
//! It runs around every API route, before any extractor, and leaves proofs of what it has found
//! for the handlers to take: [`Caller`], [`Client`] and, where the route needs one, the session.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse, ResponseError as _, web};
use porthole_domain::address::AddressGroup;
use porthole_domain::session::{Session, Via};
use porthole_protocol::Code;
use porthole_protocol::limits::MAX_BODY_BYTES;
use porthole_telemetry::event;

use super::origin::{Caller, own_origin};
use super::route::{Access, Body, Route};
use super::{body, cors};
use crate::error::Refusal;
use crate::http::answer::RequestId;
use crate::http::client;
use crate::state::State;

/// The client's address, as coarse as limits count it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client(pub(crate) AddressGroup);

/// The most that names and values of a request's headers may take: tokens and a parent domain's cookies leave room.
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// What the gate lets through.
struct Passed {
    body: Body,
    caller: Caller,
    client: Client,
    session: Option<Session>,
}

impl Passed {
    /// Leaves what was found for the handlers to take.
    fn leave_proofs(self, request: &ServiceRequest) {
        let mut proofs = request.extensions_mut();
        proofs.insert(self.caller);
        proofs.insert(self.client);
        if let Some(session) = self.session {
            proofs.insert(session);
        }
    }
}

/// The middleware around the API.
pub(crate) async fn check(
    state: web::Data<State>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let caller = Caller::of(request.head(), &state);
    let verdict = match *request.method() {
        Method::OPTIONS => Err(preflight(request.head(), caller.clone())),
        _ => pass(&request, caller.clone(), &state).map_err(|refusal| refusal.error_response()),
    };
    if !matches!(&verdict, Ok(passed) if passed.body == Body::Json) {
        body::drain(request.take_payload()).await;
    }
    let mut response = match verdict {
        Ok(passed) => {
            passed.leave_proofs(&request);
            next.call(request).await?.map_into_boxed_body()
        }
        Err(answer) => request.into_response(answer),
    };
    cors::vary(response.headers_mut());
    if let Ok(caller) = &caller {
        cors::expose(response.headers_mut(), caller);
    }
    Ok(response)
}

fn pass(request: &ServiceRequest, caller: Result<Caller, Refusal>, state: &State) -> Result<Passed, Refusal> {
    if is_too_large(request.headers()) {
        return Err(Code::HeaderTooLarge.into());
    }
    let route = Route::of(request.path());
    let body = route
        .map(|route| length_method_type(request.head(), route))
        .transpose()?;
    let caller = caller?;
    let client = Client(client::address(request.request(), state));
    state.limits.call(client.0)?;
    let (route, body) = route.zip(body).ok_or(Code::NotFound)?;
    let session = match route.access {
        Access::Open => None,
        Access::Session => Some(session(request, &caller, state)?),
    };
    Ok(Passed {
        body,
        caller,
        client,
        session,
    })
}

fn length_method_type(head: &RequestHead, route: &Route) -> Result<Body, Refusal> {
    let length = head
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BODY_BYTES) {
        return Err(Code::BodyTooLarge.into());
    }
    match route.body(&head.method) {
        None => Err(Refusal::allowing(route.allow)),
        Some(Body::Json) if !is_plain_json(&head.headers) => Err(Code::UnsupportedMediaType.into()),
        Some(body) => Ok(body),
    }
}

pub(super) fn is_too_large(headers: &HeaderMap) -> bool {
    let lines = headers.iter();
    let bytes: usize = lines.map(|(name, value)| name.as_str().len() + value.len()).sum();
    bytes > MAX_HEADER_BYTES
}

pub(crate) fn is_plain_json(headers: &HeaderMap) -> bool {
    let plain = headers
        .get_all(header::CONTENT_ENCODING)
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let mut types = headers.get_all(header::CONTENT_TYPE);
    let media_type = types.next().and_then(|value| value.to_str().ok());
    plain && types.next().is_none() && media_type.is_some_and(is_json_in_utf8)
}

fn is_json_in_utf8(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    is_json
        && parts
            .filter_map(|parameter| parameter.split_once('='))
            .all(|(name, value)| {
                !name.trim().eq_ignore_ascii_case("charset")
                    || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            })
}

/// A session token that holds, used from where it was made for.
fn session(request: &ServiceRequest, caller: &Caller, state: &State) -> Result<Session, Refusal> {
    let head = request.head();
    let own = own_origin(head, state).ok_or(Code::InvalidToken)?;
    let token = bearer(&head.headers).ok_or(Code::InvalidToken)?;
    let session = state
        .config
        .process
        .keys
        .keyring
        .verify_session(token, &state.expect(&own))
        .map_err(|error| {
            let request_id = request.extensions().get().map(RequestId::to_string);
            event!(DEBUG, request_id, cause = %error.kind(), "session.token_refused");
            Refusal::new(Code::InvalidToken)
        })?;
    let comes_its_way = match (session.via, caller) {
        (Via::Frame, Caller::Own(_) | Caller::Unnamed(_)) => state.may_show(&session.origin, &own),
        (Via::Cors, Caller::Listed(origin)) => session.origin == *origin,
        (Via::Frame, Caller::Listed(_)) | (Via::Cors, Caller::Own(_) | Caller::Unnamed(_)) => false,
    };
    let holds = comes_its_way
        && session.binding.is_none()
        && state.has_site(&session.site)
        && !state.ended.contains(&session);
    if holds {
        Ok(session)
    } else {
        Err(Code::InvalidToken.into())
    }
}

/// The one token of an `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    (values.next().is_none() && scheme.eq_ignore_ascii_case("bearer")).then_some(token)
}

/// Answers the browser's question before a cross-origin call (Fetch, "CORS-preflight"), and anybody's which methods
/// there are.
fn preflight(head: &RequestHead, caller: Result<Caller, Refusal>) -> HttpResponse {
    permitted(head, caller).unwrap_or_else(|refusal| refusal.error_response())
}

fn permitted(head: &RequestHead, caller: Result<Caller, Refusal>) -> Result<HttpResponse, Refusal> {
    if is_too_large(&head.headers) {
        return Err(Code::HeaderTooLarge.into());
    }
    let caller = caller?;
    let route = Route::of(head.uri.path()).ok_or(Code::NotFound)?;
    let mut response = HttpResponse::NoContent()
        .insert_header((header::ALLOW, route.allow))
        .finish();
    if matches!(caller, Caller::Listed(_)) {
        cors::permit(response.headers_mut(), route.allow);
    }
    Ok(response)
}
