//! The refusals that the use cases' errors become.

use porthole_chat::ActionError;
use porthole_chat::create::CreateError;
use porthole_chat::export::ExportError;
use porthole_chat::join::JoinError;
use porthole_chat::send::SendError;
use porthole_config::Stage;
use porthole_protocol::Code;
use porthole_store::quota::{Exceeded, Limit};
use porthole_upstream::{Failure, retry_after_seconds};

use super::Refusal;

/// The wait proposed while the process drains: another replica, or the next process, is there soon.
const DRAIN_RETRY_SECONDS: u64 = 5;

impl Refusal {
    /// Refuses a page that is not on the site's list; a developer reads which setting to change.
    pub(crate) fn origin_not_allowed(stage: Stage) -> Self {
        let refusal = Self::new(Code::OriginNotAllowed);
        match stage {
            Stage::Production => refusal,
            Stage::Development => refusal
                .with_detail("The chat is not set up for this address. Add its origin to ALLOWED_ORIGINS."),
        }
    }

    /// Refuses a session that cannot be created.
    pub(crate) fn from_create_error(error: CreateError, stage: Stage) -> Self {
        match error {
            CreateError::OriginRequired => Code::OriginRequired.into(),
            CreateError::OriginNotAllowed => Self::origin_not_allowed(stage),
            CreateError::TicketRequired => {
                Self::invalid("ticket", "Calls of our own origin need the frame's ticket.")
            }
            CreateError::TicketExpired => Code::TicketExpired.into(),
            CreateError::InvalidTicket => Code::InvalidToken.into(),
            CreateError::Draining => Self::draining(),
            CreateError::UnknownSite => Self::invalid("site", "There is no site of this name."),
            CreateError::KeyRequired => {
                Self::invalid("jwk", "Sessions of this site are bound to a key of the browser.")
            }
            CreateError::Exceeded(exceeded) => exceeded.into(),
        }
    }

    fn draining() -> Self {
        Self::new(Code::Draining).retry_after(DRAIN_RETRY_SECONDS)
    }
}

impl From<SendError> for Refusal {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Conflict => Code::MessageConflict.into(),
            SendError::Busy(message_id) => Self::new(Code::Busy).with_message_id(Some(message_id)),
            SendError::Stale(message_id) => Self::new(Code::StaleState).with_message_id(message_id),
            SendError::FailedBefore(failure) => failure.into(),
            SendError::Draining => Self::draining(),
            SendError::Exceeded(exceeded) => exceeded.into(),
        }
    }
}

impl From<ActionError> for Refusal {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::NoHistory => Code::NoHistory.into(),
            ActionError::InvalidReceipt => {
                Self::invalid("receipt", "This is not the receipt of that reply in this session.")
            }
            ActionError::Draining => Self::draining(),
            ActionError::Exceeded(exceeded) => exceeded.into(),
            ActionError::Failed(failure) => failure.into(),
        }
    }
}

impl From<ExportError> for Refusal {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::NoKey => Code::NotFound.into(),
            ExportError::Mismatch => Code::TranscriptMismatch.into(),
            ExportError::Refused(error) => error.into(),
            ExportError::Signing => Code::Internal.into(),
        }
    }
}

impl From<JoinError> for Refusal {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::UnknownReply => Code::StreamLost.into(),
            JoinError::Exceeded(exceeded) => exceeded.into(),
        }
    }
}

impl From<Exceeded> for Refusal {
    fn from(exceeded: Exceeded) -> Self {
        let seconds = retry_after_seconds(exceeded.retry_after);
        let sentence = match exceeded.limit {
            Limit::Calls => "Too many calls from this address.",
            Limit::Creations => "Too many new chats from this address.",
            Limit::Messages => "Too many messages.",
            Limit::Actions => "Too many requests in this chat.",
            Limit::AddressStreams | Limit::Joins => "Too many replies at once.",
            // A busy site is no fault of this visitor.
            Limit::SiteStreams => return Self::new(Code::BusyWorkflow).retry_after(seconds),
        };
        Self::new(Code::RateLimited)
            .with_detail(format!("{sentence} The next is possible in {seconds} s."))
            .retry_after(seconds)
            .with_policy(exceeded.policy)
    }
}

impl From<Failure> for Refusal {
    /// Only the code and the wait reach the client; the cause stays in the log.
    fn from(failure: Failure) -> Self {
        let refusal = Self::new(failure.code());
        match failure.retry_after_seconds() {
            Some(seconds) => refusal.retry_after(seconds),
            None => refusal,
        }
    }
}
