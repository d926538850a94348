//! The visitor's and the page's wishes: send, stop, retry, take back, begin anew.

use porthole_protocol::Code;
use porthole_protocol::history::Role;
use porthole_protocol::text::check;

use super::outbox::{MAX_WAITING, give_back};
use super::run::{Goal, Run};
use super::state::Session;
use super::{
    Cause, Conversation, Declined, Effect, PageEvent, Stage, TextSource, Turn, TurnFailure, TurnStatus,
    sentences,
};
use crate::text;

impl Conversation {
    pub(super) fn submit(
        &mut self,
        text: &str,
        id: String,
        source: TextSource,
        now: u64,
        effects: &mut Vec<Effect>,
    ) {
        self.now = now;
        self.wake();
        let text = text::typed(text);
        let full = (self.waiting.len() >= MAX_WAITING).then_some(Declined::Full);
        self.declined = check(&text, self.max_chars).err().map(Declined::Text).or(full);
        if let Some(declined) = self.declined {
            return decline(declined, text, source, effects);
        }
        let edit = self.editing.take_if(|_| source == TextSource::Composer);
        let edited = edit.as_ref().map(|edit| edit.id.as_str());
        let at = edited.and_then(|id| self.place(id)).filter(|_| self.offers.edits);
        self.send(Turn::new(id, text, now), at.unwrap_or(self.turns.len()), edited, effects);
        if source == TextSource::Composer {
            effects.push(Effect::EmptyComposer);
        }
        effects.extend(edit.map(|edit| Effect::RestoreComposer(edit.draft)));
        // In the order in which they were written.
        if self.is_unreached() {
            self.retry(effects);
        }
    }

    /// Sends the text of a chip, as it was shown.
    pub(super) fn tap(&mut self, index: usize, id: String, now: u64, effects: &mut Vec<Effect>) {
        if let Some(text) = self.chips().get(index).map(|chip| text::clean(chip)) {
            self.submit(&text, id, TextSource::Chip, now, effects);
        }
    }

    /// Sends a message behind the turns before a place, as soon as none goes before it; one that waits may be replaced by
    /// it.
    pub(super) fn send(
        &mut self,
        mut turn: Turn,
        at: usize,
        replaces: Option<&str>,
        effects: &mut Vec<Effect>,
    ) {
        if self.knows(&turn.id) {
            return;
        }
        self.now = turn.at;
        let is_next = self.run.is_none() && self.waiting.is_empty();
        // One that waits follows what those before it leave, unless it is an edit.
        turn.keep = if is_next || at < self.turns.len() { self.keep_before(at) } else { None };
        effects
            .push(Effect::ToPage(PageEvent::Message { role: Role::User, length: text::count(&turn.user) }));
        if is_next {
            self.cut(at, effects);
        }
        self.enqueue(turn, replaces, effects);
    }

    pub(super) fn stop(&mut self, effects: &mut Vec<Effect>) {
        let (Some(run), Some(stage)) = (&self.run, self.stage()) else {
            return;
        };
        if self.is_unsent() {
            return self.discard(effects);
        }
        match stage {
            Stage::Stopping => {}
            Stage::Offline | Stage::Limited => self.abandon_reply(TurnFailure::LOST, effects),
            Stage::Waiting | Stage::Streaming | Stage::Rejoining | Stage::Queued | Stage::Asking => {
                effects.push(Effect::Stop { message_id: run.id.clone() });
                self.set_stage(Stage::Stopping);
            }
        }
    }

    /// Returns `true` where the visitor's own message has not left yet.
    fn is_unsent(&self) -> bool {
        let Some(run) = &self.run else { return false };
        let waits = matches!(self.stage(), Some(Stage::Limited | Stage::Offline | Stage::Asking));
        run.queued_own.is_some() || run.goal == Goal::Send && (waits || self.session == Session::Missing)
    }

