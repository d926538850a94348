//! The permit of a call of the workflow that is no message: history, forget and feedback.

use std::sync::Arc;

use porthole_relay::InFlightGuard;
use porthole_store::SiteQuotas as _;
use porthole_store::quota::{ConcurrencyPermit, Exceeded};
use porthole_telemetry::{AUDIT, event};
use porthole_upstream::{Action, Failure};

use crate::{Chat, Visitor};

/// The reasons for which an action fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionError {
    /// Nothing is remembered of this session.
    NoHistory,
    /// The receipt is not that of this reply in this session.
    InvalidReceipt,
    /// The process drains.
    Draining,
    /// A quota has nothing left.
    Exceeded(Exceeded),
    /// The workflow failed.
    Failed(Failure),
}

/// The concurrency permit and the in-flight count of an action, both released when its call ends.
#[derive(Debug)]
pub(crate) struct ActionPermit {
    concurrency: Arc<ConcurrencyPermit>,
    _in_flight: InFlightGuard,
}

impl ActionPermit {
    /// Takes an action from its quotas, and acquires the concurrency of its call.
    pub(crate) async fn acquire(chat: &Chat, visitor: &Visitor) -> Result<Self, ActionError> {
        if chat.is_draining() {
            return Err(ActionError::Draining);
        }
        let site = &visitor.site;
        let permit = site.quotas.action(visitor.session.sid, visitor.address, site.id());
        Ok(Self {
            concurrency: Arc::new(permit.await.map_err(ActionError::Exceeded)?),
            _in_flight: chat.relay.track_call(),
        })
    }

    /// Shares the concurrency with an answer that is in memory until its visitor has read it.
    pub(crate) fn concurrency(&self) -> Arc<ConcurrencyPermit> {
        Arc::clone(&self.concurrency)
    }
}

/// Logs a failed action: the cause stays in the log.
pub(crate) fn log_failure(visitor: &Visitor, action: Action<'_>, failure: Failure) -> ActionError {
    let (request_id, action) = (visitor.request_id.simple(), action.name());
    if failure.is_unauthorized() {
        event!(WARN, target: AUDIT, %request_id, action, cause = %failure, "action.failed");
    } else {
        event!(WARN, %request_id, action, cause = %failure, "action.failed");
    }
    ActionError::Failed(failure)
}
