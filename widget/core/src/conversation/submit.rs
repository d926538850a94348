//! The visitor's and the page's wishes: send, stop, retry, take back, begin anew.

use std::rc::Rc;

use porthole_protocol::Code;
use porthole_protocol::history::Role;
use porthole_protocol::text::check;

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
        let text = text::typed(text);
        self.declined = match check(&text, self.max_chars) {
            _ if self.run.is_some() => Some(Declined::Busy),
            checked => checked.err().map(Declined::Text),
        };
        match (self.declined, source) {
            (None, TextSource::Composer) => effects.push(Effect::EmptyComposer),
            (Some(_), TextSource::Early) => effects.push(Effect::RestoreComposer(text.clone())),
            (Some(declined), TextSource::Page) => effects.push(declined_to_page(declined)),
            (None, _) | (Some(_), TextSource::Composer | TextSource::Chip) => {}
        }
        if self.declined.is_some() {
            return;
        }
        let mut at = self.turns.len();
        if let Some(edit) = self.editing.take_if(|_| source == TextSource::Composer) {
            effects.push(Effect::RestoreComposer(edit.draft));
            at = self.place(&edit.id).unwrap_or(at);
        }
        self.send(Turn::new(id, text, now), at, effects);
    }

    /// Sends the text of a chip, as it was shown.
    pub(super) fn tap(&mut self, index: usize, id: String, now: u64, effects: &mut Vec<Effect>) {
        if let Some(text) = self.chips().get(index).map(|chip| text::clean(chip)) {
            self.submit(&text, id, TextSource::Chip, now, effects);
        }
    }

    /// Sends a message behind the turns before a place; those that it replaces are hidden.
    pub(super) fn send(&mut self, turn: Turn, at: usize, effects: &mut Vec<Effect>) {
        let id = turn.id.clone();
        if self.turn(&id).is_some() || self.is_hidden(&id) {
            return;
        }
        self.now = turn.at;
        self.cut(at, effects);
        if let Some(failed) = self.turns.last().filter(|turn| matches!(turn.status, TurnStatus::Failed(_))) {
            // The visitor has moved on: it is not offered again after a reload.
            effects.push(Effect::DropOutgoing { message_id: failed.id.clone() });
        }
        effects
            .push(Effect::ToPage(PageEvent::Message { role: Role::User, length: text::count(&turn.user) }));
        self.turns.push(Rc::new(turn));
        self.link(self.turns.len() - 1);
        self.begin_run(Run::new(id, Goal::Send));
        self.keep_outgoing(effects);
        self.proceed(effects);
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
        let (text, keep) = (turn.user.clone(), self.keep(id));
        effects.push(Effect::DropOutgoing { message_id: id.into() });
        effects.push(Effect::RestoreComposer(text));
        effects.push(Effect::FocusComposer);
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
        self.send_again(effects);
    }

    /// Sends the message under way with the next attempt: the workflow may have begun the one before.
    pub(super) fn send_again(&mut self, effects: &mut Vec<Effect>) {
        let own = self.own().map(String::from);
        if let Some(turn) = own.and_then(|id| self.turn_mut(&id)) {
            turn.attempt += 1;
        }
        self.keep_outgoing(effects);
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
        self.leave_edit(effects);
        self.turns.clear();
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

fn declined_to_page(declined: Declined) -> Effect {
    let code = match declined {
        Declined::Busy => Code::Busy,
        Declined::Text(_) => Code::InvalidField,
    };
    Effect::ToPage(PageEvent::Error {
        code: code.as_str().into(),
        detail: sentences::declined(declined).into(),
    })
}
