//! Metrics, as Prometheus reads them; every label comes from a fixed set, so that their number is bounded.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use porthole_protocol::feedback::Rating;
use porthole_protocol::{Code, End};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of the histograms' buckets, in seconds: from a local answer to the time limit of a whole reply.
const BUCKETS: [f64; 12] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByCode {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRating {
    rating: &'static str,
}

/// The end of a reply, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was sealed, with this end.
    Sealed(End),
    /// It failed, with this code.
    Failed(Code),
}

/// The counters, gauges and histograms of a process; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    requests: Family<ByOutcome, Counter>,
    refusals: Family<ByCode, Counter>,
    upstream_errors: Family<ByCode, Counter>,
    feedback: Family<ByRating, Counter>,
    joins: Counter,
    sessions: Counter,
    streams_active: Gauge<i64>,
    skipped_lines: Counter<u64, AtomicU64>,
    response_time: Durations,
    first_token: Durations,
}

#[derive(Clone, Debug)]
struct Durations(Histogram);

impl Default for Durations {
    fn default() -> Self {
        Self(Histogram::new(BUCKETS))
    }
}

/// The values of the label `outcome`.
const OUTCOMES: [&str; 4] = ["done", "stopped", "incomplete", "failed"];

macro_rules! register {
    ($registry:ident: $($name:literal => $metric:expr, $help:literal;)*) => {
        $($registry.register($name, $help, $metric.clone());)*
    };
}

impl Metrics {
    /// Counts a session that was opened.
    pub fn session_created(&self) {
        self.sessions.inc();
    }

    /// Counts a call that was answered with a problem.
    pub fn refused(&self, code: Code) {
        self.refusals.get_or_create(&ByCode { code: code.as_str() }).inc();
    }

    /// Counts a reply that was joined again.
    pub fn joined(&self) {
        self.joins.inc();
    }

    /// Counts a rating that the workflow took.
    pub fn rated(&self, rating: Rating) {
        let rating = rating.as_str();
        self.feedback.get_or_create(&ByRating { rating }).inc();
    }

    /// Counts a reply that is in flight from now on.
    pub fn reply_started(&self) {
        self.streams_active.inc();
    }

    /// Counts the time from a message to its reply's first text.
    pub fn first_token(&self, after: Duration) {
        self.first_token.0.observe(after.as_secs_f64());
    }

    /// Counts unknown lines in the workflow's answers.
    pub fn lines_skipped(&self, count: u32) {
        self.skipped_lines.inc_by(u64::from(count));
    }

    /// Counts a reply's end, and the time since its message.
    pub fn reply_ended(&self, outcome: Outcome, after: Duration) {
        self.streams_active.dec();
        self.response_time.0.observe(after.as_secs_f64());
        let [done, stopped, incomplete, failed] = OUTCOMES;
        let outcome = match outcome {
            Outcome::Sealed(End::Complete) => done,
            Outcome::Sealed(End::Stopped) => stopped,
            Outcome::Sealed(End::Incomplete) => incomplete,
            Outcome::Failed(code) => {
                self.upstream_errors.get_or_create(&ByCode { code: code.as_str() }).inc();
                failed
            }
        };
        self.requests.get_or_create(&ByOutcome { outcome }).inc();
    }

    /// Renders all metrics as `OpenMetrics` 1.0.
    ///
    /// A reader of Prometheus' text format 0.0.4 reads the same samples there: `# EOF` is a comment to it, and counters
    /// have no type, as their samples are named `…_total` and described without it.
    pub fn render(&self) -> Result<String, std::fmt::Error> {
        // From zero, so that a rate has a beginning.
        for outcome in OUTCOMES {
            drop(self.requests.get_or_create(&ByOutcome { outcome }));
        }
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry())?;
        Ok(text)
    }

    fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        // The encoder adds `_total` to the names of counters.
        register! { registry:
            "chat_requests" => self.requests, "Messages that ran, by how they ended";
            "chat_refusals" => self.refusals, "Calls answered with a problem, by code";
            "chat_upstream_errors" => self.upstream_errors, "Replies that failed, by code";
            "chat_resumes" => self.joins, "Replies that were joined again";
            "chat_feedback" => self.feedback, "Ratings of replies that the workflow took";
            "chat_sessions_created" => self.sessions, "Sessions that were opened";
            "chat_streams_active" => self.streams_active, "Replies in flight";
            "chat_upstream_lines_skipped" => self.skipped_lines, "Unknown lines in replies";
            "chat_response_time_seconds" => self.response_time.0, "From the message to the reply's end";
            "chat_first_token_seconds" => self.first_token.0, "From the message to the reply's first text";
        }
        registry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_contract_are_there() {
        let metrics = Metrics::default();
        metrics.reply_started();
        metrics.reply_ended(Outcome::Failed(Code::UpstreamTimeout), Duration::from_millis(3));
        metrics.rated(Rating::Down);
        let text = metrics.render().unwrap();
        for line in [
            "chat_feedback_total{rating=\"down\"} 1",
            "chat_requests_total{outcome=\"failed\"} 1",
            "chat_requests_total{outcome=\"done\"} 0",
            "chat_upstream_errors_total{code=\"upstream_timeout\"} 1",
            "chat_streams_active 0",
            "chat_response_time_seconds_count 1",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
