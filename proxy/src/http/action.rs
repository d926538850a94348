//! What the workflow remembers, forgets, and is told of its replies (DESIGN §4).

use std::sync::Arc;

use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use porthole_domain::history;
use porthole_domain::session::Session;
use porthole_protocol::Code;
use porthole_protocol::history::History;
use porthole_telemetry::{AUDIT, event};

use super::chunked;
use crate::error::Refusal;
use crate::gate::{self, Permit};
use crate::outgoing;
use crate::request::{RequestContext, RequestId};
use crate::state::State;
use crate::upstream::{self, Action, Failure, Post};

/// `GET /api/v1/chat/history/{session_id}`
pub(crate) async fn load(
    state: Data<State>,
    request: HttpRequest,
    session: ReqData<Session>,
    context: ReqData<RequestContext>,
    http: Data<upstream::Client>,
) -> Result<HttpResponse, Refusal> {
    let permit = gate::admit_history(&state, &session, context.client, session_id(&request))?;
    let errand = Errand::of(&state, &context, &session, Action::LoadPreviousSession)?;
    let (request_id, places) = (errand.request_id, permit.places());
    let answer = errand.ask(&http, permit).await?;
    match history::decode(&answer) {
        Ok(messages) if messages.is_empty() => Err(Code::NoHistory.into()),
        Ok(messages) => {
            let json = serde_json::to_vec(&History { messages }).map_err(|_| Code::Internal)?;
            let taker = state.untaken.hold(json.into_boxed_slice().into());
            Ok(HttpResponse::Ok()
                .content_type(ContentType::json())
                .body(chunked::pending(taker, places)))
        }
        Err(cause) => {
            event!(WARN, %request_id, %cause, "history.unreadable");
            Err(Code::NoHistory.into())
        }
    }
}

/// `DELETE /api/v1/chat/history/{session_id}`
pub(crate) async fn forget(
    state: Data<State>,
    request: HttpRequest,
    session: ReqData<Session>,
    context: ReqData<RequestContext>,
    http: Data<upstream::Client>,
) -> Result<HttpResponse, Refusal> {
    let permit = gate::admit_history(&state, &session, context.client, session_id(&request))?;
    let errand = Errand::of(&state, &context, &session, Action::Forget)?;
    errand.tell(&http, permit).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/chat/feedback`
pub(crate) async fn feedback(
    state: Data<State>,
    session: ReqData<Session>,
    context: ReqData<RequestContext>,
    http: Data<upstream::Client>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let (feedback, permit) =
        gate::admit_feedback(&state, &session, context.client, payload.into_inner()).await?;
    let errand = Errand::of(&state, &context, &session, Action::Feedback(&feedback))?;
    errand.tell(&http, permit).await?;
    state.metrics.rated(feedback.rating);
    Ok(HttpResponse::NoContent().finish())
}

/// The id in the path as it was written: what is no id at all is answered like an unknown one.
fn session_id(request: &HttpRequest) -> &str {
    request.match_info().get("session_id").unwrap_or_default()
}

/// One call of the workflow on behalf of a request.
struct Errand {
    state: Arc<State>,
    request_id: RequestId,
    action: &'static str,
    post: Post,
}

impl Errand {
    fn of(
        state: &Data<State>,
        context: &RequestContext,
        session: &Session,
        action: Action<'_>,
    ) -> Result<Self, Refusal> {
        let issuer = context.own_origin.as_ref().ok_or(Code::InvalidToken)?;
        let request_id = context.id;
        let state = Arc::clone(state);
        let post = outgoing::action(&state, session, issuer, action, request_id);
        Ok(Self {
            post: post.map_err(|_| Code::InvalidToken)?,
            state,
            request_id,
            action: action.name(),
        })
    }

    async fn ask(self, http: &upstream::Client, permit: Permit) -> Result<Bytes, Refusal> {
        let upstream = Arc::clone(&self.state.upstream);
        let asked = upstream::ask(upstream, http.clone(), self.post, permit).await;
        asked.map_err(|failure| refused(failure, self.request_id, self.action))
    }

    async fn tell(self, http: &upstream::Client, permit: Permit) -> Result<(), Refusal> {
        let upstream = Arc::clone(&self.state.upstream);
        let told = upstream::tell(upstream, http.clone(), self.post, permit).await;
        told.map_err(|failure| refused(failure, self.request_id, self.action))
    }
}

/// The cause stays in the log.
fn refused(failure: Failure, request_id: RequestId, action: &'static str) -> Refusal {
    if failure.refuses_us() {
        event!(WARN, target: AUDIT, %request_id, action, cause = %failure, "action.failed");
    } else {
        event!(WARN, %request_id, action, cause = %failure, "action.failed");
    }
    failure.into()
}
