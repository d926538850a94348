//! Refusals: the answers to requests that get nothing else, and the problems that clients read.
//!
//! Status and words of each code stand in the table of `porthole_protocol`. This room imports the base room `request`
//! and no other.

mod chat;
pub(crate) mod problem;

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use porthole_domain::message::MessageId;
use porthole_protocol::{Code, Problem};
use porthole_store::quota::QuotaPolicy;
use tracing::Level;

/// The answer to a request that fails. It carries no internals: anyone may read it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", code.as_str())]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) retry_after: Option<u64>,
    /// The limit that has nothing left.
    pub(crate) policy: Option<Box<QuotaPolicy>>,
    pub(crate) field: Option<&'static str>,
    pub(crate) message_id: Option<String>,
    /// The methods of the path, for `Allow`.
    pub(crate) allow: Option<String>,
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

    pub(crate) fn with_detail(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    pub(crate) fn invalid(field: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { field: Some(field), detail: detail.into(), ..Self::new(Code::InvalidField) }
    }

    /// Sets the wait; never 0 seconds, which clients read as "at once".
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds.max(1)), ..self }
    }

    pub(crate) fn with_policy(self, policy: QuotaPolicy) -> Self {
        Self { policy: Some(Box::new(policy)), ..self }
    }

    pub(crate) fn with_message_id(self, message_id: Option<MessageId>) -> Self {
        Self { message_id: message_id.map(|id| id.to_string()), ..self }
    }

    pub(crate) fn method_not_allowed(methods: String) -> Self {
        Self { allow: Some(methods), ..Self::new(Code::MethodNotAllowed) }
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.description().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The level at which it is logged: `warn` where an operator should look, `info` where a limit or a list worked.
    pub(crate) fn level(&self) -> Level {
        match self.code {
            Code::Internal => Level::ERROR,
            Code::OriginNotAllowed | Code::TranscriptMismatch | Code::RateLimited | Code::Draining => {
                Level::INFO
            }
            code if code.description().status >= 500 => Level::WARN,
            _ => Level::DEBUG,
        }
    }

    /// The body for the client.
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

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Carries the refusal in the response's extensions: its body needs the request's id, and is written around all
    /// handlers.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status());
        response.extensions_mut().insert(self.clone());
        response
    }
}

#[cfg(test)]
mod tests;
