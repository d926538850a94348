//! What is kept between two visits, and taken over from other tabs.

use std::rc::Rc;

use super::reduce::MAX_ATTEMPTS;
use super::state::{Goal, Run, Session};
use super::{Effect, Outgoing, State, Turn};

impl State {
    pub(super) fn keep_outgoing(&self, out: &mut Vec<Effect>) {
        let Some(turn) = self.own().and_then(|id| self.turn(id)) else {
            return;
        };
        out.push(Effect::KeepOutgoing(Outgoing {
            message_id: turn.id.clone(),
            text: turn.user.clone(),
            attempt: turn.attempt,
            at: turn.at,
            until: self.until,
        }));
    }

    pub(super) fn restore(
        &mut self,
        turns: Vec<Rc<Turn>>,
        left: Option<Outgoing>,
        session: bool,
        out: &mut Vec<Effect>,
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
        let Some(left) = left.filter(|left| self.turn(&left.message_id).is_none()) else {
            return;
        };
        let id = left.message_id;
        let turn = Turn {
            // The store is the browser's: what stands in it may be anything.
            attempt: left.attempt.clamp(1, MAX_ATTEMPTS),
            ..Turn::new(id.clone(), left.text, left.at)
        };
        self.turns.push(Rc::new(turn));
        // Without a session it was never sent, nor while a limit held it back.
        let goal = if session && left.until.is_none() {
            Goal::Join
        } else {
            Goal::Send
        };
        let waits = left.until.filter(|until| *until > self.now);
        self.until = waits.map(|until| self.no_later(until));
        self.begin_run(Run {
            answered: goal == Goal::Join,
            ..Run::new(id, goal)
        });
        self.proceed(out);
    }

    /// Takes over what another tab stored or said.
    pub(super) fn adopt(&mut self, turn: Rc<Turn>) {
        let own = self.own().map(String::from);
        match self.turn_mut(&turn.id) {
            Some(known) if known.user.is_empty() => known.user.clone_from(&turn.user),
            Some(_) => {}
            None if turn.sealed.is_none() => {}
            None => {
                let at = self
                    .turns
                    .iter()
                    .position(|known| Some(&known.id) == own.as_ref());
                self.turns.insert(at.unwrap_or(self.turns.len()), turn);
                self.session = Session::Ready;
            }
        }
    }
}
