//! The level of a refusal in the log.

use porthole_protocol::Code;
use tracing::Level;

/// Returns the level at which a refusal is logged: `debug` or `info` where a visitor or a scanner causes it, `warn` where
/// an operator should look.
pub(super) const fn level(code: Code) -> Level {
    match code {
        Code::Internal => Level::ERROR,
        Code::UpstreamStatus
        | Code::UpstreamUnreachable
        | Code::UpstreamInterrupted
        | Code::EmptyReply
        | Code::ReplyTooLarge
        | Code::UpstreamResting
        | Code::BusyWorkflow
        | Code::UpstreamTimeout
        | Code::WidgetMissing => Level::WARN,
        Code::OriginNotAllowed | Code::TranscriptMismatch | Code::RateLimited | Code::Draining => Level::INFO,
        Code::MalformedJson
        | Code::MalformedRequest
        | Code::InvalidLastEventId
        | Code::InvalidToken
        | Code::TicketExpired
        | Code::OriginRequired
        | Code::NotFound
        | Code::StreamLost
        | Code::NoHistory
        | Code::MethodNotAllowed
        | Code::NotAcceptable
        | Code::Busy
        | Code::MessageConflict
        | Code::StaleState
        | Code::BodyTooLarge
        | Code::UnsupportedMediaType
        | Code::InvalidField
        | Code::HeaderTooLarge
        | Code::RequestTimeout
        | Code::Stopped
        | Code::SessionEnded => Level::DEBUG,
    }
}
