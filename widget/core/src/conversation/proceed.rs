//! The way of the message under way to the proxy: a session, a ticket for it, the message, its reply.

use porthole_protocol::Code;

use super::run::{Fetch, Goal};
use super::state::Session;
use super::{Carry, Conversation, Effect, ProblemView, Stage};

impl Conversation {
    /// Does the next thing that the run needs, as soon as nothing stands in its way.
    pub(super) fn proceed(&mut self, effects: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        let goal = run.goal;
        run.answered &= goal == Goal::Join;
        if !self.online {
            self.set_stage(Stage::Offline);
        } else if self.limited_until.is_some() && goal == Goal::Send {
            self.set_stage(Stage::Limited);
        } else if self.session == Session::Missing {
            self.set_stage_unless_stopping(match goal {
                Goal::Join => Stage::Rejoining,
                Goal::Send => Stage::Waiting,
            });
            self.open_session(effects);
        } else {
            match goal {
                Goal::Join => self.join(0, effects),
                Goal::Send => self.send_message(effects),
            }
        }
    }

    fn open_session(&mut self, effects: &mut Vec<Effect>) {
        let Some(tried) = self.run.as_ref().map(|run| run.tried.clone()) else {
            return;
        };
        let run = self.next_serial();
        effects.push(if tried.ticket == Fetch::Requested {
            Effect::RefreshTicket { run }
        } else if tried.renewed {
            let carry = Carry::Previous;
            Effect::CreateSession { run, carry }
        } else {
            let carry = Carry::Nothing;
            Effect::CreateSession { run, carry }
        });
    }

    /// Joins the reply of the run, after a wait.
    pub(super) fn join(&mut self, wait_ms: u32, effects: &mut Vec<Effect>) {
        let is_new = self.run.as_ref().is_some_and(|run| run.joins == 0 && run.last_event.is_none());
        self.set_stage_unless_stopping(if is_new { Stage::Waiting } else { Stage::Rejoining });
        let serial = self.next_serial();
        if let Some(run) = &self.run {
            effects.push(Effect::Join {
                run: serial,
                message_id: run.id.clone(),
                last_event_id: run.last_event,
                wait_ms,
            });
        }
    }

    fn send_message(&mut self, effects: &mut Vec<Effect>) {
        let run = self.next_serial();
        self.set_stage(Stage::Waiting);
        let Some((message_id, fork)) = self.run.as_ref().map(|run| (run.id.clone(), run.fork)) else {
            return;
        };
        let (fork, keep) = (fork || self.switched, self.keep(&message_id));
        let continues = self.continued(&message_id);
        let Some(turn) = self.turn_mut(&message_id) else {
            return;
        };
        turn.reset_reply();
        let (text, attempt) = (turn.user.clone(), turn.attempt);
        effects.push(Effect::Send { run, text, attempt, message_id, fork, keep, continues });
    }

    pub(super) fn session_failed(&mut self, problem: &ProblemView, effects: &mut Vec<Effect>) {
        let serial = self.serial;
        self.session = Session::Missing;
        if problem.code.is_empty() && !self.online {
            return self.set_stage(Stage::Offline);
        }
        let Some(run) = &mut self.run else { return };
        // A ticket becomes invalid when the proxy gets new keys.
        let is_ticket = matches!(Code::parse(&problem.code), Some(Code::TicketExpired | Code::InvalidToken));
        if is_ticket && run.tried.ticket == Fetch::Untried {
            run.tried.ticket = Fetch::Requested;
            effects.push(Effect::RefreshTicket { run: serial });
            return;
        }
        self.on_problem(problem, effects);
    }
}
