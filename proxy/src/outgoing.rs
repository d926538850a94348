//! What the workflow is told: bodies, tokens, ids (DESIGN §6.1, PROTOCOL §2).

use std::sync::Arc;

use porthole_domain::origin::Origin;
use porthole_domain::session::Session;
use porthole_domain::token::TokenError;
use porthole_domain::workflow::{MessageClaims, WorkflowClaims, message_hash};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::gate::Accepted;
use crate::request::RequestId;
use crate::state::State;
use crate::upstream::{Action, Body, Call, Failure, Metadata, MintToken, Post, Unverified, Whose};
use porthole_config::UpstreamConfig;

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
    let mid = state
        .config
        .process
        .keys
        .keyring
        .mid(session, &accepted.message_id)?;
    let turn = session.turn.saturating_add(1);
    let claims = Claims {
        turn,
        message: Some((mid.clone(), message_hash(&accepted.text))),
        ..Claims::of(state, session, issuer)?
    };
    let metadata = Metadata {
        message_id: &accepted.message_id.to_string(),
        turn,
        attempt: accepted.attempt,
        site: session.site.as_str(),
        origin: session.origin.as_str(),
        user: claims.user.as_ref(),
        agent: accepted.agent.as_deref(),
        forked: accepted.fork,
        client: Unverified::new(accepted.page.as_ref(), accepted.metadata.as_ref()),
    };
    let post = Post {
        body: Body::message(&claims.wsid, accepted.text.as_str(), metadata).to_json(),
        idempotency_key: mid,
        request_id: request_id.uuid(),
        token: claims.minting(Arc::clone(state)),
    };
    Ok(Call {
        message: accepted.text.clone(),
        post,
    })
}

/// Makes the call of an action that is no message.
///
/// Its token says what a message's says but for `mid` and `mh`: those are a message's that is sent, and without them
/// it passes for none. Its `turn` is the rated one, or the last that was sealed. Its `Idempotency-Key` is fresh, for
/// who rates a reply again means it, and no key may be a visitor's choice or one that a message had.
///
/// It fails only where the key behind the session's workflow id was taken out of service.
pub(crate) fn action(
    state: &Arc<State>,
    session: &Session,
    issuer: &Origin,
    action: Action<'_>,
    request_id: RequestId,
) -> Result<Post, TokenError> {
    let claims = Claims::of(state, session, issuer)?;
    let claims = Claims {
        turn: action.feedback().map_or(claims.turn, |feedback| feedback.turn),
        ..claims
    };
    let body = action.to_json(Whose {
        wsid: &claims.wsid,
        site: session.site.as_str(),
        origin: session.origin.as_str(),
        user: claims.user.as_ref(),
    });
    Ok(Post {
        body,
        idempotency_key: Uuid::new_v4().to_string(),
        request_id: request_id.uuid(),
        token: claims.minting(Arc::clone(state)),
    })
}

/// What every token of one call says alike.
struct Claims {
    issuer: Origin,
    wsid: String,
    site: String,
    origin: Origin,
    user: Option<Map<String, Value>>,
    turn: u32,
    /// `mid` and `mh`.
    message: Option<(String, String)>,
}

impl Claims {
    /// What is said of a session.
    fn of(state: &State, session: &Session, issuer: &Origin) -> Result<Self, TokenError> {
        let identity = session.identity.as_ref();
        Ok(Self {
            issuer: issuer.clone(),
            wsid: state.config.process.keys.keyring.wsid(session)?,
            site: session.site.to_string(),
            origin: session.origin.clone(),
            user: identity.and_then(|identity| identity.claims.clone()),
            turn: session.turn,
            message: None,
        })
    }

    fn minting(self, state: Arc<State>) -> MintToken {
        Box::new(move || self.mint(&state))
    }

    fn mint(&self, state: &State) -> Result<String, Failure> {
        let (Some(signer), UpstreamConfig::Webhook(webhook)) =
            (&state.config.process.keys.workflow, &state.config.site.upstream)
        else {
            return Err(Failure::Internal);
        };
        let claims = WorkflowClaims {
            issuer: self.issuer.as_str(),
            audience: &webhook.audience,
            wsid: &self.wsid,
            jti: Uuid::new_v4(),
            issued: state.now(),
            site: &self.site,
            origin: self.origin.as_str(),
            user: self.user.as_ref(),
            turn: self.turn,
            message: self
                .message
                .as_ref()
                .map(|(mid, hash)| MessageClaims { mid, hash }),
        };
        signer.sign(&claims).map_err(|_| Failure::Internal)
    }
}
