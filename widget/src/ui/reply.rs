//! One exchange: the visitor's words and the reply to them.

use porthole_protocol::StepState;
use yew::Html;

use super::element::{self, classed, el, el_with, list, nothing, span};
use super::part::{Place, blocks};
use super::{button, copy_button, icon};
use porthole_widget_core::conversation::{Stage, Turn, TurnFailure, TurnStatus};
use porthole_widget_core::markdown::Document;
use porthole_widget_core::{text, words};

/// A reply, parsed as far as it has come.
#[derive(Default)]
pub(crate) struct Parsed {
    document: Document,
    /// Bytes of the reply that were parsed.
    length: usize,
    attempt: u8,
    finished: bool,
}

impl Parsed {
    /// Parses what there is.
    pub(super) fn of(turn: &Turn) -> Self {
        let mut parsed = Self::default();
        parsed.read(turn);
        parsed
    }

    /// Parses what is new; a new attempt begins anew.
    pub(super) fn read(&mut self, turn: &Turn) {
        let running = matches!(turn.status, TurnStatus::Running(_));
        if turn.attempt != self.attempt || turn.reply.len() < self.length || (running && self.finished) {
            *self = Self {
                attempt: turn.attempt,
                ..Self::default()
            };
        }
        if let Some(new) = turn.reply.get(self.length..).filter(|new| !new.is_empty()) {
            self.document.push(new);
            self.length = turn.reply.len();
        }
        if !running && !self.finished {
            self.document.finish();
            self.finished = true;
        }
    }
}

/// Shows a turn.
pub(super) fn exchange(turn: &Turn, parsed: &Parsed, place: Place) -> Html {
    let mut shown = Vec::new();
    if !turn.user.is_empty() {
        let words = vec![speaker(words::YOU), element::text(&text::clean(&turn.user))];
        shown.push(el_with(
            "p",
            &["class", "dir"],
            &["mine", text::first_strong(&turn.user).as_str()],
            words,
        ));
    }
    let mut reply = Vec::new();
    if !turn.reply.is_empty() {
        let mut prose = vec![speaker(words::ASSISTANT)];
        prose.extend(blocks(
            parsed.document.blocks().iter().chain(parsed.document.open()),
        ));
        reply.push(classed("div", "prose", prose));
    }
    reply.push(below(turn, place));
    let values = ["reply", text::first_strong(&turn.reply).as_str()];
    shown.push(el_with("div", &["class", "dir"], &values, reply));
    list(shown)
}

/// Who speaks, for those who do not see the sides.
fn speaker(name: &str) -> Html {
    classed("span", "unseen", vec![element::text(&[name, ": "].concat())])
}

/// What stands under the words: that more comes, how it ended, what can be done.
fn below(turn: &Turn, place: Place) -> Html {
    match turn.status {
        TurnStatus::Running(Stage::Streaming) if !turn.reply.is_empty() => nothing(),
        TurnStatus::Running(Stage::Limited | Stage::Offline | Stage::Asking) => nothing(),
        TurnStatus::Running(stage) => typing(turn, stage),
        TurnStatus::Complete => under(vec![copy_button()]),
        TurnStatus::Stopped => stopped(turn, place),
        TurnStatus::Failed(failure) => failed(turn, failure, place),
    }
}

fn under(inside: Vec<Html>) -> Html {
    classed("div", "under", inside)
}

fn typing(turn: &Turn, stage: Stage) -> Html {
    let step = turn
        .steps
        .iter()
        .rev()
        .find(|step| step.state == StepState::Running);
    let step = step.filter(|_| matches!(stage, Stage::Waiting | Stage::Streaming));
    let words = step.map_or_else(|| words::stage(stage).to_owned(), |step| text::clean(&step.name));
    let dot = || el("i", &[], vec![]);
    classed("div", "typing", vec![dot(), dot(), dot(), span(&words)])
}

fn stopped(turn: &Turn, place: Place) -> Html {
    let mut inside = vec![span(words::STOPPED)];
    if !turn.reply.is_empty() {
        inside.insert(0, copy_button());
    }
    if turn.sealed.is_none() && place == Place::Last {
        inside.push(button("retry", words::RETRY));
    }
    under(inside)
}

fn failed(turn: &Turn, failure: TurnFailure, place: Place) -> Html {
    let mut notice = vec![icon("#i-alert"), span(words::failure(failure.cause))];
    if failure.retry && place == Place::Last {
        notice.push(button("retry", words::RETRY));
    }
    let notice = classed("div", "notice bad", notice);
    if turn.reply.is_empty() {
        return notice;
    }
    list(vec![under(vec![span(words::INTERRUPTED)]), notice])
}
