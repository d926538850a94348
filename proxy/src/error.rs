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
            detail: Cow::Borrowed(code.description().detail),
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
        StatusCode::from_u16(self.code.description().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// How the log sees it.
    pub(crate) fn level(&self) -> Level {
        level(self.code)
    }

    /// The body that the client reads.
    pub(crate) fn problem(&self, request_id: &str) -> Problem {
        Problem {
            detail: self.detail.clone().into_owned(),
            retry_after: self.retry_after,
            field: self.field.map(str::to_owned),
            message_id: self.message_id.clone(),
            ..Problem::new(self.code, request_id.to_owned())
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

/// Returns the level at which a refusal is logged: `debug` or `info` where a visitor or a scanner causes it, `warn` where
/// an operator should look.
pub(crate) const fn level(code: Code) -> Level {
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

#[cfg(test)]
mod tests;
