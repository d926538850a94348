//! The history that the workflow remembers, feedback on its replies (contract §9), and signed transcripts (contract §11).

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::{Data, Path, Payload, ReqData};
use porthole_chat::history::{forget as forget_history, load as load_history};
use porthole_chat::{Visitor, export as exports, feedback};
use porthole_protocol::Code;
use porthole_upstream::Client;

use super::chunked;
use crate::error::Refusal;
use crate::gate;
use crate::state::State;

/// `GET /api/v1/chat/history/{session_id}`
pub(crate) async fn load(
    state: Data<State>,
    visitor: ReqData<Visitor>,
    session_id: Path<String>,
    client: Data<Client>,
) -> Result<HttpResponse, Refusal> {
    let loaded = load_history(&state.chat, &visitor, &session_id, (**client).clone()).await?;
    let json = serde_json::to_vec(&loaded.history).map_err(|_| Code::Internal)?;
    let body = state.pending_bodies.add(json.into_boxed_slice().into());
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(chunked::pending(body, loaded.permit)))
}

/// `DELETE /api/v1/chat/history/{session_id}`
pub(crate) async fn forget(
    state: Data<State>,
    visitor: ReqData<Visitor>,
    session_id: Path<String>,
    client: Data<Client>,
) -> Result<HttpResponse, Refusal> {
    forget_history(&state.chat, &visitor, &session_id, (**client).clone()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/chat/feedback`
pub(crate) async fn rate(
    state: Data<State>,
    visitor: ReqData<Visitor>,
    client: Data<Client>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let rated = gate::read_feedback(payload.into_inner()).await?;
    feedback::rate(&state.chat, &visitor, &rated, (**client).clone()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/chat/export`: the compact JWS itself (RFC 7515 §9.2.1), to be kept as a file.
pub(crate) async fn export(
    state: Data<State>,
    visitor: ReqData<Visitor>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let transcript = gate::read_export(payload.into_inner()).await?;
    let signed = exports::sign(&state.chat, &visitor, transcript).await?;
    let body = state.pending_bodies.add(signed.jws.into());
    Ok(HttpResponse::Ok().content_type("application/jose").body(chunked::pending(body, signed.permit)))
}
