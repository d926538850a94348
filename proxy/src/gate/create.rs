//! The body that creates a session, member by member (contract §7).

use actix_web::dev::Payload;
use porthole_protocol::session::CreateRequest;

use super::body;
use super::member::{member, members, object};
use crate::error::Refusal;

members!(CreateMembers { ticket, site, previous });

/// Reads the body that creates a session.
pub(crate) async fn read_creation(payload: Payload) -> Result<CreateRequest, Refusal> {
    parse_creation(&body::read(payload).await?)
}

/// Parses the body that creates a session.
pub(crate) fn parse_creation(bytes: &[u8]) -> Result<CreateRequest, Refusal> {
    let members: CreateMembers<'_> = object(bytes)?;
    Ok(CreateRequest {
        ticket: member(members.ticket, "ticket", "the text of the frame's ticket")?,
        site: member(members.site, "site", "the name of a site")?,
        // A bad one is never an error: there is a new session then (contract §2).
        previous: member(members.previous, "previous", "a session token").unwrap_or_default(),
    })
}
