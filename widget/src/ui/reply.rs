//! One exchange: the visitor's words and the reply to them.

use porthole_protocol::feedback::Rating;
use porthole_protocol::{End, StepState};
use porthole_widget_core::conversation::{Stage, Turn, TurnFailure, TurnStatus, sentences};
use porthole_widget_core::text::{clean, first_strong};
use porthole_widget_core::words;
use yew::Html;

use super::element::{beside, classed, el, el_with, growing_prose, list, prose, text, time};
use super::{button, chip, copy_button, icon, icon_button, mini};

/// The place of a turn in the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TurnPlace {
    /// It can be tried again, or be continued.
    pub(super) is_last: bool,
    /// Another message can take its place.
    pub(super) edits: bool,
    /// The workflow takes its rating.
    pub(super) feedback: bool,
    /// Its place among its versions, and their number.
    pub(super) version: (usize, usize),
}

/// Shows a turn.
pub(super) fn exchange(turn: &Turn, place: TurnPlace) -> Html {
    let mut shown = Vec::new();
    if !turn.user.is_empty() {
        shown.push(mine(&turn.user));
        shown.push(below_question(turn, place));
    }
    let (above, below) = around(turn);
    let reply = vec![above, words(turn), below, state(turn, place)];
    shown.push(directed("div", "reply", &turn.reply, reply));
    list(shown)
}

/// Shows the visitor's words.
pub(super) fn mine(user: &str) -> Html {
    let words = vec![speaker(words::YOU), text(&clean(user))];
    directed("p", "mine", user, words)
}

/// Shows the text of a reply.
fn words(turn: &Turn) -> Html {
    if turn.reply.is_empty() {
        return list(vec![]);
    }
    let is_running = matches!(turn.status, TurnStatus::Running(_));
    let prose = if is_running { growing_prose(&turn.reply) } else { prose(&turn.reply) };
    list(vec![speaker(words::ASSISTANT), prose])
}

/// Shows the rest of a reply: thoughts and steps above its text; sources, notices and questions below it.
fn around(turn: &Turn) -> (Html, Html) {
    if turn.thoughts.is_empty() && turn.beside.is_empty() {
        return (list(vec![]), list(vec![]));
    }
    let took = if turn.thinking_since.is_some() { String::new() } else { turn.thought_ms.to_string() };
    (beside("above", &turn.thoughts, &took, &turn.beside), beside("below", "", "", &turn.beside))
}

/// Shows the time of the visitor's words, and what can be done about them; the style sheet hides that while a reply runs.
fn below_question(turn: &Turn, place: TurnPlace) -> Html {
    let mut inside = vec![time(turn.at)];
    if place.version.1 < 2 && !place.edits {
        return classed("div", "when", inside);
    }
    if let (at, count @ 2..) = place.version {
        let flip = |name, to: usize| mini("flip", name, &(to % count).to_string(), &["#i-back"]);
        inside.push(flip(words::PREVIOUS_VERSION, at + count - 1));
        inside.push(text(&[&(at + 1).to_string(), "/", &count.to_string()].concat()));
        inside.push(flip(words::NEXT_VERSION, at + 1));
    }
    if place.edits {
        inside.push(mini("edit", words::EDIT, "", &["#i-edit"]));
    }
    classed("div", "under yours", inside)
}

/// A thumb, which is pressed where it is the visitor's rating.
fn thumb(name: &'static str, rating: Rating, turn: &Turn) -> Html {
    let is_pressed = if turn.rating == Some(rating) { "true" } else { "false" };
    let names = &["type", "class", "data-do", "aria-label", "title", "aria-pressed"];
    let values = ["button", &["mini ", rating.as_str()].concat(), rating.as_str(), name, name, is_pressed];
    el_with("button", names, &values, vec![icon("#i-thumb")])
}

/// Makes an element that runs in the direction of its text.
fn directed(tag: &'static str, class: &str, words: &str, children: Vec<Html>) -> Html {
    let values = [class, first_strong(words).as_str()];
    el_with(tag, &["class", "dir"], &values, children)
}

/// Names the speaker, for visitors who do not see the sides.
fn speaker(name: &str) -> Html {
    el_with("span", &["class", "textContent"], &["unseen", &[name, ": "].concat()], vec![])
}

/// Shows the state below the words: that more comes, how it ended, and the visitor's choices.
fn state(turn: &Turn, place: TurnPlace) -> Html {
    match turn.status {
        TurnStatus::Running(Stage::Streaming) if !turn.reply.is_empty() => list(vec![]),
        TurnStatus::Running(Stage::Limited | Stage::Offline | Stage::Asking) => list(vec![]),
        TurnStatus::Running(stage) => typing(turn, stage),
        TurnStatus::Ended(end) => ended(turn, end, place),
        TurnStatus::Failed(failure) => failed(turn, failure, place),
    }
}

fn under(inside: Vec<Html>) -> Html {
    classed("div", "under", inside)
}

fn typing(turn: &Turn, stage: Stage) -> Html {
    let step = turn.steps.iter().rev().find(|step| step.state == StepState::Running);
    let step = step.filter(|_| matches!(stage, Stage::Waiting | Stage::Streaming));
    let stage = if turn.thinking_since.is_some() { words::THINKING } else { sentences::stage(stage) };
    let words = step.map_or_else(|| stage.to_owned(), |step| clean(&step.name));
    let dot = || el("i", &[], vec![]);
    classed("div", "typing", vec![dot(), dot(), dot(), text(&words)])
}

fn ended(turn: &Turn, end: End, place: TurnPlace) -> Html {
    let mut inside = Vec::new();
    if !turn.reply.is_empty() {
        inside.push(copy_button());
    }
    if place.feedback && turn.has_proof() {
        inside.push(thumb(words::GOOD_ANSWER, Rating::Up, turn));
        inside.push(thumb(words::BAD_ANSWER, Rating::Down, turn));
    }
    if turn.sealed.is_some() && place.edits {
        inside.push(mini("regenerate", words::REGENERATE, "", &["#i-again"]));
    }
    if turn.sealed.is_some() && place.is_last {
        inside.push(icon_button("export_chat", words::EXPORT, "#i-save"));
    }
    match end {
        End::Complete => {}
        End::Stopped => inside.push(text(words::STOPPED)),
        End::Incomplete => inside.push(text(words::INCOMPLETE)),
    }
    if turn.sealed_at > 0 {
        inside.push(time(turn.sealed_at));
    }
    if turn.sealed.is_none() && place.is_last {
        inside.push(button("retry", words::RETRY));
    } else if end == End::Incomplete && place.is_last {
        inside.push(chip("go_on", words::GO_ON));
    }
    under(inside)
}

fn failed(turn: &Turn, failure: TurnFailure, place: TurnPlace) -> Html {
    let mut notice = vec![icon("#i-alert"), text(sentences::failure(failure.cause))];
    if failure.retry && place.is_last {
        notice.push(button("retry", words::RETRY));
    }
    let notice = classed("div", "notice bad", notice);
    if turn.reply.is_empty() {
        return notice;
    }
    list(vec![under(vec![text(words::INTERRUPTED)]), notice])
}
