//! The events of a reply, one after the other.

use std::rc::Rc;

use porthole_protocol::history::Role;
use porthole_protocol::{Code, Done, Step};

use super::problem::is_passing;
use super::run::Goal;
use super::state::{Panel, Session};
use super::{Conversation, Effect, PageEvent, Stage, StreamEvent, Turn, TurnFailure, TurnStatus, sentences};
use crate::text;

/// Waits before each join of a row that brings nothing new, in milliseconds.
const JOIN_WAITS: [u32; 5] = [0, 1_000, 2_000, 4_000, 8_000];

impl Conversation {
    pub(super) fn on_event(&mut self, event_id: Option<u32>, event: StreamEvent, effects: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        if let Some(event_id) = event_id {
            if run.last_event.is_some_and(|last| event_id <= last) {
                return;
            }
            run.last_event = Some(event_id);
            run.joins = 0;
        }
        run.answered |= !matches!(event, StreamEvent::CutOff | StreamEvent::Failed(_));
        let (id, goal) = (run.id.clone(), run.goal);
        if !matches!(event, StreamEvent::Reasoning(_)) {
            self.end_thought(&id);
        }
        match event {
            StreamEvent::Connected => self.connected(&id),
            StreamEvent::Started => self.reset_reply(&id),
            StreamEvent::Delta(text) => self.delta(&id, &text),
            StreamEvent::Replace(text) => self.replace(&id, text),
            StreamEvent::Reasoning(text) => self.think(&id, &text),
            StreamEvent::Step(step, line) => self.step(&id, step, &line),
            StreamEvent::Beside(line) => self.beside(&id, &line),
            StreamEvent::Suggestions(items) => self.suggestions(&id, items),
            StreamEvent::Done(done) => self.done(&id, done, effects),
            StreamEvent::Failed(problem)
                if event_id.is_none() && goal == Goal::Join && is_passing(Code::parse(&problem.code)) =>
            {
                self.cut_off(effects);
            }
            StreamEvent::Failed(problem) => self.on_problem(&problem, effects),
            StreamEvent::CutOff => self.cut_off(effects),
            StreamEvent::Unknown => {}
        }
    }

    fn connected(&mut self, id: &str) {
        let has_words = self.turn(id).is_some_and(|turn| !turn.reply.is_empty());
        self.set_stage_unless_stopping(if has_words { Stage::Streaming } else { Stage::Waiting });
    }

    /// Forgets the reply of an earlier attempt.
    fn reset_reply(&mut self, id: &str) {
        if let Some(turn) = self.turn_mut(id) {
            turn.reset_reply();
        }
    }

    fn delta(&mut self, id: &str, text: &str) {
        self.set_stage_unless_stopping(Stage::Streaming);
        if let Some(turn) = self.turn_mut(id) {
            turn.reply.push_str(text);
        }
    }

    /// Takes back the words that came: a view shows the new ones, and the chain's hash is over them.
    fn replace(&mut self, id: &str, text: String) {
        if let Some(turn) = self.turn_mut(id) {
            turn.reply = text;
        }
        self.connected(id);
    }

    fn think(&mut self, id: &str, text: &str) {
        let now = self.now;
        if let Some(turn) = self.turn_mut(id) {
            turn.thinking_since.get_or_insert(now);
            turn.thoughts.push_str(text);
        }
    }

    fn end_thought(&mut self, id: &str) {
        let now = self.now;
        if self.turn(id).is_some_and(|turn| turn.thinking_since.is_some())
            && let Some(turn) = self.turn_mut(id)
        {
            turn.end_thought(now);
        }
    }

    fn beside(&mut self, id: &str, line: &str) {
        if let Some(turn) = self.turn_mut(id) {
            turn.add_beside(line);
        }
    }

    fn suggestions(&mut self, id: &str, items: Vec<String>) {
        if let Some(turn) = self.turn_mut(id) {
            turn.suggestions = items;
        }
    }

    fn step(&mut self, id: &str, step: Step, line: &str) {
        let Some(turn) = self.turn_mut(id) else { return };
        turn.add_beside(line);
        match turn.steps.iter_mut().find(|known| known.name == step.name) {
            Some(known) => known.state = step.state,
            None => turn.steps.push(step),
        }
    }

    fn done(&mut self, id: &str, done: Done, effects: &mut Vec<Effect>) {
        self.session = Session::Ready;
        let Some(kept) = self.seal(id, &done) else { return };
        let length = text::count(&kept.reply);
        effects.push(Effect::Keep(Rc::clone(&kept), done));
        if self.send_queued_own(effects) {
            return;
        }
        effects.push(Effect::ToPage(PageEvent::Message { role: Role::Assistant, length }));
        effects.push(Effect::AnnounceReply { text: kept.reply.clone(), beside: kept.beside.clone() });
        if self.panel != Panel::Shown {
            self.unread += 1;
            effects.push(Effect::ToPage(PageEvent::Unread(self.unread)));
        }
    }

    /// Gives a turn its place in the chain; returns it.
    fn seal(&mut self, id: &str, done: &Done) -> Option<Rc<Turn>> {
        let mut at = self.place(id)?;
        if self.offers.edits {
            // An edit of another tab replaces turns, and a new session knows none of them.
            at = self.keep_only(done.turn.saturating_sub(1), at);
        }
        self.link(at);
        self.token_head.clone_from(&done.head);
        self.switched = false;
        let now = self.now;
        let kept = self.turns.get_mut(at)?;
        let turn = Rc::make_mut(kept);
        turn.status = TurnStatus::Ended(done.end);
        turn.sealed = Some(done.receipt.clone());
        turn.sealed_at = now;
        turn.number = done.turn;
        turn.head.clone_from(&done.head);
        Some(Rc::clone(kept))
    }

    /// Sends the visitor's own message that was queued behind another tab's; returns `false` if there is none.
    pub(super) fn send_queued_own(&mut self, effects: &mut Vec<Effect>) -> bool {
        let Some(run) = &mut self.run else { return false };
        let Some(own) = run.queued_own.take() else {
            self.run = None;
            return false;
        };
        run.id = own;
        run.goal = Goal::Send;
        run.last_event = None;
        run.joins = 0;
        self.proceed(effects);
        true
    }

    /// Joins a stream again that ended without its end, each time after a longer wait (back off).
    fn cut_off(&mut self, effects: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        run.goal = Goal::Join;
        let Some(wait_ms) = JOIN_WAITS.get(usize::from(run.joins)).copied() else {
            return self.lose_reply(effects);
        };
        run.joins += 1;
        if !self.online {
            return self.set_stage(Stage::Offline);
        }
        self.join(wait_ms, effects);
    }

    /// Marks the message under way as failed.
    pub(super) fn fail(&mut self, failure: TurnFailure, code: &str, detail: &str, effects: &mut Vec<Effect>) {
        let Some(run) = self.run.take() else { return };
        self.limited_until = None;
        let id = run.own();
        if let Some(turn) = self.turn_mut(id) {
            turn.status = TurnStatus::Failed(failure);
        }
        let sentence = sentences::failure(failure.cause);
        let detail = if detail.is_empty() { sentence } else { detail };
        effects.push(Effect::Announce(sentence.into()));
        effects.push(Effect::ToPage(PageEvent::Error { code: code.into(), detail: detail.into() }));
    }
}
