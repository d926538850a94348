//! What the stream of a reply says.

use std::rc::Rc;

use porthole_protocol::{Code, Done, Step};

use super::failure::{is_passing, lost};
use super::state::{Goal, Session};
use super::{Effect, Heard, PageNote, Role, Stage, Standing, State};
use crate::{markdown, text, words};

/// Waits before each join of a row that brings nothing new, in milliseconds.
const JOIN_WAITS: [u32; 5] = [0, 1_000, 2_000, 4_000, 8_000];

impl State {
    pub(super) fn hear(&mut self, event: Option<u32>, heard: Heard, out: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        if let (Some(event), Some(last)) = (event, run.last_event)
            && event <= last
        {
            return;
        }
        if let Some(event) = event {
            run.last_event = Some(event);
            run.joins = 0;
        }
        run.answered |= !matches!(heard, Heard::CutOff | Heard::Failed(_));
        let id = run.id.clone();
        match heard {
            Heard::Started => self.begin(&id),
            Heard::Delta(text) => {
                self.rest_stage(Stage::Streaming);
                if let Some(turn) = self.turn_mut(&id) {
                    turn.reply.push_str(&text);
                }
            }
            Heard::Step(step) => self.step(&id, step),
            Heard::Suggestions(items) => {
                if let Some(turn) = self.turn_mut(&id) {
                    turn.suggestions = items;
                }
            }
            Heard::Done(done) => self.done(&id, done, out),
            Heard::Failed(problem)
                if event.is_none() && run.goal == Goal::Join && is_passing(Code::parse(&problem.code)) =>
            {
                self.cut_off(out);
            }
            Heard::Failed(problem) => self.refused(&problem, out),
            Heard::CutOff => self.cut_off(out),
        }
    }

    /// The stream begins with its first event: a new attempt begins with nothing.
    fn begin(&mut self, id: &str) {
        if let Some(turn) = self.turn_mut(id) {
            turn.begin_again();
        }
    }

    fn step(&mut self, id: &str, step: Step) {
        let Some(turn) = self.turn_mut(id) else { return };
        match turn.steps.iter_mut().find(|known| known.name == step.name) {
            Some(known) => known.state = step.state,
            None => turn.steps.push(step),
        }
    }

    fn done(&mut self, id: &str, done: Done, out: &mut Vec<Effect>) {
        self.session = Session::Ready;
        let Some(kept) = self.turns.iter_mut().rev().find(|turn| turn.id == id) else {
            return;
        };
        let turn = Rc::make_mut(kept);
        turn.standing = if done.stopped {
            Standing::Stopped
        } else {
            Standing::Complete
        };
        turn.sealed = Some((done.turn, done.receipt.clone()));
        let kept = Rc::clone(kept);
        let length = text::count(&kept.reply);
        out.push(Effect::Keep(Rc::clone(&kept), done));
        if self.go_on_with_own(out) {
            return;
        }
        out.push(Effect::ToPage(PageNote::Message {
            role: Role::Assistant,
            length,
        }));
        out.push(Effect::Announce(markdown::plain(&markdown::parse(&kept.reply))));
        if !self.shown {
            self.unread += 1;
            out.push(Effect::ToPage(PageNote::Unread(self.unread)));
        }
    }

    /// After another message: sends the visitor's own one. False if there is none.
    pub(super) fn go_on_with_own(&mut self, out: &mut Vec<Effect>) -> bool {
        let Some(run) = &mut self.run else { return false };
        let Some(own) = run.then.take() else {
            self.run = None;
            return false;
        };
        run.id = own;
        run.goal = Goal::Send;
        run.last_event = None;
        run.joins = 0;
        self.proceed(out);
        true
    }

    /// The stream ended without its end: joins it again, each time after a longer wait.
    fn cut_off(&mut self, out: &mut Vec<Effect>) {
        let Some(run) = &mut self.run else { return };
        run.goal = Goal::Join;
        let Some(wait_ms) = JOIN_WAITS.get(usize::from(run.joins)).copied() else {
            return self.broke(lost(), out);
        };
        run.joins += 1;
        let (message_id, last_event_id) = (run.id.clone(), run.last_event);
        if !self.online {
            return self.set_stage(Stage::Offline);
        }
        self.serial = self.serial.wrapping_add(1);
        self.rest_stage(Stage::Rejoining);
        out.push(Effect::Join {
            run: self.serial,
            message_id,
            last_event_id,
            wait_ms,
        });
    }

    /// Marks the message under way as failed.
    pub(super) fn fail(&mut self, trouble: super::Trouble, code: &str, detail: &str, out: &mut Vec<Effect>) {
        let Some(run) = self.run.take() else { return };
        self.until = None;
        let id = run.then.unwrap_or(run.id);
        if let Some(turn) = self.turn_mut(&id) {
            turn.standing = Standing::Failed(trouble);
        }
        let sentence = words::trouble(trouble.cause);
        let detail = if detail.is_empty() { sentence } else { detail };
        out.push(Effect::Announce(sentence.into()));
        out.push(Effect::ToPage(PageNote::Error {
            code: code.into(),
            detail: detail.into(),
        }));
    }
}
