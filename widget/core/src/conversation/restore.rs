//! Restores a conversation from the store, and adopts the turns of other tabs.

use std::rc::Rc;

use porthole_protocol::limits::ATTEMPTS;

use super::run::{Goal, Run};
use super::state::Session;
use super::{Conversation, Effect, Outgoing, Turn};

impl Conversation {
    pub(super) fn keep_outgoing(&self, effects: &mut Vec<Effect>) {
        let Some(turn) = self.own().and_then(|id| self.turn(id)) else {
            return;
        };
        effects.push(Effect::KeepOutgoing(Outgoing {
            id: turn.id.clone(),
            text: turn.user.clone(),
            attempt: turn.attempt,
            at: turn.at,
            until: self.limited_until.unwrap_or(0),
        }));
    }

    pub(super) fn restore(
        &mut self,
        mut turns: Vec<Rc<Turn>>,
        outgoing: Option<Outgoing>,
        session: bool,
        effects: &mut Vec<Effect>,
    ) {
        turns.retain(|turn| self.turn(&turn.id).is_none());
        turns.append(&mut self.turns);
        self.turns = turns;
        if self.run.is_some() {
            return;
        }
        if session {
            self.session = Session::Ready;
        }
        if let Some(left) = outgoing.filter(|left| self.turn(&left.id).is_none()) {
            self.resume(left, effects);
        }
    }

    /// Goes on with a message of the outbox.
    fn resume(&mut self, left: Outgoing, effects: &mut Vec<Effect>) {
        let id = left.id;
        let turn = Turn {
            // The store is the browser's: a record may say anything.
            attempt: left.attempt.clamp(*ATTEMPTS.start(), *ATTEMPTS.end()),
            ..Turn::new(id.clone(), left.text, left.at)
        };
        self.turns.push(Rc::new(turn));
        // Without a session it was never sent, nor while a limit held it back.
        let goal = if self.session == Session::Ready && left.until == 0 { Goal::Join } else { Goal::Send };
        self.limited_until = (left.until > self.now).then(|| self.cap_wait(left.until));
        self.begin_run(Run { answered: goal == Goal::Join, ..Run::new(id, goal) });
        self.proceed(effects);
    }

    /// Reads along the reply to a message that another tab has sent.
    pub(super) fn follow(&mut self, sent: Outgoing, effects: &mut Vec<Effect>) {
        let is_sealed = self.turn(&sent.id).is_some_and(|turn| turn.sealed.is_some());
        match &mut self.run {
            // This tab found it in the outbox and waits for its turn to send it.
            Some(run) if run.is_unanswered_send() && run.own() == sent.id => {
                run.goal = Goal::Join;
                self.session = Session::Ready;
                effects.push(Effect::Abandon);
                self.proceed(effects);
            }
            None if self.shown && !is_sealed => {
                self.turns.retain(|failed| failed.id != sent.id);
                self.session = Session::Ready;
                self.resume(sent, effects);
            }
            _ => {}
        }
    }

    /// Adopts a turn that another tab stored, or the question of one.
    pub(super) fn adopt(&mut self, turn: Rc<Turn>, effects: &mut Vec<Effect>) {
        let own = self.own().map(String::from);
        match self.turn_mut(&turn.id) {
            Some(known) if known.user.is_empty() => known.user.clone_from(&turn.user),
            Some(known) if known.sealed.is_none() && turn.sealed.is_some() => self.adopt_end(turn, effects),
            Some(_) => {}
            None if turn.sealed.is_none() => {}
            None => {
                let at = self.turns.iter().position(|known| Some(&known.id) == own.as_ref());
                self.turns.insert(at.unwrap_or(self.turns.len()), turn);
                self.session = Session::Ready;
            }
        }
    }

    /// Adopts the end of a turn that failed here or was still to be sent; one that is read has its end to come.
    fn adopt_end(&mut self, turn: Rc<Turn>, effects: &mut Vec<Effect>) {
        if let Some(run) = self.run.as_ref().filter(|run| [&run.id, run.own()].contains(&turn.id.as_str())) {
            if !run.is_unanswered_send() {
                return;
            }
            self.run = None;
            effects.push(Effect::Abandon);
        }
        self.session = Session::Ready;
        if let Some(known) = self.turns.iter_mut().find(|known| known.id == turn.id) {
            *known = turn;
        }
    }
}
