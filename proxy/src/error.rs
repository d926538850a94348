//! The one table of errors: what each code is to the client and to the log (DESIGN §4).

use std::borrow::Cow;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use porthole_protocol::{Code, Problem};
use tracing::Level;

use crate::limits::Policy;
use crate::upstream::Failure;

/// A request that is answered with a problem instead of what it asked for.
///
/// It carries no internals: what it holds may be shown to anyone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", code.as_str())]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) retry_after: Option<u64>,
    /// The limit that has nothing left.
    pub(crate) policy: Option<Box<Policy>>,
    pub(crate) field: Option<&'static str>,
    pub(crate) message_id: Option<String>,
    /// The methods that the path has, for `Allow`.
    pub(crate) allow: Option<&'static str>,
}

impl Refusal {
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code,
            detail: Cow::Borrowed(Row::of(code).detail),
            retry_after: None,
            policy: None,
            field: None,
            message_id: None,
            allow: None,
        }
    }

    pub(crate) fn because(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            detail: detail.into(),
            ..self
        }
    }

    pub(crate) fn invalid(field: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field: Some(field),
            detail: detail.into(),
            ..Self::new(Code::InvalidField)
        }
    }

    /// Refused until `seconds` have passed; never 0, which clients read as "at once".
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds.max(1)),
            ..self
        }
    }

    pub(crate) fn by_policy(self, policy: Policy) -> Self {
        Self {
            policy: Some(Box::new(policy)),
            ..self
        }
    }

    pub(crate) fn naming(self, message_id: Option<String>) -> Self {
        Self { message_id, ..self }
    }

    pub(crate) fn allowing(methods: &'static str) -> Self {
        Self {
            allow: Some(methods),
            ..Self::new(Code::MethodNotAllowed)
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        Row::of(self.code).status
    }

    /// How the log sees it.
    pub(crate) fn level(&self) -> Level {
        Row::of(self.code).level
    }

    /// The body that the client reads.
    pub(crate) fn problem(&self, request_id: &str) -> Problem {
        let row = Row::of(self.code);
        Problem {
            kind: format!("/problems/{}", self.code.as_str().replace('_', "-")),
            title: row.title.to_owned(),
            status: row.status.as_u16(),
            detail: self.detail.clone().into_owned(),
            code: self.code.as_str().to_owned(),
            request_id: request_id.to_owned(),
            retry_after: self.retry_after,
            field: self.field.map(str::to_owned),
            message_id: self.message_id.clone(),
        }
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// A reply's failure as its client is told; the cause stays in the log.
impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let refusal = Self::new(failure.code());
        match failure.retry_after() {
            Some(wait) => refusal.retry_after(whole_seconds(wait)),
            None => refusal,
        }
    }
}

/// Rounded up: a client that waits so long has waited long enough.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Only carries the refusal: the body is written where the request's id is known, in [`crate::http::answer`].
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status());
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// What a code means: one line of the table.
struct Row {
    status: StatusCode,
    title: &'static str,
    detail: &'static str,
    level: Level,
}

