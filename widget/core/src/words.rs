//! The visitor's words: the constants come from `widget/words/en.txt`.

use porthole_protocol::Code;

use crate::conversation::{Cause, Declined, Stage};
use crate::text::Refusal;

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// Returns the words beside a message that is under way; none where the typing sign is enough.
#[must_use]
pub const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting | Stage::Streaming => "",
        Stage::Rejoining => REJOINING,
        Stage::Stopping => STOPPING,
        Stage::Queued => QUEUED,
        Stage::Limited => LIMITED,
        Stage::Offline => OFFLINE,
        Stage::Asking => ASKING,
    }
}

/// Returns the reason why a text was declined.
#[must_use]
pub const fn declined(declined: Declined) -> &'static str {
    match declined {
        Declined::Busy => DECLINED_BUSY,
        Declined::Text(Refusal::Empty) => DECLINED_EMPTY,
        Declined::Text(Refusal::TooLong) => TOO_LONG,
        Declined::Text(Refusal::Control) => DECLINED_CONTROL,
    }
}

/// Returns the sentence about a failure, and its remedy.
#[must_use]
pub const fn failure(cause: Cause) -> &'static str {
    match cause {
        Cause::Lost => LOST,
        Cause::Unknown => UNKNOWN,
        Cause::Code(code) => problem(code),
    }
}

const fn problem(code: Code) -> &'static str {
    match code {
        Code::InvalidToken | Code::TicketExpired | Code::SessionEnded => SESSION_OVER,
        Code::OriginNotAllowed | Code::OriginRequired => NOT_SET_UP,
        Code::RateLimited => RATE_LIMITED,
        Code::Busy | Code::StaleState => BUSY,
        Code::BodyTooLarge => TOO_LONG,
        Code::InvalidField => INVALID,
        Code::UpstreamStatus
        | Code::UpstreamUnreachable
        | Code::UpstreamResting
        | Code::BusyWorkflow
        | Code::Draining => UNREACHABLE,
        Code::UpstreamInterrupted | Code::StreamLost => BROKEN_OFF,
        Code::EmptyReply => NO_ANSWER,
        Code::ReplyTooLarge => ANSWER_TOO_LONG,
        Code::UpstreamTimeout | Code::RequestTimeout => TIMEOUT,
        Code::Stopped => STOPPED,
        Code::MalformedJson
        | Code::MalformedRequest
        | Code::InvalidLastEventId
        | Code::NotFound
        | Code::NoHistory
        | Code::MethodNotAllowed
        | Code::NotAcceptable
        | Code::MessageConflict
        | Code::UnsupportedMediaType
        | Code::TranscriptMismatch
        | Code::HeaderTooLarge
        | Code::WidgetMissing
        | Code::Internal => UNKNOWN,
    }
}

#[cfg(test)]
mod tests;
