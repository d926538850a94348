//! The remedies for refusals and failures (contract §4, rules 3 to 5; §6).

use std::rc::Rc;

use porthole_protocol::{Code, End};

use super::run::{Fetch, Goal};
use super::state::Session;
use super::{
    Carry, Cause, Conversation, Effect, Outgoing, ProblemView, Stage, Turn, TurnFailure, TurnStatus,
};

/// Other messages that may be joined before the visitor's own is sent.
const MAX_JOINED_FIRST: u8 = 3;
/// The wait where a limit does not name one.
const DEFAULT_WAIT_SECONDS: u64 = 5;
/// The longest wait without the visitor: clocks are set, and proxies are wrong.
const MAX_WAIT_SECONDS: u64 = 3_600;

impl Conversation {
    /// Applies the remedy for a problem that came instead of a stream, or ended it.
    pub(super) fn on_problem(&mut self, problem: &ProblemView, effects: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        let code = Code::parse(&problem.code);
        match code {
            Some(Code::InvalidToken) if !run.tried.renewed => {
                run.tried.renewed = true;
                self.session = Session::Missing;
                let (run, carry) = (self.next_serial(), Carry::Previous);
                effects.push(Effect::CreateSession { run, carry });
            }
            Some(Code::TicketExpired) if run.tried.ticket == Fetch::Untried => {
                run.tried.ticket = Fetch::Requested;
                effects.push(Effect::RefreshTicket { run: self.serial });
            }
            Some(Code::RateLimited) => self.back_off(problem.retry_after, effects),
            Some(Code::Busy | Code::StaleState) if !run.fork && run.goal == Goal::Send => {
                self.join_first(problem, effects);
            }
            Some(Code::StreamLost) => self.stream_lost(effects),
            Some(Code::InvalidLastEventId) if run.last_event.is_some() => {
                run.last_event = None;
                run.goal = Goal::Join;
                self.proceed(effects);
            }
            Some(Code::Stopped) if self.is_own_run() => self.stopped(effects),
            _ => self.failed(code, problem, effects),
        }
    }

    fn failed(&mut self, code: Option<Code>, problem: &ProblemView, effects: &mut Vec<Effect>) {
        if matches!(code, Some(Code::SessionEnded | Code::InvalidToken)) {
            self.session = Session::Missing;
        }
        if !self.is_own_run() {
            // Another tab's reply failed: nothing was sealed, the own message may follow.
            self.drop_other_tabs_turn();
            self.send_queued_own(effects);
            return;
        }
        let own = self.own().map(String::from);
        let retry = !is_final(code);
        let cause = code.map_or(Cause::Unknown, Cause::Code);
        let failure =
            if problem.code.is_empty() { TurnFailure::UNREACHED } else { TurnFailure { cause, retry } };
        self.fail(failure, &problem.code, &problem.detail, effects);
        if let Some(own) = own.filter(|_| !retry) {
            self.return_text(&own, effects);
        }
    }

    /// The text of a message that can never be sent goes back; the turn stays, to say why.
    fn return_text(&self, id: &str, effects: &mut Vec<Effect>) {
        let Some(turn) = self.turn(id) else { return };
        effects.push(Effect::DropOutgoing { message_id: id.into() });
        effects.push(Effect::RestoreComposer(turn.user.clone()));
    }

    fn back_off(&mut self, retry_after: Option<u64>, effects: &mut Vec<Effect>) {
        let seconds = retry_after.unwrap_or(DEFAULT_WAIT_SECONDS).max(1);
        let until = self.now.saturating_add(seconds.saturating_mul(1_000));
        self.limited_until = Some(self.cap_wait(until));
        self.set_stage(Stage::Limited);
        if self.run.as_ref().is_some_and(|run| run.goal == Goal::Send) {
            self.keep_outgoing(effects);
        }
    }

    /// Writes the message under way to the outbox, with the attempt that was made or that a limit holds back.
    pub(super) fn keep_outgoing(&self, effects: &mut Vec<Effect>) {
        let Some(turn) = self.own().and_then(|id| self.turn(id)) else { return };
        let (until, keep) = (self.limited_until.unwrap_or(0), self.keep(&turn.id));
        effects.push(Effect::KeepOutgoing(Outgoing { until, keep, ..turn.outgoing() }, None));
    }

    /// Caps the end of a limit.
    pub(super) fn cap_wait(&self, until: u64) -> u64 {
        until.min(self.now.saturating_add(MAX_WAIT_SECONDS * 1_000))
    }

    /// Joins the message that was named, before the visitor's own.
    fn join_first(&mut self, problem: &ProblemView, effects: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        let own = run.queued_own.take().unwrap_or_else(|| run.id.clone());
        run.joined_first += 1;
        run.last_event = None;
        if run.joined_first > MAX_JOINED_FIRST {
            run.id = own;
            let cause = Code::parse(&problem.code).map_or(Cause::Unknown, Cause::Code);
            return self.fail(TurnFailure { cause, retry: true }, &problem.code, &problem.detail, effects);
        }
        let named = problem.message_id.clone().filter(|id| *id != own);
        if named.as_ref().is_some_and(|id| self.is_hidden(id)) {
            // The newer state is that of a branch which the visitor has left.
            return self.send_from_older(own, effects);
        }
        let is_sealed = |id: &String| self.turn(id).is_some_and(|turn| turn.sealed.is_some());
        match named.filter(|id| !is_sealed(id)) {
            Some(named) => self.queue_behind(named, own, effects),
            None => self.ask_visitor(own),
        }
    }

