//! The head gate: the checks before a byte of the body is read, in this order (contract §7).
//!
//! 1. size by header, method, media type · 2. origin · 3. calls per address · 4. token · 5. proof of its key
//!
//! It runs around every API route, before any extractor, and leaves proofs for the handlers to take: the [`Caller`] and,
//! where the route needs a session, the [`Visitor`].

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, ResponseError as _, web};
use porthole_chat::{Caller, Visitor, authenticate};
use porthole_domain::proof::Proof;
use porthole_protocol::Code;
use porthole_protocol::limits::MAX_BODY_BYTES;
use porthole_telemetry::event;

use super::calls::count_call;
use super::content_type::is_plain_json;
use super::host::is_too_large;
use super::origin::identify;
use super::proof::{self, credential};
use super::{body, cors};
use crate::error::Refusal;
use crate::request::RequestContext;
use crate::routes::{Access, BodyKind, Route};
use crate::state::State;

/// The proofs that the gate leaves for a handler.
struct Proofs {
    caller: Caller,
    visitor: Option<Visitor>,
    /// The proof of a key, whose body is still to be read.
    proof: Option<Proof>,
    body: BodyKind,
}

impl Proofs {
    fn leave_in(self, request: &ServiceRequest) {
        let mut extensions = request.extensions_mut();
        extensions.insert(self.caller);
        if let Some(visitor) = self.visitor {
            extensions.insert(visitor);
        }
    }
}

/// Checks a call of the API: the middleware around it.
pub(crate) async fn check(
    state: web::Data<State>,
    context: web::ReqData<RequestContext>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let caller = identify(request.head(), context.own_origin.clone(), &state);
    let verdict = match *request.method() {
        Method::OPTIONS => {
            body::drain(request.take_payload()).await;
            Err(cors::preflight(request.head(), &context, caller.clone()))
        }
        _ => pass(&mut request, &context, caller.clone(), &state)
            .await
            .map_err(|refusal| refusal.error_response()),
    };
    let mut response = match verdict {
        Ok(proofs) => {
            proofs.leave_in(&request);
            next.call(request).await?.map_into_boxed_body()
        }
        Err(answer) => request.into_response(answer),
    };
    state.nonce.write(&state.chat.nonces(), response.headers_mut());
    cors::vary(response.headers_mut());
    if let Ok(caller) = &caller {
        cors::expose(response.headers_mut(), caller);
    }
    Ok(response)
}

/// Admits a call, and leaves it a body where its handler reads one.
async fn pass(
    request: &mut ServiceRequest,
    context: &RequestContext,
    caller: Result<Caller, Refusal>,
    state: &State,
) -> Result<Proofs, Refusal> {
    let admitted = admit(request, context, caller, state).await;
    match &admitted {
        Ok(Proofs { body: BodyKind::Json, proof: None, .. }) => {}
        Ok(Proofs { body: BodyKind::Json, proof: Some(proof), .. }) => {
            let payload = proof::require_body(proof, request.take_payload()).await?;
            request.set_payload(payload);
        }
        _ => body::drain(request.take_payload()).await,
    }
    admitted
}

async fn admit(
    request: &ServiceRequest,
    context: &RequestContext,
    caller: Result<Caller, Refusal>,
    state: &State,
) -> Result<Proofs, Refusal> {
    let head = request.head();
    if is_too_large(&head.headers) {
        return Err(Code::HeaderTooLarge.into());
    }
    let body = context.route.map(|route| accepted_body(head, route)).transpose()?;
    let caller = caller?;
    count_call(|| request.extensions_mut(), context, state).await?;
    let (route, body) = context.route.zip(body).ok_or(Code::NotFound)?;
    let (visitor, proof) = match route.access {
        Access::Open => (None, None),
        Access::Session => {
            let (visitor, proof) = visitor(head, context, &caller, state).await?;
            (Some(visitor), proof)
        }
    };
    if body != BodyKind::Json && proof.as_ref().is_some_and(|proof| !proof.covers(b"")) {
        return Err(Code::InvalidToken.into());
    }
    Ok(Proofs { caller, visitor, proof, body })
}

fn accepted_body(head: &RequestHead, route: &Route) -> Result<BodyKind, Refusal> {
    let length =
        head.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BODY_BYTES) {
        return Err(Code::BodyTooLarge.into());
    }
    match route.body(&head.method) {
        None => Err(Refusal::method_not_allowed(route.allow())),
        Some(BodyKind::Json) if !is_plain_json(&head.headers) => Err(Code::UnsupportedMediaType.into()),
        Some(body) => Ok(body),
    }
}

/// Authenticates the visitor by the session token, and by the proof of the key that it is bound to.
async fn visitor(
    head: &RequestHead,
    context: &RequestContext,
    caller: &Caller,
    state: &State,
) -> Result<(Visitor, Option<Proof>), Refusal> {
    let issuer = context.own_origin.as_ref().ok_or(Code::InvalidToken)?;
    let (scheme, token) = credential(&head.headers).ok_or(Code::InvalidToken)?;
    let authenticated = authenticate(&state.chat, token, caller, issuer).await;
    let (session, site) = authenticated.map_err(|cause| {
        event!(DEBUG, request_id = %context.id, %cause, "session.token_refused");
        Refusal::new(Code::InvalidToken)
    })?;
    let proof = proof::require(head, context, state, (scheme, token), session.binding)?;
    let visitor = Visitor {
        site,
        session,
        address: context.client,
        issuer: issuer.clone(),
        request_id: context.id.uuid(),
    };
    Ok((visitor, proof))
}
