//! Metrics in Prometheus' text format (DESIGN §9); every label comes from a fixed set.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use porthole_protocol::Code;
use porthole_protocol::feedback::Rating;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// From a local answer to the time limit of a whole reply.
const SECONDS: [f64; 12] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];

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

/// How a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Stopped,
    Failed(Code),
}

/// Everything that is counted; clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics {
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
        Self(Histogram::new(SECONDS))
    }
}

/// The three outcomes, as their label says them.
const OUTCOMES: [&str; 3] = ["done", "stopped", "failed"];

impl Metrics {
    pub(crate) fn session_created(&self) {
        self.sessions.inc();
    }

    pub(crate) fn refused(&self, code: Code) {
        self.refusals.get_or_create(&ByCode { code: code.as_str() }).inc();
    }

    pub(crate) fn joined(&self) {
        self.joins.inc();
    }

    pub(crate) fn rated(&self, rating: Rating) {
        let rating = rating.as_str();
        self.feedback.get_or_create(&ByRating { rating }).inc();
    }

    pub(crate) fn reply_started(&self) {
        self.streams_active.inc();
    }

    pub(crate) fn first_token(&self, after: Duration) {
        self.first_token.0.observe(after.as_secs_f64());
    }

    pub(crate) fn lines_skipped(&self, count: u32) {
        self.skipped_lines.inc_by(u64::from(count));
    }

    pub(crate) fn reply_ended(&self, outcome: Outcome, after: Duration) {
        self.streams_active.dec();
        self.response_time.0.observe(after.as_secs_f64());
        let [done, stopped, failed] = OUTCOMES;
        let outcome = match outcome {
            Outcome::Done => done,
            Outcome::Stopped => stopped,
            Outcome::Failed(code) => {
                self.upstream_errors
                    .get_or_create(&ByCode { code: code.as_str() })
                    .inc();
                failed
            }
        };
        self.requests.get_or_create(&ByOutcome { outcome }).inc();
    }

    /// The text that a scraper reads which asks for `OpenMetrics`.
    pub(crate) fn open_metrics(&self) -> Result<String, std::fmt::Error> {
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
        // The encoder adds `_total` to counters.
        registry.register(
            "chat_requests",
            "Messages that ran, by how they ended",
            self.requests.clone(),
        );
        registry.register(
            "chat_refusals",
            "Calls answered with a problem, by code",
            self.refusals.clone(),
        );
        registry.register(
            "chat_upstream_errors",
            "Replies that failed, by code",
            self.upstream_errors.clone(),
        );
        registry.register(
            "chat_resumes",
            "Replies that were joined again",
            self.joins.clone(),
        );
        registry.register(
            "chat_feedback",
            "Ratings of replies that the workflow took",
            self.feedback.clone(),
        );
        registry.register(
            "chat_sessions_created",
            "Sessions that were opened",
            self.sessions.clone(),
        );
        registry.register(
            "chat_streams_active",
            "Replies in flight",
            self.streams_active.clone(),
        );
        registry.register(
            "chat_upstream_lines_skipped",
            "Unknown lines in replies",
            self.skipped_lines.clone(),
        );
        registry.register(
            "chat_response_time_seconds",
            "From the message to the reply's end",
            self.response_time.0.clone(),
        );
        registry.register(
            "chat_first_token_seconds",
            "From the message to the reply's first text",
            self.first_token.0.clone(),
        );
        registry
    }
}

/// The same in the text format 0.0.4 of Prometheus, which names a counter as its samples are named.
pub(crate) fn as_prometheus_text(open_metrics: &str) -> String {
    let is_counter = |name: &str| open_metrics.contains(&format!("# TYPE {name} counter\n"));
    let lines = open_metrics.lines().filter(|line| *line != "# EOF");
    let lines = lines.map(|line| match described(line) {
        Some((kind, name, rest)) if is_counter(name) => format!("# {kind} {name}_total {rest}\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

/// What a line says of which metric; `None` for a sample.
fn described(line: &str) -> Option<(&str, &str, &str)> {
    let (kind, rest) = line.strip_prefix("# ")?.split_once(' ')?;
    let (name, rest) = rest.split_once(' ')?;
    Some((kind, name, rest))
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
        let text = metrics.open_metrics().unwrap();
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

    #[test]
    fn the_older_format_describes_counters_by_the_name_of_their_samples() {
        let text = as_prometheus_text(&Metrics::default().open_metrics().unwrap());
        for line in [
            "# TYPE chat_requests_total counter",
            "# HELP chat_requests_total Messages that ran, by how they ended.",
            "# TYPE chat_streams_active gauge",
            "# TYPE chat_response_time_seconds histogram",
            "chat_requests_total{outcome=\"done\"} 0",
        ] {
            assert!(text.lines().any(|there| there == line), "{line} in {text}");
        }
        assert!(!text.contains("EOF"), "{text}");
    }
}
