//! The causes of a failed reply.

use std::time::Duration;

use porthole_domain::reply::{EmptyCause, ReplyError};
use porthole_protocol::Code;
use thiserror::Error;

/// The wait that timed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeoutKind {
    /// For the first byte of the answer's body.
    FirstByte,
    /// For more of the body.
    NextByte,
    /// For the end of the reply.
    Whole,
}

/// The cause of a reply's failure; its text is for the log and never reaches a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// No connection: nothing was delivered.
    #[error("no connection to the upstream")]
    Unreachable,
    /// A status other than 2xx.
    #[error("the upstream answered with status {0}")]
    Status(u16),
    /// The same of a status that time heals, and the wait that came with it.
    #[error("the upstream answered with status {0}, and to come back in {wait} s", wait = .1.as_secs())]
    RetryLater(u16, Duration),
    /// The answer is compressed in a way that is not read, although only `identity` was asked for.
    #[error(
        "the upstream answered with a content encoding that was not asked for: turn compression off for the webhook"
    )]
    Encoded,
    /// The answer has more headers than are read.
    #[error("the upstream answered with more than 100 headers, or very large ones")]
    HeadTooLarge,
    /// The answer is an HTML page.
    #[error("something in front of the upstream answered with an HTML page")]
    Markup,
    /// The workflow reported an error of its own.
    #[error("the workflow reported an error")]
    Reported,
    /// The connection broke after the request was sent.
    #[error("the upstream's answer broke off")]
    Interrupted,
    /// The body ended well, but without the end that its protocol has, or inside a line.
    #[error(
        "the upstream's answer stopped without its end (if this server never says it: REPLY_END=lenient)"
    )]
    Unfinished,
    /// The answer holds no text.
    #[error("the upstream's answer is empty: {0}")]
    Empty(EmptyCause),
    /// The answer, or the answers held in memory together, exceed their limit.
    #[error("the upstream's answer is larger than the limit")]
    TooLarge,
    /// A time limit was exceeded.
    #[error("the upstream did not answer in time ({0:?})")]
    TimedOut(TimeoutKind),
    /// The upstream failed again and again: its circuit breaker is open, or its models rest, for this long.
    #[error("the upstream is left alone for {} ms", .0.as_millis())]
    CircuitOpen(Duration),
    /// Too many calls at once, and the queue behind them is full or too slow.
    #[error("no slot of the upstream became free in time")]
    QueueFull,
    /// The models that may answer are at their limit (429), the last of them for this long.
    #[error("the model is at its limit, for {} ms", .0.as_millis())]
    ModelsBusy(Duration),
    /// The visitor stopped the reply before its first word.
    #[error("stopped before the first word")]
    Stopped,
    /// The session ended while the reply was running.
    #[error("the session ended while the reply was running")]
    SessionEnded,
    /// The proxy is shutting down, and the reply took longer than it may then.
    #[error("the proxy shut down while the reply was running")]
    ShutDown,
    /// A fault of the proxy itself.
    #[error("the proxy failed")]
    Internal,
}

/// The wait that is proposed where the queue was full: about the time of one reply.
const BUSY_RETRY: Duration = Duration::from_secs(5);

impl Failure {
    /// Returns the code that the client reads.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Unreachable => Code::UpstreamUnreachable,
            Self::Status(_) | Self::RetryLater(..) | Self::Encoded | Self::Markup => Code::UpstreamStatus,
            Self::Reported | Self::Interrupted | Self::Unfinished => Code::UpstreamInterrupted,
            Self::Empty(_) => Code::EmptyReply,
            Self::TooLarge | Self::HeadTooLarge => Code::ReplyTooLarge,
            Self::TimedOut(_) => Code::UpstreamTimeout,
            Self::CircuitOpen(_) => Code::UpstreamResting,
            Self::QueueFull | Self::ModelsBusy(_) => Code::BusyWorkflow,
            Self::Stopped => Code::Stopped,
            Self::SessionEnded => Code::SessionEnded,
            Self::ShutDown => Code::Draining,
            Self::Internal => Code::Internal,
        }
    }

    /// Returns `true` where the workflow refused the proxy's credential.
    #[must_use]
    pub const fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Status(401 | 403))
    }

    /// Returns `true` where no byte of the message reached the upstream: another send is no second run.
    #[must_use]
    pub const fn is_undelivered(&self) -> bool {
        matches!(self, Self::Unreachable | Self::CircuitOpen(_) | Self::QueueFull | Self::ModelsBusy(_))
    }

    /// Returns the time to back off before another attempt, where it is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        if let Self::CircuitOpen(left) | Self::RetryLater(_, left) | Self::ModelsBusy(left) = self {
            return Some(*left);
        }
        (*self == Self::QueueFull).then_some(BUSY_RETRY)
    }

    /// Returns the same in whole seconds.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after().map(retry_after_seconds)
    }

    /// Returns `true` where an operator should look: neither the visitor nor a shutdown caused it.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        !matches!(self, Self::Stopped | Self::SessionEnded | Self::ShutDown)
    }

    /// Returns `true` where the upstream is ill. A refusal (4xx), an empty answer, one without its end or the
    /// workflow's own error comes from a healthy one.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Interrupted | Self::TimedOut(_))
            || matches!(self, Self::Status(status) | Self::RetryLater(status, _) if *status >= 500)
    }
}

/// Rounds a wait up to whole seconds, so that no client comes too early; never 0, which clients read as "at once".
#[must_use]
pub fn retry_after_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

impl From<ReplyError> for Failure {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::Empty(cause) => Self::Empty(cause),
            ReplyError::TooLarge => Self::TooLarge,
            ReplyError::Markup => Self::Markup,
            ReplyError::Reported => Self::Reported,
            ReplyError::Unfinished => Self::Unfinished,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_message_that_was_never_delivered_runs_again_by_itself() {
        let (resting, busy) = (Failure::CircuitOpen(Duration::ZERO), Failure::ModelsBusy(Duration::ZERO));
        for failure in [Failure::Unreachable, Failure::QueueFull, resting, busy] {
            assert!(failure.is_undelivered(), "{failure}");
        }
        for failure in [
            Failure::Interrupted,
            Failure::TimedOut(TimeoutKind::FirstByte),
            Failure::Status(503),
            Failure::Stopped,
        ] {
            assert!(!failure.is_undelivered(), "{failure}");
        }
    }

    #[test]
    fn outages_are_failures_that_time_can_heal() {
        let outages = [
            Failure::Unreachable,
            Failure::Interrupted,
            Failure::TimedOut(TimeoutKind::NextByte),
            Failure::Status(500),
        ];
        for failure in outages {
            assert!(failure.is_outage(), "{failure}");
        }
        let answers = [
            Failure::Status(404),
            Failure::Empty(EmptyCause::NoBody),
            Failure::Reported,
            Failure::Unfinished,
            Failure::Stopped,
        ];
        for failure in answers {
            assert!(!failure.is_outage(), "{failure}");
        }
    }
}
