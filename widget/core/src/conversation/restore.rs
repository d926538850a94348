//! Restores a conversation from the store, and adopts the turns of other tabs.

use std::rc::Rc;

use super::run::Run;
use super::state::Session;
use super::{Conversation, Effect, Stage, Turn};

impl Conversation {
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

    /// Notes that a session is stored that this tab did not know.
    pub(super) fn session_stored(&mut self, is_new: bool) {
        if is_new && self.run.as_ref().is_none_or(Run::is_unanswered_send) {
            self.session = Session::Ready;
        }
    }

    /// Shows the branch that another tab has switched to.
    pub(super) fn follow_head(&mut self, head: &str) {
        if self.offers.edits && self.run.is_none() && head != self.token_head {
            self.show(head);
            self.token_head = self.before(self.turns.len()).1.into();
        }
    }

    /// Adopts a turn that another tab stored, or the question of one.
    pub(super) fn adopt(&mut self, turn: Rc<Turn>, effects: &mut Vec<Effect>) {
        if turn.sealed.is_some() {
            self.waiting.retain(|it| it.id != turn.id);
        }
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
            // One that is cut off here may have ended so long ago that the proxy has it no longer.
            let is_cut =
                run.queued_own.is_none() && matches!(self.stage(), Some(Stage::Rejoining | Stage::Offline));
            if !is_cut && !run.is_unanswered_send() {
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
