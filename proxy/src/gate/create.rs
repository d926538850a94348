//! What opens a session passes after the head gate: its members, one by one.

use actix_web::dev::Payload;
use porthole_protocol::session::CreateRequest;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::body;
use super::message::member;
use crate::error::Refusal;

/// The members as they came, each to be read by itself, so that a refusal can name it.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    ticket: Option<&'a RawValue>,
    #[serde(borrow)]
    site: Option<&'a RawValue>,
    #[serde(borrow)]
    previous: Option<&'a RawValue>,
}

/// Reads the body that opens a session.
pub(crate) async fn admit_create(payload: Payload) -> Result<CreateRequest, Refusal> {
    accept_create(&body::read(payload).await?)
}

/// Reads the members of the body that opens a session.
pub(crate) fn accept_create(bytes: &[u8]) -> Result<CreateRequest, Refusal> {
    let members: Members<'_> = super::object(bytes)?;
    Ok(CreateRequest {
        ticket: member(members.ticket, "ticket", "the text of the frame's ticket")?,
        site: member(members.site, "site", "the name of a site")?,
        // A bad one is never an error: there is a new session then (PROTOCOL §2).
        previous: member(members.previous, "previous", "a session token").unwrap_or_default(),
    })
}
