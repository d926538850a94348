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
        turns: Vec<Rc<Turn>>,
        outgoing: Option<Outgoing>,
        session: bool,
        effects: &mut Vec<Effect>,
    ) {
        let earlier = turns.into_iter().filter(|turn| self.turn(&turn.id).is_none());
        let earlier: Vec<_> = earlier.collect();
        self.turns.splice(..0, earlier);
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

    /// Adopts a turn that another tab stored, or the question of one.
    pub(super) fn adopt(&mut self, turn: Rc<Turn>) {
        let own = self.own().map(String::from);
        match self.turn_mut(&turn.id) {
            Some(known) if known.user.is_empty() => known.user.clone_from(&turn.user),
            Some(_) => {}
            None if turn.sealed.is_none() => {}
            None => {
                let at = self.turns.iter().position(|known| Some(&known.id) == own.as_ref());
                self.turns.insert(at.unwrap_or(self.turns.len()), turn);
                self.session = Session::Ready;
            }
        }
    }
}