    /// Takes a message back that was not sent.
    pub(super) fn discard(&mut self, effects: &mut Vec<Effect>) {
        let Some(own) = self.own().filter(|_| self.is_unsent()).map(String::from) else {
            return;
        };
        effects.push(Effect::Abandon);
        if !self.is_own_run() {
            // The reply that was being joined is its own tab's again.
            self.drop_other_tabs_turn();
        }
        self.run = None;
        self.limited_until = None;
        self.take_back(&own, effects);
    }

    /// Moves a message from the conversation into the composer.
    fn take_back(&mut self, id: &str, effects: &mut Vec<Effect>) {
        let Some(turn) = self.turn(id) else { return };
        give_back(turn, effects);
        self.remove(id);
    }

    /// Removes a message from the screen, and shows the branch that it would have left.
    pub(super) fn remove(&mut self, id: &str) {
        let keep = self.keep(id);
        self.turns.retain(|turn| turn.id != id);
        if keep.is_some() {
            self.show(&self.token_head.clone());
        }
    }

    pub(super) fn retry(&mut self, effects: &mut Vec<Effect>) {
        let Some(last) = self.turns.last().filter(|_| self.run.is_none()) else {
            return;
        };
        let can_retry = match last.status {
            TurnStatus::Failed(failure) => failure.retry,
            // Stopped before its first word: nothing was sealed.
            TurnStatus::Ended(_) => last.sealed.is_none(),
            TurnStatus::Running(_) => false,
        };
        if !can_retry {
            return;
        }
        let id = last.id.clone();
        if !last.has_attempts_left() {
            return self.take_back(&id, effects);
        }
        if matches!(last.status, TurnStatus::Failed(failure) if failure.cause == Cause::Code(Code::TranscriptMismatch))
        {
            // The visitor agreed to an assistant that knows nothing of the turns before.
            self.keep_only(0, self.turns.len() - 1);
        }
        self.begin_run(Run::new(id, Goal::Send));
        // One that was stopped or left for another branch is there no longer.
        self.keep_outgoing(effects);
        self.send_again(effects);
    }

    /// Sends the message under way with the next attempt: the workflow may have begun the one before.
    pub(super) fn send_again(&mut self, effects: &mut Vec<Effect>) {
        let own = self.own().map(String::from);
        if let Some(turn) = own.and_then(|id| self.turn_mut(&id)) {
            turn.attempt += 1;
        }
        self.proceed(effects);
    }

    pub(super) fn fork(&mut self, effects: &mut Vec<Effect>) {
        if self.stage() != Some(Stage::Asking) {
            return;
        }
        if let Some(run) = &mut self.run {
            run.fork = true;
        }
        self.proceed(effects);
    }

    /// Leaves the conversation: a message under way stays in its outbox, and is joined when it is opened again.
    pub(super) fn leave_chat(&mut self, effects: &mut Vec<Effect>) {
        if self.run.take().is_some() {
            effects.push(Effect::Abandon);
        }
        self.close_edit(effects);
        self.turns.clear();
        self.waiting.clear();
        self.hidden.clear();
        self.token_head.clear();
        self.switched = false;
        self.limited_until = None;
        self.declined = None;
        self.session = Session::Missing;
        self.all_read(effects);
    }

    pub(super) fn swap_chat(&mut self, id: Option<String>, effects: &mut Vec<Effect>) {
        self.leave_chat(effects);
        effects.push(Effect::SwapChat { id });
        effects.push(Effect::FocusComposer);
    }
}

/// Leaves a text that was declined in the composer, or tells the page.
fn decline(declined: Declined, text: String, source: TextSource, effects: &mut Vec<Effect>) {
    let code = match declined {
        Declined::Full => "outbox_full",
        Declined::Text(_) => Code::InvalidField.as_str(),
    };
    match source {
        TextSource::Early => effects.push(Effect::RestoreComposer(text)),
        TextSource::Page => effects.push(Effect::ToPage(PageEvent::Error {
            code: code.into(),
            detail: sentences::declined(declined).into(),
        })),
        TextSource::Composer | TextSource::Chip => {}
    }
}
