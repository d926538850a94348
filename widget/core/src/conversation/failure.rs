//! What follows from a refusal or a failure (PROTOCOL §4, "Client").

use std::rc::Rc;

use porthole_protocol::Code;

use super::state::{Fetch, Goal, Session};
use super::{Carry, Cause, Effect, ProblemView, Stage, Standing, State, Trouble, Turn};

/// How often another message may go before the visitor's own.
const MAX_DETOURS: u8 = 3;
/// The wait where a limit does not say how long, in seconds; and the longest wait without the visitor.
const LIMIT_SECONDS: u64 = 5;
const MAX_LIMIT_SECONDS: u64 = 3_600;

/// What is shown when the rest of a reply cannot be had.
pub(super) const fn lost() -> Trouble {
    Trouble {
        cause: Cause::Lost,
        retry: true,
    }
}

impl State {
    /// Decides what follows from a problem, whether it came instead of a stream or ended it.
    pub(super) fn refused(&mut self, problem: &ProblemView, out: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        let code = Code::parse(&problem.code);
        match code {
            Some(Code::InvalidToken) if !run.tried.renewed => {
                run.tried.renewed = true;
                self.serial = self.serial.wrapping_add(1);
                self.session = Session::Missing;
                out.push(Effect::CreateSession {
                    run: self.serial,
                    carry: Carry::Previous,
                });
            }
            Some(Code::TicketExpired) if run.tried.ticket == Fetch::Untried => {
                run.tried.ticket = Fetch::Asked;
                out.push(Effect::RefreshTicket { run: self.serial });
            }
            Some(Code::RateLimited) => self.limit(problem.retry_after, out),
            Some(Code::Busy | Code::StaleState) if !run.fork && run.goal == Goal::Send => {
                self.detour(problem, out);
            }
            Some(Code::StreamLost) => self.stream_lost(out),
            Some(Code::InvalidLastEventId) if run.last_event.is_some() => {
                run.last_event = None;
                run.goal = Goal::Join;
                self.proceed(out);
            }
            Some(Code::Stopped) if self.is_own_run() => self.stopped(out),
            _ => self.failed(code, problem, out),
        }
    }

    fn failed(&mut self, code: Option<Code>, problem: &ProblemView, out: &mut Vec<Effect>) {
        if matches!(code, Some(Code::SessionEnded | Code::InvalidToken)) {
            self.session = Session::Missing;
        }
        if !self.is_own_run() {
            // Another's reply failed: nothing was sealed, the own message may follow.
            self.drop_guest();
            self.go_on_with_own(out);
            return;
        }
        let own = self.own().map(String::from);
        let retry = !is_final(code);
        let cause = code.map_or(Cause::Unknown, Cause::Code);
        self.fail(Trouble { cause, retry }, &problem.code, &problem.detail, out);
        if let Some(own) = own.filter(|_| !retry) {
            self.give_back(&own, out);
        }
    }

    /// The text of a message that can never be sent goes back; the turn stays, to say why.
    fn give_back(&self, id: &str, out: &mut Vec<Effect>) {
        let Some(turn) = self.turn(id) else { return };
        out.push(Effect::DropOutgoing {
            message_id: id.into(),
        });
        out.push(Effect::RestoreComposer(turn.user.clone()));
    }

    fn limit(&mut self, retry_after: Option<u64>, out: &mut Vec<Effect>) {
        let seconds = retry_after.unwrap_or(LIMIT_SECONDS).max(1);
        self.until = Some(self.no_later(self.now.saturating_add(seconds.saturating_mul(1_000))));
        self.set_stage(Stage::Limited);
        if self.run.as_ref().is_some_and(|run| run.goal == Goal::Send) {
            self.keep_outgoing(out);
        }
    }

    /// The end of a limit, as far as it is believed: clocks are set, and proxies are wrong.
    pub(super) fn no_later(&self, until: u64) -> u64 {
        until.min(self.now.saturating_add(MAX_LIMIT_SECONDS * 1_000))
    }

