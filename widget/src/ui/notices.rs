//! Lines above the composer: what holds a message back, and what the visitor should know.

use yew::Html;

use super::element::{classed, el, is, list, text};
use super::{button, icon};
use porthole_widget_core::conversation::{Conversation, Stage, sentences};
use porthole_widget_core::words;

/// Shows what is to be said now.
pub(crate) fn notices(state: &Conversation, storage_lost: bool) -> Html {
    let mut shown = Vec::new();
    if storage_lost && !state.turns.is_empty() {
        shown.push(classed("p", "quiet", vec![text(words::FORGOTTEN)]));
    }
    if let Some(stage @ (Stage::Limited | Stage::Offline | Stage::Asking)) = state.stage() {
        let words = el("span", &[], vec![text(sentences::stage(stage)), countdown(state)]);
        let mut notice = vec![icon("#i-alert"), words];
        if stage == Stage::Asking {
            notice.push(button("fork", words::SEND_ANYWAY));
        }
        notice.push(button("discard", words::TAKE_BACK));
        shown.push(classed("div", "notice", notice));
    }
    if state.is_editing() {
        let notice = vec![icon("#i-edit"), text(words::EDITING), button("leave_edit", words::LEAVE_EDIT)];
        shown.push(classed("div", "notice", notice));
    }
    if let Some(declined) = state.declined {
        let notice = vec![icon("#i-alert"), text(sentences::declined(declined))];
        shown.push(el("div", &[("class", is("notice bad")), ("role", is("alert"))], notice));
    }
    list(shown)
}

/// The seconds that are left; hidden from screen readers, which would say every one.
fn countdown(state: &Conversation) -> Html {
    match state.seconds_left() {
        0 => list(vec![]),
        seconds => {
            let left = text(&[" ", &seconds.to_string(), " s"].concat());
            el("b", &[("aria-hidden", is("true"))], vec![left])
        }
    }
}
