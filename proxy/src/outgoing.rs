//! What the workflow is told about a message: its body, its token, its ids (DESIGN §6.1, PROTOCOL §2).

use std::sync::Arc;

use porthole_domain::origin::Origin;
use porthole_domain::session::Session;
use porthole_domain::token::TokenError;
use porthole_domain::workflow::{WorkflowClaims, message_hash};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::config::UpstreamConfig;
use crate::gate::Accepted;
use crate::http::answer::RequestId;
use crate::state::State;
use crate::upstream::{Body, Call, Failure, Metadata, MintToken, Unverified};

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
    let keyring = &state.config.keys.keyring;
    let wsid = keyring.wsid(session)?;
    let mid = keyring.mid(session, &accepted.message_id)?;
    let user = session
        .identity
        .as_ref()
        .and_then(|identity| identity.claims.clone());
    let turn = session.turn.saturating_add(1);
    let metadata = Metadata {
        message_id: &accepted.message_id.to_string(),
        turn,
        attempt: accepted.attempt,
        site: session.site.as_str(),
        origin: session.origin.as_str(),
        user: user.as_ref(),
        agent: accepted.agent.as_deref(),
        locale: None,
        forked: accepted.fork,
        client: Unverified::new(accepted.page.as_ref(), accepted.metadata.as_ref()),
    };
    let body = Body::message(&wsid, accepted.text.as_str(), metadata).to_json();
    let claims = Claims {
        issuer: issuer.clone(),
        site: session.site.to_string(),
        origin: session.origin.clone(),
        message_hash: message_hash(&accepted.text),
        mid: mid.clone(),
        wsid,
        user,
        turn,
    };
    Ok(Call {
        message: accepted.text.clone(),
        body,
        idempotency_key: mid,
        request_id: request_id.uuid(),
        token: claims.minting(Arc::clone(state)),
    })
}

/// What every token of one message says alike.
struct Claims {
    issuer: Origin,
    wsid: String,
    site: String,
    origin: Origin,
    user: Option<Map<String, Value>>,
    turn: u32,
    mid: String,
    message_hash: String,
}

impl Claims {
    fn minting(self, state: Arc<State>) -> MintToken {
        Box::new(move || self.mint(&state))
    }

    fn mint(&self, state: &State) -> Result<String, Failure> {
        let (Some(signer), UpstreamConfig::Webhook(webhook)) =
            (&state.config.keys.workflow, &state.config.upstream)
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
            mid: &self.mid,
            message_hash: &self.message_hash,
        };
        signer.sign(&claims).map_err(|_| Failure::Internal)
    }
}
