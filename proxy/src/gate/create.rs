//! The body that creates a session, member by member (contract §7).

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use porthole_domain::proof::PublicKey;
use porthole_domain::session::Thumbprint;
use porthole_protocol::session::CreateRequest;
use serde_json::value::RawValue;

use super::body;
use super::member::{member, members, object, object_member};
use crate::error::Refusal;

members!(CreateMembers { ticket, site, previous, jwk });

const JWK: &str = "the public half of a P-256 key: kty, crv, x and y, and nothing else";

/// The body that creates a session.
pub(crate) struct CreationBody {
    pub(crate) request: CreateRequest,
    /// The key that it offers.
    pub(crate) key: Option<Thumbprint>,
    pub(crate) bytes: Bytes,
}

/// Reads the body that creates a session.
pub(crate) async fn read_creation(payload: Payload) -> Result<CreationBody, Refusal> {
    let bytes = body::read(payload).await?;
    let (request, key) = parse_creation(&bytes)?;
    Ok(CreationBody { request, key, bytes })
}

/// Parses the body that creates a session, and the key that it offers.
pub(crate) fn parse_creation(bytes: &[u8]) -> Result<(CreateRequest, Option<Thumbprint>), Refusal> {
    let members: CreateMembers<'_> = object(bytes)?;
    let key = key(members.jwk)?;
    let request = CreateRequest {
        ticket: member(members.ticket, "ticket", "the text of the frame's ticket")?,
        site: member(members.site, "site", "the name of a site")?,
        // A bad one is never an error: there is a new session then (contract §2).
        previous: member(members.previous, "previous", "a session token").unwrap_or_default(),
    };
    Ok((request, key))
}

fn key(raw: Option<&RawValue>) -> Result<Option<Thumbprint>, Refusal> {
    let key: Option<PublicKey> = object_member(raw, "jwk", JWK)?;
    let offered =
        |key: PublicKey| key.offered().ok_or_else(|| Refusal::invalid("jwk", format!("Expected {JWK}.")));
    key.map(offered).transpose()
}
