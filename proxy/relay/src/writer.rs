//! The one writer of a reply.

use std::sync::Arc;
use std::time::Instant;

use porthole_domain::chain::End;
use porthole_domain::reply::{EmptyCause, ReplyPart};
use porthole_protocol::{Done, Problem};
use porthole_telemetry::metrics::Outcome;
use porthole_telemetry::{AUDIT, event};
use porthole_upstream::Failure;
use uuid::Uuid;

use crate::relay::Relay;
use crate::reply::{Decided, Ending, Reply};
use crate::seal::Seal;

/// Writes a reply. Dropped before the end, it fails the reply: no reader waits for ever.
#[derive(Debug)]
pub(crate) struct ReplyWriter {
    reply: Arc<Reply>,
    relay: Relay,
    request_id: Uuid,
    began: Instant,
}

impl ReplyWriter {
    pub(crate) fn new(reply: Arc<Reply>, relay: Relay, request_id: Uuid) -> Self {
        relay.metrics().reply_started();
        Self { reply, relay, request_id, began: Instant::now() }
    }

    #[cfg(test)]
    pub(crate) fn reply(&self) -> &Arc<Reply> {
        &self.reply
    }

    /// Appends pieces that came together and wakes the readers; returns `false`, without effect, once the end is decided.
    ///
    /// Called without pieces it only tells that the upstream has begun to answer. The decoder holds `decoder_bytes` beside
    /// them.
    pub(crate) fn append(&self, pieces: &mut Vec<ReplyPart>, decoder_bytes: usize) -> bool {
        let Some(brings_first_text) = self.reply.append(pieces, decoder_bytes) else {
            return false;
        };
        if brings_first_text {
            self.relay.metrics().first_token(self.began.elapsed());
        }
        let has_room = self.relay.make_room(&self.reply);
        if !has_room {
            self.decide(Ending::Failed(Failure::TooLarge));
        }
        has_room
    }

    pub(crate) fn count_skipped(&self, lines: u32) {
        if self.reply.is_running() {
            self.relay.metrics().lines_skipped(lines);
        }
    }

    pub(crate) fn decide(&self, ending: Ending) {
        self.reply.decide(ending);
    }

    /// Waits until the end is decided, here or by the visitor.
    pub(crate) async fn decided(&self) {
        self.reply.decided().await;
    }

    /// Seals a reply whose end is decided, appends its terminal event, and returns the decision; without effect in any other
    /// state.
    pub(crate) async fn seal(&self, seal: &impl Seal) -> Option<Ending> {
        let Decided { ending, text_hash } = self.reply.decision()?;
        let outcome = match (ending, text_hash) {
            (Ending::Failed(failure), _) => Err(failure),
            (Ending::Sealed(end), Some(text)) => seal.seal(end, text).await,
            (Ending::Sealed(End::Stopped), None) => Err(Failure::Stopped),
            (Ending::Sealed(_), None) => Err(Failure::Empty(EmptyCause::NoText)),
        };
        self.conclude(outcome);
        Some(ending)
    }

    /// Appends the terminal event. It is counted and logged before any reader can have it: only the writer concludes.
    fn conclude(&self, outcome: Result<Done, Failure>) {
        if self.reply.has_ended() {
            return;
        }
        let metric = match &outcome {
            Ok(done) => Outcome::Sealed(done.end),
            Err(failure) => Outcome::Failed(failure.code()),
        };
        self.relay.metrics().reply_ended(metric, self.began.elapsed());
        let problem = outcome.as_ref().err().map(|failure| {
            self.log_failure(*failure);
            self.problem(*failure)
        });
        self.reply.conclude(outcome, problem.as_ref());
        self.relay.retain(Arc::clone(&self.reply));
    }

    fn problem(&self, failure: Failure) -> Problem {
        Problem {
            retry_after: failure.retry_after_seconds(),
            ..Problem::new(failure.code(), self.request_id.simple().to_string())
        }
    }

    fn log_failure(&self, failure: Failure) {
        let (request_id, code) = (self.request_id.simple(), failure.code().as_str());
        if failure.is_unauthorized() {
            event!(WARN, target: AUDIT, %request_id, code, cause = %failure, "reply.failed");
        } else if failure.is_fault() {
            event!(WARN, %request_id, code, cause = %failure, "reply.failed");
        } else {
            event!(INFO, %request_id, code, cause = %failure, "reply.failed");
        }
    }
}

impl Drop for ReplyWriter {
    fn drop(&mut self) {
        // A decision stands, though no task is there to seal it.
        let failure = match self.reply.decision() {
            Some(Decided { ending: Ending::Failed(failure), .. }) => failure,
            Some(Decided { ending: Ending::Sealed(End::Stopped), text_hash: None }) => Failure::Stopped,
            Some(_) | None => Failure::Internal,
        };
        self.conclude(Err(failure));
    }
}