    fn send_from_older(&mut self, own: String, effects: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        run.id = own;
        run.fork = true;
        self.proceed(effects);
    }

    /// Joins another tab's message, with the visitor's own queued behind it.
    fn queue_behind(&mut self, other: String, own: String, effects: &mut Vec<Effect>) {
        if self.turn(&other).is_none() {
            let place = self.turns.iter().position(|turn| turn.id == own);
            let waits = self.place_waiting(&other).map(|at| self.waiting.remove(at).user.clone());
            let other_tabs_turn = Turn::new(other.clone(), waits.unwrap_or_default(), self.now);
            self.turns.insert(place.unwrap_or(self.turns.len()), Rc::new(other_tabs_turn));
        }
        if let Some(turn) = self.turn_mut(&own) {
            turn.status = TurnStatus::Running(Stage::Queued);
        }
        if let Some(run) = &mut self.run {
            run.id = other;
            run.queued_own = Some(own);
            run.goal = Goal::Join;
            run.joins = 0;
        }
        self.proceed(effects);
    }

    /// The conversation went on elsewhere and cannot be caught up with: the visitor decides.
    fn ask_visitor(&mut self, own: String) {
        let Some(run) = &mut self.run else { return };
        run.id = own;
        run.queued_own = None;
        run.goal = Goal::Send;
        // No answer to an earlier effect counts any more.
        self.next_serial();
        self.set_stage(Stage::Asking);
    }

    fn stream_lost(&mut self, effects: &mut Vec<Effect>) {
        let attempts_left = self.own().and_then(|id| self.turn(id)).is_some_and(Turn::has_attempts_left)
            && self.stage() != Some(Stage::Stopping);
        let Some(run) = &mut self.run else { return };
        let never_there =
            run.queued_own.is_none() && !run.answered && !run.tried.resent && run.last_event.is_none();
        if never_there && attempts_left {
            // No answer ever came and the proxy knows nothing of it: it could not be sent, or the proxy was restarted.
            run.tried.resent = true;
            run.goal = Goal::Send;
            run.joins = 0;
            return self.send_again(effects);
        }
        self.lose_reply(effects);
    }

    /// Gives up a reply after the last of the joins, or where the proxy knows nothing of it.
    pub(super) fn lose_reply(&mut self, effects: &mut Vec<Effect>) {
        let is_answered = self.run.as_ref().is_some_and(|run| run.answered);
        let is_given_up = is_answered || self.stage() == Some(Stage::Stopping);
        let failure = if is_given_up { TurnFailure::LOST } else { TurnFailure::UNREACHED };
        self.abandon_reply(failure, effects);
    }

    /// Gives up a reply that cannot be had: fails, or asks the visitor if it was another tab's.
    pub(super) fn abandon_reply(&mut self, failure: TurnFailure, effects: &mut Vec<Effect>) {
        let Some(own) = self.run.as_mut().and_then(|run| run.queued_own.clone()) else {
            return self.fail(failure, Code::StreamLost.as_str(), "", effects);
        };
        self.drop_other_tabs_turn();
        self.ask_visitor(own);
    }

    /// Removes another tab's message that brought nothing; one with text stays, as interrupted.
    pub(super) fn drop_other_tabs_turn(&mut self) {
        let Some(run) = &self.run else { return };
        let id = run.id.clone();
        self.turns.retain(|turn| turn.id != id || !turn.reply.is_empty() || !turn.user.is_empty());
        if let Some(turn) = self.turn_mut(&id) {
            turn.status = TurnStatus::Failed(TurnFailure { retry: false, ..TurnFailure::LOST });
        }
    }

    /// The visitor stopped before the first word: nothing is sealed, and nothing went wrong.
    fn stopped(&mut self, effects: &mut Vec<Effect>) {
        let Some(run) = self.run.take() else { return };
        effects.push(Effect::DropOutgoing { message_id: run.id.clone() });
        if let Some(turn) = self.turn_mut(&run.id) {
            turn.status = TurnStatus::Ended(End::Stopped);
        }
    }
}

/// Returns `true` for a refusal after which a join may be repeated: the reply itself may still run.
pub(super) const fn is_passing(code: Option<Code>) -> bool {
    matches!(code, None | Some(Code::Draining | Code::Internal | Code::RequestTimeout))
}

/// Returns `true` where sending the same message again can never help.
const fn is_final(code: Option<Code>) -> bool {
    matches!(
        code,
        Some(
            Code::InvalidField
                | Code::MessageConflict
                | Code::BodyTooLarge
                | Code::OriginNotAllowed
                | Code::OriginRequired
        )
    )
}
