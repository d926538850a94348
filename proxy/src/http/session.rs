//! Creating, checking and ending sessions (contract §2).

use actix_web::web::{Data, Json, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse, Responder};
use porthole_chat::create::{Creation, create as create_session};
use porthole_chat::{Caller, Visitor, end as end_session};
use porthole_protocol::Code;
use porthole_protocol::session::{EndResponse, EndScope, User, ValidateResponse};

use crate::error::Refusal;
use crate::gate;
use crate::request::RequestContext;
use crate::state::State;

/// `POST /api/v1/session/create`
pub(crate) async fn create(
    state: Data<State>,
    caller: ReqData<Caller>,
    context: ReqData<RequestContext>,
    request: HttpRequest,
    payload: Payload,
) -> Result<impl Responder, Refusal> {
    let body = gate::read_creation(payload.into_inner()).await?;
    let creation = Creation {
        proven: gate::proven_key(request.head(), &context, &state, &body.bytes)?,
        body: body.request,
        offered: body.key,
        caller: &caller,
        own: context.own_origin.as_ref().ok_or(Code::OriginNotAllowed)?,
        address: context.client,
        request_id: context.id.uuid(),
    };
    let created = create_session(&state.chat, creation).await;
    let created = created.map_err(|error| Refusal::from_create_error(error, state.process.stage))?;
    Ok(HttpResponse::Created().json(created))
}

/// `GET /api/v1/session/validate`
pub(crate) async fn validate(visitor: ReqData<Visitor>) -> impl Responder {
    let session = &visitor.session;
    Json(ValidateResponse {
        valid: true,
        session_id: session.sid.to_string(),
        expires_at: session.expires.to_rfc3339(),
        site: session.site.to_string(),
        origin: session.origin.to_string(),
        user: session.identity.as_ref().map(|identity| User { sub: identity.subject.clone() }),
        turn: session.turn,
    })
}

/// `POST /api/v1/session/end`
pub(crate) async fn end(state: Data<State>, visitor: ReqData<Visitor>) -> impl Responder {
    end_session(&state.chat, &visitor).await;
    Json(EndResponse { scope: EndScope::Replica })
}
