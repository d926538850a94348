//! The one table of errors: status, title and sentence of each code (contract §6).

use crate::{Code, Problem};

/// The row of a code: the same for every occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// The HTTP status.
    pub status: u16,
    /// The title of a problem (RFC 9457).
    pub title: &'static str,
    /// The sentence for people where a refusal has none of its own.
    pub detail: &'static str,
}

impl Code {
    /// Returns the code's row of the table.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "it is the table")]
    pub const fn description(self) -> Description {
        let (status, title, detail) = match self {
            Self::MalformedJson => (
                400,
                "Malformed JSON",
                "The body is not a JSON object of the expected shape.",
            ),
            Self::MalformedRequest => (400, "Malformed request", "The request cannot be read."),
            Self::InvalidLastEventId => (
                400,
                "Invalid Last-Event-ID",
                "Last-Event-ID must be the id of an event of this reply.",
            ),
            Self::InvalidToken => (
                401,
                "Invalid token",
                "The session token is missing, expired or not valid here. Create a session.",
            ),
            Self::TicketExpired => (
                401,
                "Ticket expired",
                "The frame's ticket has expired. Fetch the frame again.",
            ),
            Self::OriginNotAllowed => (
                403,
                "Origin not allowed",
                "The chat is not set up for this address.",
            ),
            Self::OriginRequired => (
                403,
                "Origin required",
                "Calls that change something need an Origin header.",
            ),
            Self::NotFound => (404, "Not found", "There is nothing at this address."),
            Self::StreamLost => (
                404,
                "Reply not found",
                "No such reply is here to be joined. Send the message again with the next attempt.",
            ),
            Self::NoHistory => (404, "No history", "Nothing is remembered of this session."),
            Self::MethodNotAllowed => (
                405,
                "Method not allowed",
                "This address does not answer to that method; see Allow.",
            ),
            Self::NotAcceptable => (
                406,
                "Not acceptable",
                "Offered are text/event-stream, application/x-ndjson and application/json.",
            ),
            Self::Busy => (
                409,
                "Busy",
                "Another reply of this session is running. Join it first.",
            ),
            Self::MessageConflict => (
                409,
                "Message conflict",
                "This message_id was used for another message. Use a fresh one.",
            ),
            Self::StaleState => (
                409,
                "Stale state",
                "The conversation has moved on since this token. Join the named message first.",
            ),
            Self::BodyTooLarge => (413, "Body too large", "The body may be 512 KiB at most."),
            Self::UnsupportedMediaType => (
                415,
                "Unsupported media type",
                "The body must be sent as application/json in UTF-8, not compressed.",
            ),
            Self::InvalidField => (
                422,
                "Invalid field",
                "A member has a value that is not permitted.",
            ),
            Self::TranscriptMismatch => (
                422,
                "Transcript mismatch",
                "The transcript is not the one that this token seals.",
            ),
            Self::RateLimited => (429, "Too many requests", "Too many at once. Try again later."),
            Self::HeaderTooLarge => (431, "Header too large", "The header of the request is too large."),
            Self::RequestTimeout => (408, "Request timeout", "The body did not arrive in time."),
            Self::UpstreamStatus => (502, "Assistant failed", "The assistant answered with an error."),
            Self::UpstreamUnreachable => (
                502,
                "Assistant unreachable",
                "The assistant could not be reached.",
            ),
            Self::UpstreamInterrupted => (502, "Answer interrupted", "The answer broke off before its end."),
            Self::EmptyReply => (502, "Empty answer", "The assistant gave no answer."),
            Self::ReplyTooLarge => (502, "Answer too large", "The answer is too large."),
            Self::UpstreamResting => (
                503,
                "Assistant resting",
                "The assistant failed repeatedly and is given a moment.",
            ),
            Self::BusyWorkflow => (
                503,
                "Assistant busy",
                "The assistant is busy with other visitors. Try again in a moment.",
            ),
            Self::Draining => (
                503,
                "Restarting",
                "The service is restarting. Try again in a moment.",
            ),
            Self::UpstreamTimeout => (504, "Answer timeout", "The assistant did not answer in time."),
            Self::Stopped => (409, "Stopped", "The reply was stopped before its first word."),
            Self::SessionEnded => (
                401,
                "Session ended",
                "The session ended while the reply was running. Create a session.",
            ),
            Self::WidgetMissing => (
                503,
                "Widget missing",
                "This proxy was built without the widget. Build with `cargo xtask build`.",
            ),
            Self::Internal => (
                500,
                "Internal error",
                "Something went wrong here. The request id helps to find it.",
            ),
        };
        Description {
            status,
            title,
            detail,
        }
    }
}

impl Problem {
    /// Describes an error of a request by its code alone.
    #[must_use]
    pub fn new(code: Code, request_id: String) -> Self {
        let Description {
            status,
            title,
            detail,
        } = code.description();
        Self {
            kind: format!("/problems/{}", code.as_str().replace('_', "-")),
            title: title.to_owned(),
            status,
            detail: detail.to_owned(),
            code: code.as_str().to_owned(),
            request_id,
            retry_after: None,
            field: None,
            message_id: None,
        }
    }
}
