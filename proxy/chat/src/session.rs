//! Sessions by their tokens: checked with every call, and revoked.

use std::sync::Arc;

use porthole_domain::origin::Origin;
use porthole_domain::session::{Session, Via};
use porthole_domain::token::TokenErrorKind;
use porthole_store::Revocations as _;
use porthole_telemetry::{AUDIT, event};
use thiserror::Error;

use crate::{Caller, Chat, Site, Visitor};

/// A token that opens nothing here; the reason is for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenRefused {
    /// The token itself is not valid.
    #[error("{0}")]
    Invalid(TokenErrorKind),
    /// Its site is not set up.
    #[error("site")]
    UnknownSite,
    /// It comes from another place than it was made for.
    #[error("place")]
    ForeignPlace,
    /// Its session was ended.
    #[error("revoked")]
    Revoked,
}

/// Verifies a session token and that it comes from the place that it was made for.
pub async fn authenticate(
    chat: &Chat,
    token: &str,
    caller: &Caller,
    own: &Origin,
) -> Result<(Session, Arc<Site>), TokenRefused> {
    let verified = chat.keys.keyring.verify_session(token, &chat.expected(own));
    let session = verified.map_err(|error| TokenRefused::Invalid(error.kind()))?;
    let site = chat.sites.get(&session.site).ok_or(TokenRefused::UnknownSite)?;
    let is_from_its_place = match (session.via, caller) {
        (Via::Frame, Caller::Own(_) | Caller::Unnamed(_)) => site.permits(&session.origin, own),
        (Via::Cors, Caller::Listed(origin)) => session.origin == *origin && site.permits(origin, own),
        (Via::Frame, Caller::Listed(_)) | (Via::Cors, Caller::Own(_) | Caller::Unnamed(_)) => false,
    };
    if !is_from_its_place {
        return Err(TokenRefused::ForeignPlace);
    }
    if session.binding.is_some() || chat.revocations.is_revoked(&session).await {
        return Err(TokenRefused::Revoked);
    }
    Ok((session, site))
}

/// Ends the visitor's session: its tokens are revoked on this replica.
pub async fn end(chat: &Chat, visitor: &Visitor) {
    chat.revocations.revoke(&visitor.session).await;
    audit(visitor, "session.ended");
}

/// Logs who was let in. Session ids stay out: they and the message's name are all that a visitor could be found by.
pub(crate) fn audit(visitor: &Visitor, happened: &'static str) {
    event!(
        INFO,
        target: AUDIT,
        request_id = %visitor.request_id.simple(),
        site = %visitor.session.site,
        origin = %visitor.session.origin,
        client = visitor.address.network(),
        "{happened}"
    );
}
