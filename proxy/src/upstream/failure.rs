//! Why a reply failed.

use std::time::Duration;

use porthole_domain::reply::{EmptyCause, ReplyError};
use porthole_protocol::Code;
use thiserror::Error;

/// The wait that ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// For the first byte of the answer's body.
    FirstByte,
    /// For more of the body.
    NextByte,
    /// For the end of the reply.
    Whole,
}

/// The cause of a reply's failure; its text is for the log and never reaches a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Failure {
    /// No connection: nothing was delivered.
    #[error("no connection to the upstream")]
    Unreachable,
    /// A status other than 2xx.
    #[error("the upstream answered with status {0}")]
    Status(u16),
    /// The answer is compressed, although only `identity` was asked for.
    #[error("the upstream answered with a content encoding that was not asked for")]
    Encoded,
    /// The answer is an HTML page.
    #[error("something in front of the upstream answered with an HTML page")]
    Markup,
    /// The workflow reported an error of its own.
    #[error("the workflow reported an error")]
    Reported,
    /// The connection broke after the request was sent.
    #[error("the upstream's answer broke off")]
    Interrupted,
    /// The answer holds no text.
    #[error("the upstream's answer is empty: {0}")]
    Empty(EmptyCause),
    /// The answer, or the answers held in memory together, exceed their limit.
    #[error("the upstream's answer is larger than the limit")]
    TooLarge,
    /// A time limit ran out.
    #[error("the upstream did not answer in time ({0:?})")]
    TimedOut(Phase),
    /// The upstream failed again and again and is left alone for this long.
    #[error("the upstream rests for {} ms after failures", .0.as_millis())]
    Resting(Duration),
    /// Too many calls at once, and the queue behind them is full or too slow.
    #[error("the upstream is busy and the queue is full")]
    Busy,
    /// The visitor stopped the reply before its first word.
    #[error("stopped before the first word")]
    Stopped,
    /// The session ended while the reply was running.
    #[error("the session ended while the reply was running")]
    SessionEnded,
    /// The proxy was told to end, and the reply took longer than it may then.
    #[error("the proxy ended while the reply was running")]
    CutOff,
    /// A fault of the proxy itself.
    #[error("the proxy failed")]
    Internal,
}

/// The wait that is proposed where the queue was full: about the time of one reply.
const BUSY_RETRY: Duration = Duration::from_secs(5);

impl Failure {
    /// What the client is told.
    pub(crate) const fn code(&self) -> Code {
        match self {
            Self::Unreachable => Code::UpstreamUnreachable,
            Self::Status(_) | Self::Encoded | Self::Markup => Code::UpstreamStatus,
            Self::Reported | Self::Interrupted => Code::UpstreamInterrupted,
            Self::Empty(_) => Code::EmptyReply,
            Self::TooLarge => Code::ReplyTooLarge,
            Self::TimedOut(_) => Code::UpstreamTimeout,
            Self::Resting(_) => Code::UpstreamResting,
            Self::Busy => Code::BusyWorkflow,
            Self::Stopped => Code::Stopped,
            Self::SessionEnded => Code::SessionEnded,
            Self::CutOff => Code::Draining,
            Self::Internal => Code::Internal,
        }
    }

    /// Whether the workflow does not believe who we are.
    pub(crate) const fn refuses_us(&self) -> bool {
        matches!(self, Self::Status(401 | 403))
    }

    /// Whether the message surely never reached the upstream, so that sending it again is no second run.
    pub(crate) const fn before_delivery(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Resting(_) | Self::Busy)
    }

    /// How long a client should wait before it tries again, where that is known.
    pub(crate) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Resting(left) => Some(*left),
            Self::Busy => Some(BUSY_RETRY),
            Self::Unreachable
            | Self::Status(_)
            | Self::Encoded
            | Self::Markup
            | Self::Reported
            | Self::Interrupted
            | Self::Empty(_)
            | Self::TooLarge
            | Self::TimedOut(_)
            | Self::Stopped
            | Self::SessionEnded
            | Self::CutOff
            | Self::Internal => None,
        }
    }

    /// Whether it speaks against the upstream's health. A refusal (4xx), an empty answer or the workflow's own error
    /// is answered in good health.
    pub(crate) const fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable | Self::Interrupted | Self::TimedOut(_) => true,
            Self::Status(status) => *status >= 500,
            Self::Encoded
            | Self::Markup
            | Self::Reported
            | Self::Empty(_)
            | Self::TooLarge
            | Self::Resting(_)
            | Self::Busy
            | Self::Stopped
            | Self::SessionEnded
            | Self::CutOff
            | Self::Internal => false,
        }
    }
}

impl From<ReplyError> for Failure {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::Empty(cause) => Self::Empty(cause),
            ReplyError::TooLarge => Self::TooLarge,
            ReplyError::Markup => Self::Markup,
            ReplyError::Reported => Self::Reported,
            ReplyError::Unfinished => Self::Interrupted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_never_left_us_may_run_again_unasked() {
        for failure in [
            Failure::Unreachable,
            Failure::Busy,
            Failure::Resting(Duration::ZERO),
        ] {
            assert!(failure.before_delivery(), "{failure}");
        }
        for failure in [
            Failure::Interrupted,
            Failure::TimedOut(Phase::FirstByte),
            Failure::Status(503),
            Failure::Stopped,
        ] {
            assert!(!failure.before_delivery(), "{failure}");
        }
    }

    #[test]
    fn outages_are_what_a_rest_can_heal() {
        let outages = [
            Failure::Unreachable,
            Failure::Interrupted,
            Failure::TimedOut(Phase::NextByte),
            Failure::Status(500),
        ];
        for failure in outages {
            assert!(failure.is_outage(), "{failure}");
        }
        let answers = [
            Failure::Status(404),
            Failure::Empty(EmptyCause::NoBody),
            Failure::Reported,
            Failure::Stopped,
        ];
        for failure in answers {
            assert!(!failure.is_outage(), "{failure}");
        }
    }
}
