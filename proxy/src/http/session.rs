//! Opening, checking and ending sessions.

use actix_web::web::{Data, Json, Payload, ReqData};
use actix_web::{HttpResponse, Responder};
use porthole_domain::origin::Origin;
use porthole_domain::session::{Continuation, NewSession, Session, Via};
use porthole_domain::site::SiteId;
use porthole_domain::ticket::TicketError;
use porthole_protocol::Code;
use porthole_protocol::session::{
    CreateRequest, CreateResponse, EndResponse, EndScope, User, ValidateResponse,
};
use porthole_telemetry::{AUDIT, event};
use uuid::Uuid;

use crate::error::Refusal;
use crate::gate::{self, Caller};
use crate::request::RequestContext;
use crate::state::State;

/// `POST /api/v1/session/create`
pub(crate) async fn create(
    state: Data<State>,
    context: ReqData<RequestContext>,
    caller: ReqData<Caller>,
    payload: Payload,
) -> Result<impl Responder, Refusal> {
    let create = gate::admit_create(payload.into_inner()).await?;
    let own = context.own_origin.as_ref().ok_or(Code::OriginNotAllowed)?;
    let place = place(&create, &caller, own, &state)?;
    state.limits.creation(context.client)?;
    let continued = continued(&create, &place, own, &state);
    let what = if continued.is_some() {
        "session.continued"
    } else {
        "session.created"
    };
    let session = continued.unwrap_or_else(|| opened(place, &state));
    state.metrics.session_created();
    audit(&session, &context, what);
    let token = state
        .config
        .process
        .keys
        .keyring
        .mint_session(&session, own.as_str());
    Ok(HttpResponse::Created().json(CreateResponse {
        session_id: session.sid.to_string(),
        token,
        expires_at: session.expires.to_rfc3339(),
        limits: state.wire_limits(),
    }))
}

/// `GET /api/v1/session/validate`
pub(crate) async fn validate(session: ReqData<Session>) -> impl Responder {
    Json(ValidateResponse {
        valid: true,
        session_id: session.sid.to_string(),
        expires_at: session.expires.to_rfc3339(),
        site: session.site.to_string(),
        origin: session.origin.to_string(),
        user: session.identity.as_ref().map(|identity| User {
            sub: identity.subject.clone(),
        }),
        turn: session.turn,
    })
}

/// `POST /api/v1/session/end`
pub(crate) async fn end(
    state: Data<State>,
    session: ReqData<Session>,
    context: ReqData<RequestContext>,
) -> impl Responder {
    state.ended.insert(&session);
    audit(&session, &context, "session.ended");
    Json(EndResponse {
        scope: EndScope::Replica,
    })
}

/// Session ids stay out: they and the message's name are all that a visitor could be found by.
fn audit(session: &Session, context: &RequestContext, what: &'static str) {
    event!(
        INFO,
        target: AUDIT,
        request_id = %context.id,
        site = %session.site,
        origin = %session.origin,
        client = context.client.network(),
        "{what}"
    );
}

/// Where a session belongs.
struct Place {
    site: SiteId,
    origin: Origin,
    via: Via,
}

/// Our own document shows its ticket; a page on the list names its site.
fn place(create: &CreateRequest, caller: &Caller, own: &Origin, state: &State) -> Result<Place, Refusal> {
    match caller {
        Caller::Own(_) => ticket_place(create, own, state),
        Caller::Listed(_) if create.ticket.is_some() => Err(Code::InvalidToken.into()),
        Caller::Listed(origin) => Ok(Place {
            site: site(create.site.as_deref(), state)?,
            origin: origin.clone(),
            via: Via::Cors,
        }),
        Caller::Unnamed(_) => Err(Code::OriginRequired.into()),
    }
}

fn ticket_place(create: &CreateRequest, own: &Origin, state: &State) -> Result<Place, Refusal> {
    let ticket = create
        .ticket
        .as_deref()
        .ok_or_else(|| Refusal::invalid("ticket", "Calls of our own origin need the frame's ticket."))?;
    let ticket = state
        .config
        .process
        .keys
        .keyring
        .verify_ticket(ticket, &state.expect(own))
        .map_err(|error| match error {
            TicketError::Expired => Refusal::new(Code::TicketExpired),
            TicketError::Invalid(_) => Refusal::new(Code::InvalidToken),
        })?;
    if !state.has_site(&ticket.site) {
        return Err(Code::InvalidToken.into());
    }
    if !state.may_show(&ticket.origin, own) {
        return Err(gate::not_allowed(state));
    }
    Ok(Place {
        site: ticket.site,
        origin: ticket.origin,
        via: Via::Frame,
    })
}

fn site(named: Option<&str>, state: &State) -> Result<SiteId, Refusal> {
    state
        .site(named)
        .ok_or_else(|| Refusal::invalid("site", "There is no site of this name."))
}

/// Carries an earlier conversation on where it may be; otherwise there is a new one, and no error.
fn continued(create: &CreateRequest, place: &Place, own: &Origin, state: &State) -> Option<Session> {
    let continuation = Continuation {
        site: &place.site,
        origin: &place.origin,
        via: place.via,
    };
    let keyring = &state.config.process.keys.keyring;
    let previous = keyring
        .verify_previous(create.previous.as_deref()?, &state.expect(own), &continuation)
        .ok()?;
    let alive = !state.ended.contains(&previous);
    alive.then(|| previous.renew(Uuid::new_v4(), state.now(), &state.config.site.lifetimes))
}

fn opened(place: Place, state: &State) -> Session {
    let opening = NewSession {
        site: place.site,
        origin: place.origin,
        via: place.via,
        sid: Uuid::new_v4(),
        jti: Uuid::new_v4(),
        wk: state.config.process.keys.keyring.signing_key_id(),
    };
    Session::new(opening, state.now(), &state.config.site.lifetimes)
}
