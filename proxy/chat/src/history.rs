//! The history that the workflow remembers, and forgets (contract §9).

use std::sync::Arc;

use porthole_protocol::history::History;
use porthole_store::quota::ConcurrencyPermit;
use porthole_telemetry::event;
use porthole_upstream::{Action, ActionCall, Client, notify, query};

use crate::permit::{ActionError, ActionPermit, log_failure};
use crate::{Chat, Visitor};

/// A history, and the concurrency that it holds until its visitor has read it.
#[derive(Debug)]
pub struct LoadedHistory {
    /// The messages, never empty.
    pub history: History,
    /// The concurrency of the call.
    pub permit: Arc<ConcurrencyPermit>,
}

/// Loads the history of the visitor's session.
pub async fn load(
    chat: &Chat,
    visitor: &Visitor,
    session_id: &str,
    client: Client,
) -> Result<LoadedHistory, ActionError> {
    require_own(visitor, session_id)?;
    let action = Action::LoadPreviousSession;
    let action_permit = ActionPermit::acquire(chat, visitor).await?;
    let permit = action_permit.concurrency();
    let context = visitor.call_context();
    let call = ActionCall { context: &context, action };
    let answer = query(&visitor.site.upstream, client, call, action_permit).await;
    match answer.map_err(|failure| log_failure(visitor, action, failure))? {
        Ok(messages) if messages.is_empty() => Err(ActionError::NoHistory),
        Ok(messages) => Ok(LoadedHistory { history: History { messages }, permit }),
        Err(cause) => {
            event!(WARN, request_id = %visitor.request_id.simple(), %cause, "history.unreadable");
            Err(ActionError::NoHistory)
        }
    }
}

/// Asks the workflow to forget the visitor's session.
pub async fn forget(
    chat: &Chat,
    visitor: &Visitor,
    session_id: &str,
    client: Client,
) -> Result<(), ActionError> {
    require_own(visitor, session_id)?;
    let permit = ActionPermit::acquire(chat, visitor).await?;
    let (context, action) = (visitor.call_context(), Action::Forget);
    let call = ActionCall { context: &context, action };
    let notified = notify(&visitor.site.upstream, client, call, permit).await;
    notified.map_err(|failure| log_failure(visitor, action, failure))
}

/// Requires the visitor's own session: of any other, and of text that is no id at all, nothing is remembered.
fn require_own(visitor: &Visitor, session_id: &str) -> Result<(), ActionError> {
    if session_id == visitor.session.sid.to_string() { Ok(()) } else { Err(ActionError::NoHistory) }
}
