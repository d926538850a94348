//! The outbox: messages wait in the order in which they were written, and go out one after the other, once each.
//!
//! The store's list is the truth for all tabs. The first of it may be under way, or have failed; the others wait.

use std::rc::Rc;

use porthole_protocol::limits::ATTEMPTS;

use super::run::{Goal, Run};
use super::state::{Panel, Session};
use super::{Act, Conversation, Effect, Outgoing, Turn, TurnFailure, TurnStatus};
use crate::words;

/// The most messages that wait: a visitor writes a few, a page's script could write any number.
pub(super) const MAX_WAITING: usize = 50;

impl Conversation {
    /// Returns `true` while a message that failed holds up those behind it.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        let last = self.turns.last().map(|turn| turn.status);
        matches!(last, Some(TurnStatus::Failed(failure)) if failure.retry) && self.run.is_none()
    }

    /// Returns `true` while the last message is one that failed, and that may never have reached the proxy.
    pub(super) fn is_unreached(&self) -> bool {
        let last = self.turns.last().map(|turn| turn.status);
        last == Some(TurnStatus::Failed(TurnFailure::UNREACHED)) && self.run.is_none()
    }

    /// Has a message wait behind the others, or in the place of the one that it replaces; a new one goes on with them all.
    pub(super) fn enqueue(&mut self, mut turn: Turn, replaces: Option<&str>, effects: &mut Vec<Effect>) {
        let at = self.waiting.iter().position(|it| Some(it.id.as_str()) == replaces);
        turn.attempt = 0;
        effects.push(Effect::KeepOutgoing(turn.outgoing(), at.and(replaces).map(String::from)));
        if let Some(old) = at.and_then(|at| self.waiting.get_mut(at)) {
            *old = turn.into();
            return;
        }
        self.waiting.push(turn.into());
        if !self.is_unreached() {
            self.send_next(effects);
        }
        if self.waiting.len() == 1 {
            effects.push(Effect::Announce(words::WAITING.into()));
        }
    }

    /// Sends the next message, as soon as nothing is under way and none that failed holds it up.
    pub(super) fn advance(&mut self, effects: &mut Vec<Effect>) {
        if self.panel != Panel::Resting && !self.is_paused() {
            self.send_next(effects);
        }
    }

    /// Sends the first message that waits, unless it is being edited.
    pub(super) fn send_next(&mut self, effects: &mut Vec<Effect>) {
        while self.run.is_none() && !self.waiting.is_empty() && !self.is_next_edited() {
            let next = self.waiting.remove(0);
            // The store is the browser's: its list may name a message twice.
            if !self.is_placed(&next.id) {
                self.drop_failed(effects);
                self.go_on_with(next, effects);
            }
        }
    }

    /// Returns `true` while the first message that waits is edited in the composer.
    pub(super) fn is_next_edited(&self) -> bool {
        let edited = self.editing.as_ref().map(|edit| &edit.id);
        self.waiting.first().is_some_and(|next| Some(&next.id) == edited)
    }

    /// Lets a last message that failed go, because the visitor has moved on: it is not offered again after a reload.
    pub(super) fn drop_failed(&mut self, effects: &mut Vec<Effect>) {
        if let Some(failed) =
            self.turns.last_mut().filter(|turn| matches!(turn.status, TurnStatus::Failed(_)))
        {
            effects.push(Effect::DropOutgoing { message_id: failed.id.clone() });
            if failed.status == TurnStatus::Failed(TurnFailure::UNREACHED) {
                // Nothing sends it again by itself any more.
                Rc::make_mut(failed).status = TurnStatus::Failed(TurnFailure::LOST);
            }
        }
    }

    /// Sends a message of the outbox, or joins the reply to one that was sent before.
    fn go_on_with(&mut self, mut next: Rc<Turn>, effects: &mut Vec<Effect>) {
        // Without a session it was never sent, nor before its first attempt, nor while a limit held it back.
        let was_sent = self.session == Session::Ready && next.attempt > 0 && next.until == 0;
        let goal = if was_sent { Goal::Join } else { Goal::Send };
        // A stored record may say anything.
        Rc::make_mut(&mut next).attempt = next.attempt.clamp(*ATTEMPTS.start(), *ATTEMPTS.end());
        let id = next.id.clone();
        self.keep_only(next.keep.unwrap_or(u32::MAX), self.turns.len());
        self.limited_until = (next.until > self.now).then(|| self.cap_wait(next.until));
        self.turns.push(next);
        self.link(self.turns.len() - 1);
        self.begin_run(Run { answered: was_sent, ..Run::new(id, goal) });
        self.proceed(effects);
    }

    /// Grants a wish about a message that waits.
    pub(super) fn change_waiting(&mut self, at: usize, act: Act, effects: &mut Vec<Effect>) {
        match (act, self.waiting.get(at).cloned()) {
            (Act::Edit, Some(turn)) => self.open_edit(turn.id.clone(), turn.user.clone(), effects),
            (Act::TakeBack, Some(turn)) => {
                self.waiting.remove(at);
                give_back(&turn, effects);
            }
            _ => {}
        }
    }

    /// Puts the last message's text into the composer; one that still waits is edited.
    pub(super) fn recall(&mut self, effects: &mut Vec<Effect>) {
        if let Some(last) = self.waiting.len().checked_sub(1) {
            self.change_waiting(last, Act::Edit, effects);
        } else if let Some(last) = self.turns.last().filter(|_| self.editing.is_none()) {
            effects.push(Effect::RestoreComposer(last.user.clone()));
        }
    }

    /// Takes over the store's outbox: all that other tabs have added, changed, taken back or `sent`.
    pub(super) fn sync(&mut self, outbox: Vec<Outgoing>, sent: Option<&str>, effects: &mut Vec<Effect>) {
        let own = self.run.as_ref().filter(|run| run.is_unanswered_send()).map(|run| run.own().to_owned());
        match own {
            Some(own) if !outbox.iter().any(|it| it.id == own) => self.give_up(&own, effects),
            Some(own) if sent == Some(&own) => self.join_elsewhere(effects),
            _ => {}
        }
        if self.run.is_none() && self.panel == Panel::Shown {
            // It failed here, and another tab tries it again.
            self.turns.retain(|turn| turn.sealed.is_some() || Some(turn.id.as_str()) != sent);
        }
        // Nobody sees a hidden panel: it leaves to the others what it has no part in.
        if self.panel == Panel::Hidden && self.run.is_none() && self.waiting.is_empty() {
            self.panel = Panel::Resting;
        }
        self.waiting.clear();
        for message in outbox {
            if !self.is_placed(&message.id) {
                self.waiting.push(Rc::new(message.into()));
                continue;
            }
            // Another tab may have made that attempt: the next one here is a higher one.
            let made = message.attempt.min(*ATTEMPTS.end());
            let is_behind = |turn: &Rc<Turn>| turn.id == message.id && turn.attempt < made;
            if let Some(turn) = self.turns.iter_mut().find(|turn| is_behind(turn)) {
                Rc::make_mut(turn).attempt = made;
            }
        }
    }

    /// Goes on with the messages that wait, even if the panel is hidden.
    pub(super) fn wake(&mut self) {
        if self.panel == Panel::Resting {
            self.panel = Panel::Hidden;
        }
    }

    /// Gives up a message that was to be sent and is in the outbox no longer: another tab has taken it back.
    fn give_up(&mut self, id: &str, effects: &mut Vec<Effect>) {
        self.run = None;
        self.limited_until = None;
        self.remove(id);
        effects.push(Effect::Abandon);
    }

    /// Joins the message under way, which another tab has sent while this one waited for its turn.
    fn join_elsewhere(&mut self, effects: &mut Vec<Effect>) {
        if let Some(run) = &mut self.run {
            run.goal = Goal::Join;
        }
        self.session = Session::Ready;
        effects.push(Effect::Abandon);
        self.proceed(effects);
    }

    /// Returns `true` for a message that is a turn, or waits to be one.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.is_placed(id) || self.place_waiting(id).is_some()
    }

    fn is_placed(&self, id: &str) -> bool {
        self.turn(id).is_some() || self.is_hidden(id)
    }

    pub(super) fn place_waiting(&self, id: &str) -> Option<usize> {
        self.waiting.iter().position(|it| it.id == id)
    }
}

/// Gives a message back from the outbox to the composer.
pub(super) fn give_back(turn: &Turn, effects: &mut Vec<Effect>) {
    effects.push(Effect::DropOutgoing { message_id: turn.id.clone() });
    effects.push(Effect::RestoreComposer(turn.user.clone()));
    effects.push(Effect::FocusComposer);
}
