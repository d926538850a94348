//! Creating a session (contract §2): by a frame's ticket, or by a page on the site's list.

use std::sync::Arc;

use porthole_domain::address::AddressGroup;
use porthole_domain::origin::Origin;
use porthole_domain::session::{BindingPolicy, Continuation, NewSession, Session, Thumbprint, Via};
use porthole_domain::ticket::{Ticket, TicketError};
use porthole_protocol::session::{CreateRequest, CreateResponse, TokenType};
use porthole_store::quota::Exceeded;
use porthole_store::{Revocations as _, SiteQuotas as _};
use uuid::Uuid;

use crate::session::audit;
use crate::{Caller, Chat, Site, Visitor};

/// The reasons for which no session is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateError {
    /// The call has no `Origin`.
    OriginRequired,
    /// The origin is not on the site's list.
    OriginNotAllowed,
    /// A call of the proxy's own origin has no ticket.
    TicketRequired,
    /// The ticket has expired.
    TicketExpired,
    /// The ticket is none of ours, or comes from another origin.
    InvalidTicket,
    /// There is no site of this name.
    UnknownSite,
    /// The site binds each session to a key, and the call offers none.
    KeyRequired,
    /// The process drains: the session could send nothing.
    Draining,
    /// Too many new sessions.
    Exceeded(Exceeded),
}

/// A call that creates a session, as the head gate knows it.
#[derive(Clone, Debug)]
pub struct Creation<'a> {
    /// The body.
    pub body: CreateRequest,
    /// The key in it, which a new session is bound to.
    pub offered: Option<Thumbprint>,
    /// The key that the call has proven.
    pub proven: Option<Thumbprint>,
    /// The caller.
    pub caller: &'a Caller,
    /// The proxy's own origin.
    pub own: &'a Origin,
    /// The address, as coarse as limits count it.
    pub address: AddressGroup,
    /// The request's id.
    pub request_id: Uuid,
}

/// The context that a session belongs to.
struct SessionContext {
    site: Arc<Site>,
    origin: Origin,
    via: Via,
}

/// Creates a session, or carries an earlier conversation on where it may be.
pub async fn create(chat: &Chat, creation: Creation<'_>) -> Result<CreateResponse, CreateError> {
    let context = context(chat, &creation)?;
    if chat.is_draining() {
        return Err(CreateError::Draining);
    }
    let quota = context.site.quotas.creation(creation.address).await;
    quota.map_err(CreateError::Exceeded)?;
    let renewed = renewed(chat, &creation, &context).await;
    let happened = match &renewed {
        Some(_) => "session.continued",
        None => "session.created",
    };
    let session = renewed.unwrap_or_else(|| opened(chat, &context));
    let visitor = Visitor {
        session: bound(session, creation.offered, context.site.config.binding)?,
        site: context.site,
        address: creation.address,
        issuer: creation.own.clone(),
        request_id: creation.request_id,
    };
    chat.metrics.session_created();
    audit(&visitor, happened);
    let (session, issuer) = (&visitor.session, visitor.issuer.as_str());
    Ok(CreateResponse {
        session_id: session.sid.to_string(),
        token_type: session.binding.map_or(TokenType::Bearer, |_| TokenType::DPoP),
        token: chat.keys.keyring.mint_session(session, issuer),
        expires_at: session.expires.to_rfc3339(),
        limits: visitor.site.limits(),
    })
}

/// Mints the ticket of a frame, which opens one new session for this site and origin.
#[must_use]
pub fn mint_ticket(chat: &Chat, site: &Site, origin: &Origin, own: &Origin) -> String {
    let ticket = Ticket::new(site.id().clone(), origin.clone(), Chat::now());
    chat.keys.keyring.mint_ticket(&ticket, own.as_str())
}

/// Finds the context: the proxy's own document shows its ticket, a page on the list names its site.
fn context(chat: &Chat, creation: &Creation<'_>) -> Result<SessionContext, CreateError> {
    let body = &creation.body;
    match creation.caller {
        Caller::Own(_) => context_of_ticket(chat, creation),
        Caller::Listed(_) if body.ticket.is_some() => Err(CreateError::InvalidTicket),
        Caller::Listed(origin) => {
            let site = chat.sites.named(body.site.as_deref());
            let site = site.ok_or(CreateError::UnknownSite)?;
            if !site.permits(origin, creation.own) {
                return Err(CreateError::OriginNotAllowed);
            }
            Ok(SessionContext { site, origin: origin.clone(), via: Via::Cors })
        }
        Caller::Unnamed(_) => Err(CreateError::OriginRequired),
    }
}

fn context_of_ticket(chat: &Chat, creation: &Creation<'_>) -> Result<SessionContext, CreateError> {
    let ticket = creation.body.ticket.as_deref();
    let ticket = ticket.ok_or(CreateError::TicketRequired)?;
    let expected = chat.expected(creation.own);
    let ticket = chat.keys.keyring.verify_ticket(ticket, &expected).map_err(|error| match error {
        TicketError::Expired => CreateError::TicketExpired,
        TicketError::Invalid(_) => CreateError::InvalidTicket,
    })?;
    let site = chat.sites.get(&ticket.site).ok_or(CreateError::InvalidTicket)?;
    if !site.permits(&ticket.origin, creation.own) {
        return Err(CreateError::OriginNotAllowed);
    }
    Ok(SessionContext { site, origin: ticket.origin, via: Via::Frame })
}

/// Renews an earlier session where it may be carried on; otherwise there is a new one, and no error.
async fn renewed(chat: &Chat, creation: &Creation<'_>, context: &SessionContext) -> Option<Session> {
    let continuation = Continuation {
        site: context.site.id(),
        origin: &context.origin,
        via: context.via,
        proven: creation.proven,
    };
    let token = creation.body.previous.as_deref()?;
    let expected = chat.expected(creation.own);
    let previous = chat.keys.keyring.verify_previous(token, &expected, &continuation).ok()?;
    let is_too_old = previous.issued < context.site.config.not_before;
    if is_too_old || chat.revocations.is_revoked(&previous).await {
        return None;
    }
    Some(previous.renew(Uuid::new_v4(), Chat::now(), &context.site.config.lifetimes))
}

/// Binds a session to the key that its browser offers, as its site has it.
fn bound(
    session: Session,
    offered: Option<Thumbprint>,
    policy: BindingPolicy,
) -> Result<Session, CreateError> {
    match policy {
        BindingPolicy::Off => Ok(session),
        BindingPolicy::Auto => Ok(session.bound_to(offered)),
        BindingPolicy::Required => match session.bound_to(offered) {
            Session { binding: None, .. } => Err(CreateError::KeyRequired),
            bound => Ok(bound),
        },
    }
}

fn opened(chat: &Chat, context: &SessionContext) -> Session {
    let new = NewSession {
        site: context.site.id().clone(),
        origin: context.origin.clone(),
        via: context.via,
        sid: Uuid::new_v4(),
        jti: Uuid::new_v4(),
        wk: chat.keys.keyring.signing_key_id(),
    };
    Session::new(new, Chat::now(), &context.site.config.lifetimes)
}
