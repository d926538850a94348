//! One step of a conversation: from an action to the part of the code that decides.

use porthole_protocol::feedback::Rating;

use super::effect::last_run;
use super::run::Fetch;
use super::state::{Panel, Session};
use super::{Action, Conversation, Effect, PageEvent, Stage};
use crate::text;

impl Conversation {
    /// Returns the conversation after an action, and the effects that follow, in order.
    #[must_use]
    pub fn after(mut self, action: Action) -> (Self, Vec<Effect>) {
        let mut effects = Vec::new();
        self.apply(action, &mut effects);
        self.advance(&mut effects);
        self.last_requested_run = last_run(&effects).unwrap_or(self.last_requested_run);
        (self, effects)
    }

    fn apply(&mut self, action: Action, effects: &mut Vec<Effect>) {
        match action {
            Action::Submit { text, id, source, now } => self.submit(&text, id, source, now, effects),
            Action::Tap { index, id, now } => self.tap(index, id, now, effects),
            Action::Edited { text } => {
                self.declined = None;
                self.draft = text;
            }
            Action::Refilled { text } => self.draft = text,
            Action::Stop => self.stop(effects),
            Action::Retry => self.retry(effects),
            Action::SendNext => self.send_next(effects),
            Action::Recall => self.recall(effects),
            Action::Fork => self.fork(effects),
            Action::Discard => self.discard(effects),
            Action::NewChat => self.swap_chat(None, effects),
            Action::OpenChat { id } => self.swap_chat(Some(id), effects),
            Action::ChatLeft => self.leave_chat(effects),
            Action::CopyReply { id } => self.copy_reply(&id, effects),
            Action::Rated { id, rating } => self.rated(&id, rating),
            Action::Branch(wish) => self.branch(wish, effects),
            Action::LeaveEdit => self.leave_edit(effects),
            Action::ExportChat => {
                let head = self.before(self.turns.len()).1.into();
                effects.push(Effect::ExportChat { head });
            }
            Action::Restored { turns, outbox, session, now, head } => {
                self.now = now;
                self.restore(turns, &head);
                self.session_stored(session);
                self.sync(outbox, None, effects);
                self.wake();
            }
            Action::Adopted { turn } => self.adopt(turn, effects),
            Action::AtHead { head } => self.follow_head(&head),
            Action::OutboxChanged { outbox, sent, session } => {
                self.session_stored(session);
                self.sync(outbox, sent.as_deref(), effects);
            }
            Action::SessionLost => self.session = Session::Missing,
            Action::Tick { now } => self.tick(now, effects),
            Action::Online => self.back_online(effects),
            Action::Offline => self.online = false,
            Action::Shown => {
                self.panel = Panel::Shown;
                self.all_read(effects);
            }
            Action::Hidden if self.panel == Panel::Shown => self.panel = Panel::Hidden,
            answer => self.apply_answer(answer, effects),
        }
    }

    /// Applies the answer to an effect, if its run still counts.
    fn apply_answer(&mut self, answer: Action, effects: &mut Vec<Effect>) {
        match answer {
            Action::Stream { run, event_id, event, now } if self.is_current(run) => {
                self.now = now;
                self.on_event(event_id, event, effects);
            }
            Action::SessionReady { run } if self.is_current(run) => {
                self.session = Session::Ready;
                self.proceed(effects);
            }
            Action::SessionFailed { run, problem, now } if self.is_current(run) => {
                self.now = now;
                self.session_failed(&problem, effects);
            }
            Action::TicketReady { run } if self.is_current(run) => {
                if let Some(run) = &mut self.run {
                    run.tried.ticket = Fetch::Done;
                }
                self.proceed(effects);
            }
            _ => {}
        }
    }

    fn copy_reply(&self, id: &str, effects: &mut Vec<Effect>) {
        if let Some(turn) = self.turn(id) {
            effects.push(Effect::Copy { id: turn.id.clone(), text: text::clean(&turn.reply) });
        }
    }

    /// Shows the rating of a reply; the one that it has already leaves its row alone.
    pub(super) fn rated(&mut self, id: &str, rating: Option<Rating>) {
        if self.turn(id).is_some_and(|turn| turn.rating != rating)
            && let Some(turn) = self.turn_mut(id)
        {
            turn.rating = rating;
        }
    }

    fn tick(&mut self, now: u64, effects: &mut Vec<Effect>) {
        self.now = now;
        if self.limited_until.is_none_or(|until| now < until) {
            return;
        }
        self.limited_until = None;
        if self.stage() == Some(Stage::Limited) {
            self.proceed(effects);
        }
    }

    /// Returns `true` where the last message may be sent again, and does not go back to the composer instead.
    fn has_attempts_left(&self) -> bool {
        self.turns.last().is_some_and(|last| last.has_attempts_left())
    }

    fn back_online(&mut self, effects: &mut Vec<Effect>) {
        self.online = true;
        if self.stage() == Some(Stage::Offline) {
            self.proceed(effects);
        } else if self.is_unreached() && self.editing.is_none() && self.has_attempts_left() {
            self.retry(effects);
        }
    }

    /// Tells the page that no reply is unread any more.
    pub(super) fn all_read(&mut self, effects: &mut Vec<Effect>) {
        if std::mem::take(&mut self.unread) > 0 {
            effects.push(Effect::ToPage(PageEvent::Unread(0)));
        }
    }
}