impl Row {
    /// Refusals that a visitor or a scanner causes are `debug` or `info`; what an operator should look at is `warn`.
    #[expect(clippy::too_many_lines, reason = "it is the table")]
    const fn of(code: Code) -> Self {
        use StatusCode as S;
        let (status, title, detail, level) = match code {
            Code::MalformedJson => (
                S::BAD_REQUEST,
                "Malformed JSON",
                "The body is not a JSON object of the expected shape.",
                Level::DEBUG,
            ),
            Code::MalformedRequest => (
                S::BAD_REQUEST,
                "Malformed request",
                "The request cannot be read.",
                Level::DEBUG,
            ),
            Code::InvalidLastEventId => (
                S::BAD_REQUEST,
                "Invalid Last-Event-ID",
                "Last-Event-ID must be the id of an event of this reply.",
                Level::DEBUG,
            ),
            Code::InvalidToken => (
                S::UNAUTHORIZED,
                "Invalid token",
                "The session token is missing, expired or not valid here. Create a session.",
                Level::DEBUG,
            ),
            Code::TicketExpired => (
                S::UNAUTHORIZED,
                "Ticket expired",
                "The frame's ticket has expired. Fetch the frame again.",
                Level::DEBUG,
            ),
            Code::OriginNotAllowed => (
                S::FORBIDDEN,
                "Origin not allowed",
                "The chat is not set up for this address.",
                Level::INFO,
            ),
            Code::OriginRequired => (
                S::FORBIDDEN,
                "Origin required",
                "Calls that change something need an Origin header.",
                Level::DEBUG,
            ),
            Code::NotFound => (
                S::NOT_FOUND,
                "Not found",
                "There is nothing at this address.",
                Level::DEBUG,
            ),
            Code::StreamLost => (
                S::NOT_FOUND,
                "Reply not found",
                "No such reply is here to be joined. Send the message again with the next attempt.",
                Level::DEBUG,
            ),
            Code::NoHistory => (
                S::NOT_FOUND,
                "No history",
                "Nothing is remembered of this session.",
                Level::DEBUG,
            ),
            Code::MethodNotAllowed => (
                S::METHOD_NOT_ALLOWED,
                "Method not allowed",
                "This address does not answer to that method; see Allow.",
                Level::DEBUG,
            ),
            Code::NotAcceptable => (
                S::NOT_ACCEPTABLE,
                "Not acceptable",
                "Offered are text/event-stream, application/x-ndjson and application/json.",
                Level::DEBUG,
            ),
            Code::Busy => (
                S::CONFLICT,
                "Busy",
                "Another reply of this session is running. Join it first.",
                Level::DEBUG,
            ),
            Code::MessageConflict => (
                S::CONFLICT,
                "Message conflict",
                "This message_id was used for another message. Use a fresh one.",
                Level::DEBUG,
            ),
            Code::StaleState => (
                S::CONFLICT,
                "Stale state",
                "The conversation has moved on since this token. Join the named message first.",
                Level::DEBUG,
            ),
            Code::BodyTooLarge => (
                S::PAYLOAD_TOO_LARGE,
                "Body too large",
                "The body may be 512 KiB at most.",
                Level::DEBUG,
            ),
            Code::UnsupportedMediaType => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "Unsupported media type",
                "The body must be sent as application/json in UTF-8, not compressed.",
                Level::DEBUG,
            ),
            Code::InvalidField => (
                S::UNPROCESSABLE_ENTITY,
                "Invalid field",
                "A member has a value that is not permitted.",
                Level::DEBUG,
            ),
            Code::TranscriptMismatch => (
                S::UNPROCESSABLE_ENTITY,
                "Transcript mismatch",
                "The transcript is not the one that this token seals.",
                Level::INFO,
            ),
            Code::RateLimited => (
                S::TOO_MANY_REQUESTS,
                "Too many requests",
                "Too many at once. Try again later.",
                Level::INFO,
            ),
            Code::HeaderTooLarge => (
                S::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "Header too large",
                "The header of the request is too large.",
                Level::DEBUG,
            ),
            Code::RequestTimeout => (
                S::REQUEST_TIMEOUT,
                "Request timeout",
                "The body did not arrive in time.",
                Level::DEBUG,
            ),
            Code::UpstreamStatus => (
                S::BAD_GATEWAY,
                "Assistant failed",
                "The assistant answered with an error.",
                Level::WARN,
            ),
            Code::UpstreamUnreachable => (
                S::BAD_GATEWAY,
                "Assistant unreachable",
                "The assistant could not be reached.",
                Level::WARN,
            ),
            Code::UpstreamInterrupted => (
                S::BAD_GATEWAY,
                "Answer interrupted",
                "The answer broke off before its end.",
                Level::WARN,
            ),
            Code::EmptyReply => (
                S::BAD_GATEWAY,
                "Empty answer",
                "The assistant gave no answer.",
                Level::WARN,
            ),
            Code::ReplyTooLarge => (
                S::BAD_GATEWAY,
                "Answer too large",
                "The answer is too large.",
                Level::WARN,
            ),
            Code::UpstreamResting => (
                S::SERVICE_UNAVAILABLE,
                "Assistant resting",
                "The assistant failed repeatedly and is given a moment.",
                Level::WARN,
            ),
            Code::BusyWorkflow => (
                S::SERVICE_UNAVAILABLE,
                "Assistant busy",
                "The assistant is busy with other visitors. Try again in a moment.",
                Level::WARN,
            ),
            Code::Draining => (
                S::SERVICE_UNAVAILABLE,
                "Restarting",
                "The service is restarting. Try again in a moment.",
                Level::INFO,
            ),
            Code::UpstreamTimeout => (
                S::GATEWAY_TIMEOUT,
                "Answer timeout",
                "The assistant did not answer in time.",
                Level::WARN,
            ),
            Code::Stopped => (
                S::CONFLICT,
                "Stopped",
                "The reply was stopped before its first word.",
                Level::DEBUG,
            ),
            Code::SessionEnded => (
                S::UNAUTHORIZED,
                "Session ended",
                "The session ended while the reply was running. Create a session.",
                Level::DEBUG,
            ),
            Code::WidgetMissing => (
                S::SERVICE_UNAVAILABLE,
                "Widget missing",
                "This proxy was built without the widget. Build with `cargo xtask build`.",
                Level::WARN,
            ),
            Code::Internal => (
                S::INTERNAL_SERVER_ERROR,
                "Internal error",
                "Something went wrong here. The request id helps to find it.",
                Level::ERROR,
            ),
        };
        Self {
            status,
            title,
            detail,
            level,
        }
    }
}

#[cfg(test)]
mod tests;
