//! What the workflow is told: bodies, tokens, ids (DESIGN §6.1, PROTOCOL §2).

use std::sync::Arc;

use porthole_domain::origin::Origin;
use porthole_domain::session::Session;
use porthole_domain::token::TokenError;
use porthole_domain::workflow::{MessageClaims, WorkflowClaims, message_hash};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::config::UpstreamConfig;
use crate::gate::{Accepted, Rated};
use crate::http::answer::RequestId;
use crate::state::State;
use crate::upstream::{About, Action, Body, Call, Failure, Metadata, MintToken, Post, Unverified};

/// Makes the call of an accepted message.
///
/// It fails only where the key behind the session's workflow id was taken out of service.
pub(crate) fn call(
    state: &Arc<State>,
    session: &Session,
    issuer: &Origin,
    accepted: &Accepted,
    request_id: RequestId,
) -> Result<Call, TokenError> {
    let mid = state.config.keys.keyring.mid(session, &accepted.message_id)?;
    let mut claims = Claims::of(state, session, issuer)?;
    let turn = session.turn.saturating_add(1);
    let metadata = Metadata {
        message_id: &accepted.message_id.to_string(),
        turn,
        attempt: accepted.attempt,
        site: session.site.as_str(),
        origin: session.origin.as_str(),
        user: claims.user.as_ref(),
        agent: accepted.agent.as_deref(),
        locale: None,
        forked: accepted.fork,
        client: Unverified::new(accepted.page.as_ref(), accepted.metadata.as_ref()),
    };
    let body = Body::message(&claims.wsid, accepted.text.as_str(), metadata).to_json();
    claims.turn = turn;
    claims.message = Some((mid.clone(), message_hash(&accepted.text)));
    Ok(Call {
        message: accepted.text.clone(),
        post: Post {
            body,
            idempotency_key: mid,
            request_id: request_id.uuid(),
            token: claims.minting(Arc::clone(state)),
        },
    })
}

/// An action of a session that is no message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Errand<'a> {
    /// The workflow tells what it remembers.
    LoadPreviousSession,
    /// The workflow forgets.
    Forget,
    /// The workflow learns what the visitor thinks of a reply.
    Feedback(&'a Rated),
}

impl Errand<'_> {
    /// Its name in the log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::LoadPreviousSession => "loadPreviousSession",
            Self::Forget => "forget",
            Self::Feedback(_) => "feedback",
        }
    }

    /// Makes the call. Its token carries no `mid` and no `mh`, which are those of a message that is sent, and its
    /// `Idempotency-Key` is fresh: a visitor who rates a reply again means it.
    ///
    /// It fails only where the key behind the session's workflow id was taken out of service.
    pub(crate) fn post(
        self,
        state: &Arc<State>,
        session: &Session,
        issuer: &Origin,
        request_id: RequestId,
    ) -> Result<Post, TokenError> {
        let mut claims = Claims::of(state, session, issuer)?;
        if let Self::Feedback(rated) = self {
            claims.turn = rated.turn;
        }
        Ok(Post {
            body: self.body(session, &claims),
            idempotency_key: Uuid::new_v4().to_string(),
            request_id: request_id.uuid(),
            token: claims.minting(Arc::clone(state)),
        })
    }

    fn body(self, session: &Session, claims: &Claims) -> Bytes {
        let session_id = claims.wsid.as_str();
        let about = |reply| About {
            reply,
            site: session.site.as_str(),
            origin: session.origin.as_str(),
            user: claims.user.as_ref(),
        };
        match self {
            Self::LoadPreviousSession => Action::LoadPreviousSession {
                session_id,
                metadata: about(None),
            }
            .to_json(),
            Self::Forget => Action::Forget {
                session_id,
                metadata: about(None),
            }
            .to_json(),
            Self::Feedback(rated) => Action::Feedback {
                session_id,
                rating: rated.rating,
                comment: rated.comment.as_ref().map(MessageText::as_str),
                metadata: about(Some((&rated.message_id.to_string(), rated.turn).into())),
            }
            .to_json(),
        }
    }
}
