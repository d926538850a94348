//! Sending a message, joining its reply, stopping it (contract §4).

use std::time::Duration;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Path, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use porthole_chat::Visitor;
use porthole_chat::join;
use porthole_chat::send::{Sent, send as send_message};
use porthole_domain::message::MessageId;
use porthole_protocol::{Code, path};
use porthole_relay::{Join, Reader};
use porthole_upstream::Client;

use super::framing::{Framing, stream};
use super::negotiate::{ReplyForm, reply_form};
use super::reply_document::document;
use crate::error::Refusal;
use crate::gate;
use crate::state::State;

/// The longest wait of a response's status for the workflow's first byte.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(10);

/// `POST /api/v1/chat/message`, and `POST /api/v1/chat/stream` with JSON lines whatever `Accept` says.
pub(crate) async fn send(
    state: Data<State>,
    request: HttpRequest,
    visitor: ReqData<Visitor>,
    client: Data<Client>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let form = match sent_form(&request) {
        Ok(form) => form,
        Err(refusal) => {
            gate::drain(payload.into_inner()).await;
            return Err(refusal);
        }
    };
    let message = gate::read_message(payload.into_inner(), &visitor).await?;
    let sent = send_message(&state.chat, &visitor, message, (**client).clone()).await?;
    // The permit of a join is held for as long as its answer takes.
    let Sent { reply, joined } = sent;
    match form {
        ReplyForm::Whole => document(reply, &visitor).await,
        ReplyForm::Stream(framing) => {
            if joined.is_none() {
                reply.wait_for_status(COMMIT_TIMEOUT).await?;
            }
            Ok(stream(Reader::new(reply), framing, joined))
        }
    }
}

/// Returns the form of the reply to a message: one of the two paths says it instead of `Accept`.
fn sent_form(request: &HttpRequest) -> Result<ReplyForm, Refusal> {
    match request.path() {
        path::CHAT_STREAM => Ok(ReplyForm::Stream(Framing::JsonLines)),
        _ => reply_form(request),
    }
}

/// `GET /api/v1/chat/message/{message_id}`
pub(crate) async fn join_reply(
    state: Data<State>,
    request: HttpRequest,
    visitor: ReqData<Visitor>,
    message_id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let form = reply_form(&request)?;
    let last = last_event_id(&request)?;
    let (reply, permit) = join::join(&state.chat, &visitor, parse_id(&message_id)?).await?;
    let framing = match form {
        ReplyForm::Whole => return document(reply, &visitor).await,
        ReplyForm::Stream(framing) => framing,
    };
    match Reader::join(reply, last) {
        Join::Reading(reader) => Ok(stream(reader, framing, Some(permit))),
        Join::Complete => Ok(HttpResponse::NoContent().finish()),
        Join::Beyond => Err(Code::InvalidLastEventId.into()),
        Join::Lost => Err(Code::StreamLost.into()),
    }
}

/// `DELETE /api/v1/chat/message/{message_id}`
pub(crate) async fn stop_reply(
    state: Data<State>,
    visitor: ReqData<Visitor>,
    message_id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    join::stop(&state.chat, &visitor, parse_id(&message_id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reads the id in the path: text that is no id gets the answer of an unknown reply.
fn parse_id(message_id: &str) -> Result<MessageId, Refusal> {
    MessageId::parse(message_id).map_err(|_| Code::StreamLost.into())
}

/// Reads the id of the last event that the client has.
pub(crate) fn last_event_id(request: &HttpRequest) -> Result<Option<u64>, Refusal> {
    let mut values = request.headers().get_all(header::HeaderName::from_static("last-event-id"));
    let (first, second) = (values.next(), values.next());
    match (first.map(HeaderValue::as_bytes), second) {
        (None, _) => Ok(None),
        (Some(digits), None) if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            let id = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            id.map(Some).ok_or_else(|| Code::InvalidLastEventId.into())
        }
        _ => Err(Code::InvalidLastEventId.into()),
    }
}
