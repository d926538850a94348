//! Key proofs (`DPoP`, RFC 9449): the credential of a call, and the proof of the key that its session is bound to (contract §2).

use actix_web::dev::{Payload, RequestHead};
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::web::Bytes;
use porthole_domain::proof::{self, Proof, ProofError, ProvenCall};
use porthole_domain::session::Thumbprint;
use porthole_protocol::Code;

use super::body;
use crate::error::Refusal;
use crate::request::RequestContext;
use crate::state::State;

const DPOP: HeaderName = HeaderName::from_static("dpop");

/// The schemes of `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Bearer,
    DPoP,
}

/// Returns the token of the only `Authorization`, and its scheme.
pub(super) fn credential(headers: &HeaderMap) -> Option<(Scheme, &str)> {
    let (scheme, token) = only(headers, &header::AUTHORIZATION)?.split_once(' ')?;
    let schemes = [("bearer", Scheme::Bearer), ("dpop", Scheme::DPoP)];
    let known = schemes.into_iter().find(|(name, _)| scheme.eq_ignore_ascii_case(name));
    known.map(|(_, scheme)| (scheme, token))
}

/// Returns the token of the only `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    credential(headers).filter(|(scheme, _)| *scheme == Scheme::Bearer).map(|(_, token)| token)
}

/// Requires of a bound session the proof of its key; an unbound one has none, and comes as a bearer token.
pub(super) fn require(
    head: &RequestHead,
    context: &RequestContext,
    state: &State,
    (scheme, token): (Scheme, &str),
    binding: Option<Thumbprint>,
) -> Result<Option<Proof>, Refusal> {
    match (scheme, binding) {
        (Scheme::Bearer, None) => Ok(None),
        (Scheme::DPoP, Some(key)) => match verify(head, context, state, Some(token))? {
            Some(proof) if proof.key == key => Ok(Some(proof)),
            _ => Err(Code::InvalidToken.into()),
        },
        _ => Err(Code::InvalidToken.into()),
    }
}

/// Returns the key that a call without a token has proven. A proof that does not hold proves nothing; one that needs another
/// nonce may come again.
pub(crate) fn proven_key(
    head: &RequestHead,
    context: &RequestContext,
    state: &State,
    body: &[u8],
) -> Result<Option<Thumbprint>, Refusal> {
    let proof = verify(head, context, state, None)?;
    Ok(proof.filter(|proof| proof.covers(body)).map(|proof| proof.key))
}

/// Verifies the only `DPoP` of a call; `None` where it does not hold.
fn verify(
    head: &RequestHead,
    context: &RequestContext,
    state: &State,
    token: Option<&str>,
) -> Result<Option<Proof>, Refusal> {
    let (Some(shown), Some(own)) = (only(&head.headers, &DPOP), &context.own_origin) else {
        return Ok(None);
    };
    let uri = [own.as_str(), &state.process.listen.base_path, head.uri.path()].concat();
    let call = ProvenCall { method: head.method.as_str(), uri: &uri, token };
    match proof::verify(shown, &call, &state.chat.nonces()) {
        Ok(proof) => Ok(Some(proof)),
        Err(ProofError::Nonce) => Err(Code::UseDpopNonce.into()),
        Err(ProofError::Invalid) => Ok(None),
    }
}

/// Reads the body that a proof must be one of, and returns it for the handler to read.
pub(super) async fn require_body(proof: &Proof, payload: Payload) -> Result<Payload, Refusal> {
    let bytes = body::read(payload).await?;
    if proof.covers(&bytes) { Ok(replay(bytes)) } else { Err(Code::InvalidToken.into()) }
}

fn replay(bytes: Bytes) -> Payload {
    let (_, mut payload) = actix_http::h1::Payload::create(true);
    payload.unread_data(bytes);
    Payload::from(payload)
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name);
    let value = values.next().filter(|_| values.len() == 0)?;
    std::str::from_utf8(value.as_bytes()).ok()
}
