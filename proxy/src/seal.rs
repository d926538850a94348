//! How a reply of ours ends: with the next token where it is whole, with a problem where it failed (PROTOCOL §4, "End").

use std::sync::Arc;
use std::time::Instant;

use porthole_domain::chain::{End, Exchange, TextHash, TextHasher};
use porthole_domain::message::MessageId;
use porthole_domain::origin::Origin;
use porthole_domain::session::Session;
use porthole_protocol::{Done, Problem};
use porthole_telemetry::metrics::Outcome;
use porthole_telemetry::{AUDIT, event};
use uuid::Uuid;

use crate::error::Refusal;
use crate::relay::Sealing;
use crate::request::RequestId;
use crate::state::State;
use crate::upstream::Failure;

/// Seals one reply of one session.
pub(crate) struct Seal {
    state: Arc<State>,
    session: Session,
    issuer: Origin,
    message_id: MessageId,
    message: TextHash,
    reply: TextHasher,
    request_id: RequestId,
    began: Instant,
}

impl Seal {
    /// `session` is the one whose token started the reply.
    pub(crate) fn new(
        state: Arc<State>,
        session: Session,
        issuer: Origin,
        (message_id, text): (MessageId, &str),
        request_id: RequestId,
    ) -> Self {
        state.metrics.reply_started();
        Self {
            message: TextHash::new(text),
            reply: TextHasher::new(),
            began: Instant::now(),
            state,
            session,
            issuer,
            message_id,
            request_id,
        }
    }

    fn exchange(&mut self, end: End) -> Exchange {
        Exchange {
            message_id: self.message_id,
            user: self.message,
            reply: std::mem::take(&mut self.reply).finish(),
            end,
        }
    }
}

impl Sealing for Seal {
    fn absorb(&mut self, text: &str) {
        if self.reply.bytes() == 0 {
            self.state.metrics.first_token(self.began.elapsed());
        }
        self.reply.update(text);
    }

    fn skipped(&mut self, lines: u32) {
        self.state.metrics.lines_skipped(lines);
    }

    fn seal(&mut self, end: End) -> Result<Done, Failure> {
        let now = self.state.now();
        let site_on = self.state.has_site(&self.session.site);
        if !site_on || self.state.ended.contains(&self.session) || now > self.session.max {
            return Err(Failure::SessionEnded);
        }
        let exchange = self.exchange(end);
        let next = self
            .session
            .advance(&exchange, Uuid::new_v4(), now, &self.state.config.site.lifetimes);
        let keyring = &self.state.config.process.keys.keyring;
        let stopped = end == End::Stopped;
        let outcome = if stopped { Outcome::Stopped } else { Outcome::Done };
        self.state.metrics.reply_ended(outcome, self.began.elapsed());
        Ok(Done {
            token: keyring.mint_session(&next, self.issuer.as_str()),
            expires_at: next.expires.to_rfc3339(),
            turn: next.turn,
            head: next.head.to_string(),
            stopped,
            receipt: keyring.receipt(next.sid, &self.message_id, next.turn, &next.head),
        })
    }

    fn problem(&mut self, failure: &Failure) -> Problem {
        let refusal = Refusal::from(*failure);
        self.state
            .metrics
            .reply_ended(Outcome::Failed(refusal.code), self.began.elapsed());
        let (request_id, code) = (self.request_id, refusal.code.as_str());
        if failure.refuses_us() {
            event!(WARN, target: AUDIT, %request_id, code, cause = %failure, "reply.failed");
        } else if refusal.level() <= tracing::Level::WARN {
            event!(WARN, %request_id, code, cause = %failure, "reply.failed");
        } else {
            event!(INFO, %request_id, code, cause = %failure, "reply.failed");
        }
        refusal.problem(&request_id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use porthole_domain::clock::UnixTime;
    use porthole_domain::session::{Lifetimes, NewSession, Via};
    use porthole_domain::site::SiteId;

    use super::*;

    const HOUR: std::time::Duration = std::time::Duration::from_hours(1);

    /// How a reply ends that a session of an hour began, `ago`.
    fn ending(ago: std::time::Duration, change: impl FnOnce(&State, &Session)) -> Result<Done, Failure> {
        let state = State::of_a_developer().into_inner();
        let origin = Origin::normalise("https://shop.example").unwrap();
        let opening = NewSession {
            site: SiteId::default(),
            origin: origin.clone(),
            via: Via::Cors,
            sid: Uuid::new_v4(),
            jti: Uuid::new_v4(),
            wk: state.config.process.keys.keyring.signing_key_id(),
        };
        let life = Lifetimes {
            idle: HOUR,
            max: HOUR,
        };
        let start = UnixTime(state.now().0 - ago.as_secs());
        let session = Session::new(opening, start, &life);
        change(&state, &session);
        let message = (MessageId::from(Uuid::new_v4()), "hi");
        Seal::new(state, session, origin, message, RequestId::new()).seal(End::Complete)
    }

    #[test]
    fn a_session_that_is_over_gets_no_further_token() {
        assert_eq!(ending(HOUR / 2, |_, _| {}).unwrap().turn, 1);
        assert_eq!(ending(2 * HOUR, |_, _| {}), Err(Failure::SessionEnded));
        let ended = ending(HOUR / 2, |state, session| state.ended.insert(session));
        assert_eq!(ended, Err(Failure::SessionEnded));
    }
}
