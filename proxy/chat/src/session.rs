//! Sessions by their tokens: checked with every call, and revoked.

use std::sync::Arc;

use porthole_domain::origin::Origin;
use porthole_domain::session::{BindingPolicy, Session, Via};
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
    /// Another caller uses it than it was made for.
    #[error("caller")]
    ForeignCaller,
    /// Its session was ended, or it is older than its site accepts.
    #[error("revoked")]
    Revoked,
    /// Its site serves sessions that are bound to a key only.
    #[error("unbound")]
    Unbound,
}

/// Verifies a session token, and that the caller is one that it was made for. The proof of a bound session's key is of the
/// request, and the edge asks for it.
pub async fn authenticate(
    chat: &Chat,
    token: &str,
    caller: &Caller,
    own: &Origin,
) -> Result<(Session, Arc<Site>), TokenRefused> {
    let verified = chat.keys.keyring.verify_session(token, &chat.expected(own));
    let session = verified.map_err(|error| TokenRefused::Invalid(error.kind()))?;
    let site = chat.sites.get(&session.site).ok_or(TokenRefused::UnknownSite)?;
    let has_its_caller = match (session.via, caller) {
        (Via::Frame, Caller::Own(_) | Caller::Unnamed(_)) => site.permits(&session.origin, own),
        (Via::Cors, Caller::Listed(origin)) => session.origin == *origin && site.permits(origin, own),
        (Via::Frame, Caller::Listed(_)) | (Via::Cors, Caller::Own(_) | Caller::Unnamed(_)) => false,
    };
    if !has_its_caller {
        return Err(TokenRefused::ForeignCaller);
    }
    if session.binding.is_none() && site.config.binding == BindingPolicy::Required {
        return Err(TokenRefused::Unbound);
    }
    if session.issued < site.config.not_before || chat.revocations.is_revoked(&session).await {
        return Err(TokenRefused::Revoked);
    }
    Ok((session, site))
}

/// Ends the visitor's session: its tokens are revoked on this replica.
pub async fn end(chat: &Chat, visitor: &Visitor) {
    chat.revocations.revoke(&visitor.session, visitor.address).await;
    audit(visitor, "session.ended");
}

/// Writes the audit line of a session's event. Session ids stay out: a visitor could be found by them.
pub(crate) fn audit(visitor: &Visitor, happened: &'static str) {
    event!(
        INFO,
        target: AUDIT,
        request_id = %visitor.request_id.simple(),
        site = %visitor.session.site,
        origin = %visitor.session.origin,
        client = %visitor.address.network(),
        "{happened}"
    );
}