    /// Joins the message that was named, before the visitor's own.
    fn detour(&mut self, problem: &ProblemView, out: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        let own = run.then.take().unwrap_or_else(|| run.id.clone());
        run.detours += 1;
        run.last_event = None;
        if run.detours > MAX_DETOURS {
            run.id = own;
            let cause = Code::parse(&problem.code).map_or(Cause::Unknown, Cause::Code);
            return self.fail(
                Trouble { cause, retry: true },
                &problem.code,
                &problem.detail,
                out,
            );
        }
        let named = problem.message_id.clone().filter(|id| *id != own);
        let known = named
            .as_deref()
            .and_then(|id| self.turn(id))
            .map(|turn| turn.sealed.is_some());
        let Some(named) = named.filter(|_| known != Some(true)) else {
            return self.ask(own);
        };
        if known.is_none() {
            let at = self
                .turns
                .iter()
                .position(|turn| turn.id == own)
                .unwrap_or(self.turns.len());
            let guest = Turn::new(named.clone(), String::new(), self.now);
            self.turns.insert(at, Rc::new(guest));
        }
        if let Some(turn) = self.turn_mut(&own) {
            turn.standing = Standing::Running(Stage::Queued);
        }
        if let Some(run) = &mut self.run {
            run.id = named;
            run.then = Some(own);
            run.goal = Goal::Join;
            run.joins = 0;
        }
        self.proceed(out);
    }

    /// The conversation went on elsewhere and cannot be caught up with: the visitor decides.
    fn ask(&mut self, own: String) {
        let Some(run) = &mut self.run else { return };
        run.id = own;
        run.then = None;
        run.goal = Goal::Send;
        // Nothing that was asked for before counts any more.
        self.serial = self.serial.wrapping_add(1);
        self.set_stage(Stage::Asking);
    }

    fn stream_lost(&mut self, out: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        let never_there =
            run.then.is_none() && !run.answered && !run.tried.resent && run.last_event.is_none();
        if never_there {
            // No answer ever came and the proxy knows nothing of it: it could not be sent.
            run.tried.resent = true;
            run.goal = Goal::Send;
            run.joins = 0;
            return self.proceed(out);
        }
        self.broke(lost(), out);
    }

    /// The reply that was read cannot be had: fails, or asks if it was another's.
    pub(super) fn broke(&mut self, trouble: Trouble, out: &mut Vec<Effect>) {
        let Some(own) = self.run.as_mut().and_then(|run| run.then.clone()) else {
            return self.fail(trouble, Code::StreamLost.as_str(), "", out);
        };
        self.drop_guest();
        self.ask(own);
    }

    /// Another's message that brought nothing leaves no trace; one with text stays, as interrupted.
    pub(super) fn drop_guest(&mut self) {
        let Some(run) = &self.run else { return };
        let id = run.id.clone();
        self.turns
            .retain(|turn| turn.id != id || !turn.reply.is_empty() || !turn.user.is_empty());
        if let Some(turn) = self.turn_mut(&id) {
            turn.standing = Standing::Failed(Trouble {
                retry: false,
                ..lost()
            });
        }
    }

    /// The visitor stopped before the first word: nothing is sealed, and nothing went wrong.
    fn stopped(&mut self, out: &mut Vec<Effect>) {
        let Some(run) = self.run.take() else { return };
        out.push(Effect::DropOutgoing {
            message_id: run.id.clone(),
        });
        if let Some(turn) = self.turn_mut(&run.id) {
            turn.standing = Standing::Stopped;
        }
    }
}

/// Whether a join that was refused so may be repeated: the reply itself may still run.
pub(super) const fn is_passing(code: Option<Code>) -> bool {
    matches!(
        code,
        None | Some(Code::Draining | Code::Internal | Code::RequestTimeout)
    )
}

/// Whether sending the same message again can never help.
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
