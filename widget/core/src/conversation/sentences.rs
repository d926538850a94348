//! The sentences about a conversation: each state and failure has one.

use porthole_protocol::Code;
use porthole_protocol::text::TextError;

use super::{Cause, Declined, Stage};
use crate::words;

/// Returns the words beside a message that is under way; none where the typing sign is enough.
#[must_use]
pub const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting | Stage::Streaming => "",
        Stage::Rejoining => words::REJOINING,
        Stage::Stopping => words::STOPPING,
        Stage::Queued => words::QUEUED,
        Stage::Limited => words::LIMITED,
        Stage::Offline => words::OFFLINE,
        Stage::Asking => words::ASKING,
    }
}

/// Returns the reason why a text was declined.
#[must_use]
pub const fn declined(declined: Declined) -> &'static str {
    match declined {
        Declined::Full => words::DECLINED_FULL,
        Declined::Text(TextError::Empty) => words::DECLINED_EMPTY,
        Declined::Text(TextError::TooLong { .. }) => words::TOO_LONG,
        Declined::Text(TextError::CarriageReturn | TextError::Control) => words::DECLINED_CONTROL,
    }
}

/// Returns the sentence about a failure, and its remedy.
#[must_use]
pub const fn failure(cause: Cause) -> &'static str {
    match cause {
        Cause::Lost => words::LOST,
        Cause::Unreached => words::UNREACHABLE,
        Cause::Unknown => words::UNKNOWN,
        Cause::Code(code) => problem(code),
    }
}

const fn problem(code: Code) -> &'static str {
    match code {
        Code::InvalidToken | Code::TicketExpired | Code::SessionEnded => words::SESSION_OVER,
        Code::OriginNotAllowed | Code::OriginRequired => words::NOT_SET_UP,
        Code::RateLimited => words::RATE_LIMITED,
        Code::BodyTooLarge => words::TOO_LONG,
        Code::InvalidField => words::INVALID,
        Code::UpstreamStatus
        | Code::UpstreamUnreachable
        | Code::UpstreamResting
        | Code::BusyWorkflow
        | Code::Draining => words::UNREACHABLE,
        Code::UpstreamInterrupted | Code::StreamLost => words::BROKEN_OFF,
        Code::EmptyReply => words::NO_ANSWER,
        Code::ReplyTooLarge => words::ANSWER_TOO_LONG,
        Code::UpstreamTimeout | Code::RequestTimeout => words::TIMEOUT,
        Code::Stopped => words::STOPPED,
        Code::TranscriptMismatch => words::NOT_KNOWN,
        Code::MalformedJson
        | Code::MalformedRequest
        | Code::InvalidLastEventId
        | Code::NotFound
        | Code::NoHistory
        | Code::MethodNotAllowed
        | Code::NotAcceptable
        | Code::MessageConflict
        | Code::UnsupportedMediaType
        | Code::UseDpopNonce
        | Code::HeaderTooLarge
        | Code::WidgetMissing
        | Code::Busy
        | Code::StaleState
        | Code::Internal => words::UNKNOWN,
    }
}
