//! What the visitor, the page and the browser do to a conversation.

use std::rc::Rc;

use porthole_protocol::Code;

use super::failure::lost;
use super::state::{Fetch, Goal, Run, Session};
use super::{
    Action, Carry, Declined, Effect, PageNote, ProblemView, Role, Source, Stage, Standing, State, Turn,
};
use crate::{text, words};

/// Attempts that one message may take (PROTOCOL §4).
pub(super) const MAX_ATTEMPTS: u8 = 5;

impl State {
    /// The conversation after an action, and what is to be done, in order.
    #[must_use]
    pub fn after(mut self, action: Action) -> (Self, Vec<Effect>) {
        let mut effects = Vec::new();
        self.take(action, &mut effects);
        if self.run.is_none() && self.declined == Some(Declined::Busy) {
            self.declined = None;
        }
        (self, effects)
    }

    fn take(&mut self, action: Action, out: &mut Vec<Effect>) {
        match action {
            Action::Submit {
                text,
                id,
                source,
                now,
            } => self.submit(text, id, source, now, out),
            Action::Heard {
                run,
                event,
                heard,
                now,
            } if self.is_current(run) => {
                self.now = now;
                self.hear(event, heard, out);
            }
            Action::SessionReady { run } if self.is_current(run) => {
                self.session = Session::Ready;
                self.proceed(out);
            }
            Action::SessionFailed { run, problem, now } if self.is_current(run) => {
                self.now = now;
                self.session_failed(&problem, out);
            }
            Action::TicketReady { run } if self.is_current(run) => {
                if let Some(run) = &mut self.run {
                    run.tried.ticket = Fetch::Done;
                }
                self.proceed(out);
            }
            Action::Heard { .. }
            | Action::SessionReady { .. }
            | Action::SessionFailed { .. }
            | Action::TicketReady { .. } => {}
            Action::Stop => self.stop(out),
            Action::Retry => self.retry(out),
            Action::Fork => self.fork(out),
            Action::Discard => self.discard(out),
            Action::NewChat => self.new_chat(out),
            Action::Restored {
                turns,
                outgoing,
                session,
                now,
            } => {
                self.now = now;
                self.restore(turns, outgoing, session, out);
            }
            Action::Adopted(turn) => self.adopt(turn),
            Action::SessionLost => self.session = Session::Missing,
            Action::Tick { now } => {
                self.now = now;
                if self.until.is_some_and(|until| now >= until) {
                    self.until = None;
                    if self.stage() == Some(Stage::Limited) {
                        self.keep_outgoing(out);
                        self.proceed(out);
                    }
                }
            }
            Action::Online => {
                self.online = true;
                if self.stage() == Some(Stage::Offline) {
                    self.proceed(out);
                }
            }
            Action::Offline => self.online = false,
            Action::Shown => {
                self.shown = true;
                if std::mem::take(&mut self.unread) > 0 {
                    out.push(Effect::ToPage(PageNote::Unread(0)));
                }
            }
            Action::Hidden => self.shown = false,
        }
    }

    fn submit(&mut self, text: String, id: String, source: Source, now: u64, out: &mut Vec<Effect>) {
        self.now = now;
        let refusal = text::check(&text, self.max_chars).err().map(Declined::Text);
        self.declined = if self.run.is_some() {
            Some(Declined::Busy)
        } else {
            refusal
        };
        if let Some(declined) = self.declined {
            if source == Source::Page {
                out.push(declined_to_page(declined));
            }
            return;
        }
        if self.turn(&id).is_some() {
            return;
        }
        if let Some(Standing::Failed(_)) = self.turns.last().map(|turn| turn.standing) {
            // The visitor has moved on: it is not offered again after a reload.
            let failed = self.turns.last().map(|turn| turn.id.clone()).unwrap_or_default();
            out.push(Effect::DropOutgoing { message_id: failed });
        }
        if source == Source::Composer {
            out.push(Effect::EmptyComposer);
        }
        let note = PageNote::Message {
            role: Role::User,
            length: text::count(&text),
        };
        out.push(Effect::ToPage(note));
        self.turns.push(Rc::new(Turn::new(id.clone(), text, now)));
        self.begin_run(Run::new(id, Goal::Send));
        self.keep_outgoing(out);
        self.proceed(out);
    }

    /// Carries out what the run is for, as soon as nothing stands in its way.
    pub(super) fn proceed(&mut self, out: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        let (goal, fork, fetching) = (run.goal, run.fork, run.tried.ticket == Fetch::Asked);
        let carry = if run.tried.renewed {
            Carry::Previous
        } else {
            Carry::Nothing
        };
        run.answered &= goal == Goal::Join;
        let id = run.id.clone();
        let last_event_id = run.last_event;
        if !self.online {
            return self.set_stage(Stage::Offline);
        }
        if self.until.is_some() && goal != Goal::Join {
            return self.set_stage(Stage::Limited);
        }
        self.serial = self.serial.wrapping_add(1);
        let serial = self.serial;
        if self.session == Session::Missing {
            self.rest_stage(if goal == Goal::Join {
                Stage::Rejoining
            } else {
                Stage::Waiting
            });
            out.push(if fetching {
                Effect::RefreshTicket { run: serial }
            } else {
                Effect::CreateSession { run: serial, carry }
            });
            return;
        }
        if goal == Goal::Join {
            self.rest_stage(Stage::Rejoining);
            out.push(Effect::Join {
                run: serial,
                message_id: id,
                last_event_id,
                wait_ms: 0,
            });
            return;
        }
        self.set_stage(Stage::Waiting);
        let Some(turn) = self.turn_mut(&id) else { return };
        turn.begin_again();
        let (text, attempt) = (turn.user.clone(), turn.attempt);
        out.push(Effect::Send {
            run: serial,
            message_id: id,
            text,
            attempt,
            fork,
        });
    }

