//! Sending a message, joining its reply, stopping it (DESIGN §4.1, PROTOCOL §4).

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::SizedStream;
use actix_web::http::header::{self, ContentType, HeaderValue};
use actix_web::web::{Bytes, Data, Path, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use futures_util::stream::iter;
use porthole_domain::message::MessageId;
use porthole_domain::session::Session;
use porthole_protocol::{Code, Done, path};
use serde::Serialize;

use super::negotiate::{ReplyForm, reply_form};
use crate::error::Refusal;
use crate::gate::{self, Accepted};
use crate::outgoing;
use crate::relay::{
    self, Admission, ConversationId, Format, Instead, Join, Reader, Reply, TextReader, TimeLimits,
};
use crate::request::RequestContext;
use crate::seal::Seal;
use crate::state::State;
use crate::upstream;

/// How long the status of an answer may wait for what the workflow does.
const COMMIT_AFTER: Duration = Duration::from_secs(10);

/// `POST /api/v1/chat/message`, and `POST /api/v1/chat/stream` with JSON lines whatever `Accept` says.
pub(crate) async fn send(
    state: Data<State>,
    request: HttpRequest,
    session: ReqData<Session>,
    context: ReqData<RequestContext>,
    http: Data<upstream::Client>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let form = match request.path() {
        path::CHAT_STREAM => ReplyForm::Stream(Format::JsonLines),
        _ => match reply_form(&request) {
            Ok(form) => form,
            Err(refusal) => {
                gate::drain(payload.into_inner()).await;
                return Err(refusal);
            }
        },
    };
    let sender = Sender {
        state: state.into_inner(),
        context: context.into_inner(),
        session: session.into_inner(),
        http,
    };
    sender.send(payload, form).await
}

/// `GET /api/v1/chat/message/{message_id}`
pub(crate) async fn join(
    state: Data<State>,
    request: HttpRequest,
    session: ReqData<Session>,
    message_id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let form = reply_form(&request)?;
    let last = last_event_id(&request)?;
    let reply = find(&state, &session, &message_id)?;
    state.metrics.joined();
    match form {
        ReplyForm::Whole => whole(reply, &session).await,
        ReplyForm::Stream(format) => match Reader::join(reply, last, format) {
            Join::Reading(reader) => Ok(stream(reader, format)),
            Join::Complete => Ok(HttpResponse::NoContent().finish()),
            Join::Beyond => Err(Code::InvalidLastEventId.into()),
            Join::Lost => Err(Code::StreamLost.into()),
        },
    }
}

/// `DELETE /api/v1/chat/message/{message_id}`
pub(crate) async fn stop(
    state: Data<State>,
    session: ReqData<Session>,
    message_id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    find(&state, &session, &message_id)?.stop();
    Ok(HttpResponse::NoContent().finish())
}

/// One call that sends a message.
struct Sender {
    state: Arc<State>,
    context: RequestContext,
    session: Session,
    http: Data<upstream::Client>,
}

impl Sender {
    async fn send(self, payload: Payload, form: ReplyForm) -> Result<HttpResponse, Refusal> {
        let issuer = self.context.own_origin.as_ref().ok_or(Code::InvalidToken)?;
        let request_id = self.context.id;
        let seal = |accepted: &Accepted| {
            let message = (accepted.message_id, accepted.text.as_str());
            let state = Arc::clone(&self.state);
            Box::new(Seal::new(
                state,
                self.session.clone(),
                issuer.clone(),
                message,
                request_id,
            )) as _
        };
        let (accepted, admitted) = gate::admit(
            &self.state,
            &self.session,
            self.context.client,
            payload.into_inner(),
            seal,
        )
        .await?;
        let reply = match admitted {
            Admission::Run { producer, permit } => {
                let call = outgoing::call(&self.state, &self.session, issuer, &accepted, request_id)
                    .map_err(|_| Code::InvalidToken)?;
                let reply = Arc::clone(producer.reply());
                let upstream = Arc::clone(&self.state.upstream);
                let client = (**self.http).clone();
                relay::start(producer, upstream, client, call, TimeLimits::default(), permit);
                if form != ReplyForm::Whole {
                    reply.committed(COMMIT_AFTER).await?;
                }
                reply
            }
            Admission::Instead(instead) => self.joined(instead)?,
            Admission::Refused(refusal) => return Err(refusal),
        };
        match form {
            ReplyForm::Whole => whole(reply, &self.session).await,
            ReplyForm::Stream(format) => Ok(stream(Reader::of(reply, format), format)),
        }
    }

    /// The reply that a repeated message joins, or why it does not run.
    fn joined(&self, instead: Instead) -> Result<Arc<Reply>, Refusal> {
        let named = |message_id: Option<MessageId>| message_id.map(|id| id.to_string());
        match instead {
            Instead::Join(reply) => {
                self.state.metrics.joined();
                Ok(reply)
            }
            Instead::FailedBefore(failure) => Err(failure.into()),
            Instead::Conflict => Err(Code::MessageConflict.into()),
            Instead::Busy(message_id) => Err(Refusal::new(Code::Busy).naming(named(Some(message_id)))),
            Instead::Stale(message_id) => Err(Refusal::new(Code::StaleState).naming(named(message_id))),
        }
    }
}

/// Unknown, another session's and forgotten replies are the same to who asks.
fn find(state: &State, session: &Session, message_id: &str) -> Result<Arc<Reply>, Refusal> {
    let id = MessageId::parse(message_id).map_err(|_| Code::StreamLost)?;
    let conversation = ConversationId {
        site: session.site.clone(),
        sid: session.sid,
    };
    state
        .relay
        .find(&conversation, id, Instant::now())
        .ok_or_else(|| Code::StreamLost.into())
}

fn stream(reader: Reader, format: Format) -> HttpResponse {
    let media_type = match format {
        Format::Sse => "text/event-stream",
        Format::JsonLines => "application/x-ndjson",
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(reader.into_stream())
}

/// What follows the text in a whole reply.
#[derive(Serialize)]
struct Behind<'a> {
    suggestions: &'a [String],
    #[serde(flatten)]
    done: &'a Done,
}

/// A whole reply ([`porthole_protocol::message::ReplyDocument`]), its text written as fast as it is taken.
async fn whole(reply: Arc<Reply>, session: &Session) -> Result<HttpResponse, Refusal> {
    let whole = reply.finished().await?;
    let behind = Behind {
        suggestions: &whole.suggestions,
        done: &whole.done,
    };
    let behind = serde_json::to_string(&behind).map_err(|_| Code::Internal)?;
    let before = format!(
        r#"{{"message_id":"{}","session_id":"{}","text":""#,
        reply.message_id(),
        session.sid
    );
    let behind = format!("\",{}", behind.trim_start_matches('{'));
    let length = before.len() + whole.text_bytes + behind.len();
    let parts = iter([Bytes::from(before)])
        .chain(iter(TextReader::of(reply)))
        .chain(iter([Bytes::from(behind)]));
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(SizedStream::new(length as u64, parts.map(Ok::<_, Infallible>))))
}

pub(crate) fn last_event_id(request: &HttpRequest) -> Result<Option<u64>, Refusal> {
    let mut values = request
        .headers()
        .get_all(header::HeaderName::from_static("last-event-id"));
    let (first, second) = (values.next(), values.next());
    match (first.map(HeaderValue::as_bytes), second) {
        (None, _) => Ok(None),
        (Some(digits), None) if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            let id = std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| digits.parse().ok());
            id.map(Some).ok_or_else(|| Code::InvalidLastEventId.into())
        }
        _ => Err(Code::InvalidLastEventId.into()),
    }
}
