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
            keep: self.keep(&turn.id),
        }));
    }

    /// Shows the stored turns: where they can have branches, the one of the token, or else the newest.
    pub(super) fn restore(&mut self, mut turns: Vec<Rc<Turn>>, head: &str) {
        turns.retain(|turn| self.turn(&turn.id).is_none() && !self.is_hidden(&turn.id));
        let newest = turns.last().map_or_else(String::new, |turn| turn.head.clone());
        turns.append(&mut self.turns);
        self.turns = turns;
        if self.offers.edits {
            self.show(&newest);
            self.show(head);
        }
        self.token_head = self.before(self.turns.len()).1.into();
    }

    /// Goes on with the message of the outbox, if any.
    pub(super) fn resume_outgoing(
        &mut self,
        outgoing: Option<Outgoing>,
        session: bool,
        effects: &mut Vec<Effect>,
    ) {
        if self.run.is_some() {
            return;
        }
        if session {
            self.session = Session::Ready;
        }
        if let Some(left) = outgoing.filter(|left| self.turn(&left.id).is_none() && !self.is_hidden(&left.id))
        {
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
        self.keep_only(left.keep.unwrap_or(u32::MAX), self.turns.len());
        self.turns.push(Rc::new(turn));
        self.link(self.turns.len() - 1);
        // Without a session it was never sent, nor while a limit held it back.
        let goal = if self.session == Session::Ready && left.until == 0 { Goal::Join } else { Goal::Send };
        self.limited_until = (left.until > self.now).then(|| self.cap_wait(left.until));
        self.begin_run(Run { answered: goal == Goal::Join, ..Run::new(id, goal) });
        self.proceed(effects);
    }

    /// Shows the branch that another tab has switched to.
    pub(super) fn follow_head(&mut self, head: &str) {
        if self.offers.edits && self.run.is_none() && head != self.token_head {
            self.show(head);
            self.token_head = self.before(self.turns.len()).1.into();
        }
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
        let is_hidden = self.is_hidden(&turn.id);
        match self.turn(&turn.id) {
            Some(known) if known.user.is_empty() => {
                if let Some(known) = self.turn_mut(&turn.id) {
                    known.user.clone_from(&turn.user);
                }
            }
            Some(known) if known.sealed.is_none() && turn.sealed.is_some() => self.adopt_end(turn, effects),
            Some(_) if turn.sealed.is_some() => self.rated(&turn.id, turn.rating),
            Some(_) => {}
            None if turn.sealed.is_none() || is_hidden => {}
            None => {
                let at = self.turns.iter().position(|known| Some(&known.id) == own.as_ref());
                self.append(turn, at.unwrap_or(self.turns.len()));
            }
        }
    }

    /// Shows a turn of another tab; where it does not follow the last one, its branch.
    fn append(&mut self, turn: Rc<Turn>, at: usize) {
        let is_edit = self.offers.edits && turn.parent != self.before(at).1;
        self.token_head.clone_from(&turn.head);
        self.turns.insert(at, turn);
        if is_edit {
            self.show(&self.token_head.clone());
        }
        self.session = Session::Ready;
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
        self.token_head.clone_from(&turn.head);
        if let Some(known) = self.turns.iter_mut().find(|known| known.id == turn.id) {
            *known = turn;
        }
    }
}