    fn stop(&mut self, out: &mut Vec<Effect>) {
        let (Some(run), Some(stage)) = (&self.run, self.stage()) else {
            return;
        };
        if self.is_unsent() {
            return self.discard(out);
        }
        match stage {
            Stage::Stopping => {}
            Stage::Offline | Stage::Limited => self.broke(lost(), out),
            Stage::Waiting | Stage::Streaming | Stage::Rejoining | Stage::Queued | Stage::Asking => {
                out.push(Effect::Stop {
                    message_id: run.id.clone(),
                });
                self.set_stage(Stage::Stopping);
            }
        }
    }

    /// Whether the visitor's own message has not left yet.
    fn is_unsent(&self) -> bool {
        let Some(run) = &self.run else { return false };
        let waits = matches!(
            self.stage(),
            Some(Stage::Limited | Stage::Offline | Stage::Asking)
        );
        run.then.is_some() || run.goal == Goal::Send && (waits || self.session == Session::Missing)
    }

    /// Takes a message back that was not sent.
    fn discard(&mut self, out: &mut Vec<Effect>) {
        if !self.is_unsent() {
            return;
        }
        let Some(own) = self.own().map(String::from) else {
            return;
        };
        out.push(Effect::Abandon);
        if !self.is_own_run() {
            // The reply that was being joined is its own tab's again.
            self.drop_guest();
        }
        self.run = None;
        self.until = None;
        self.take_back(&own, out);
    }

    /// Moves a message from the conversation into the composer.
    pub(super) fn take_back(&mut self, id: &str, out: &mut Vec<Effect>) {
        let Some(turn) = self.turn(id) else { return };
        let text = turn.user.clone();
        out.push(Effect::DropOutgoing {
            message_id: id.into(),
        });
        out.push(Effect::RestoreComposer(text));
        out.push(Effect::FocusComposer);
        self.turns.retain(|turn| turn.id != id);
    }

    fn retry(&mut self, out: &mut Vec<Effect>) {
        if self.run.is_some() {
            return;
        }
        let Some(last) = self.turns.last() else { return };
        let tries = match last.standing {
            Standing::Failed(trouble) => trouble.retry,
            // Stopped before its first word: nothing was sealed.
            Standing::Stopped => last.sealed.is_none(),
            Standing::Complete | Standing::Running(_) => false,
        };
        let id = last.id.clone();
        if !tries {
            return;
        }
        if last.attempt >= MAX_ATTEMPTS {
            return self.take_back(&id, out);
        }
        self.begin_run(Run::new(id.clone(), Goal::Send));
        if let Some(turn) = self.turn_mut(&id) {
            turn.attempt += 1;
        }
        self.keep_outgoing(out);
        self.proceed(out);
    }

    fn fork(&mut self, out: &mut Vec<Effect>) {
        if self.stage() != Some(Stage::Asking) {
            return;
        }
        if let Some(run) = &mut self.run {
            run.fork = true;
        }
        self.proceed(out);
    }

    fn new_chat(&mut self, out: &mut Vec<Effect>) {
        if let Some(run) = self.run.take() {
            if run.then.is_none() && run.answered {
                out.push(Effect::Stop { message_id: run.id });
            }
            out.push(Effect::Abandon);
        }
        self.turns.clear();
        self.until = None;
        self.declined = None;
        self.session = Session::Missing;
        out.push(Effect::ClearStore);
        if std::mem::take(&mut self.unread) > 0 {
            out.push(Effect::ToPage(PageNote::Unread(0)));
        }
        out.push(Effect::FocusComposer);
    }

    fn session_failed(&mut self, problem: &ProblemView, out: &mut Vec<Effect>) {
        let serial = self.serial;
        self.session = Session::Missing;
        if problem.code.is_empty() && !self.online {
            return self.set_stage(Stage::Offline);
        }
        let Some(run) = &mut self.run else { return };
        // A ticket becomes invalid when the proxy gets new keys.
        let is_ticket = matches!(
            Code::parse(&problem.code),
            Some(Code::TicketExpired | Code::InvalidToken)
        );
        if is_ticket && run.tried.ticket == Fetch::Untried {
            run.tried.ticket = Fetch::Asked;
            out.push(Effect::RefreshTicket { run: serial });
            return;
        }
        self.refused(problem, out);
    }
}

fn declined_to_page(declined: Declined) -> Effect {
    let code = match declined {
        Declined::Busy => Code::Busy,
        Declined::Text(_) => Code::InvalidField,
    };
    Effect::ToPage(PageNote::Error {
        code: code.as_str().into(),
        detail: words::declined(declined).into(),
    })
}
