//! Lines above the composer: what holds a message back, and what the visitor should know.

use yew::{Html, html};

use super::{chip, icon};
use crate::conversation::{Declined, Stage, State};
use crate::words;

/// Shows what is to be said now.
pub(crate) fn notices(state: &State, forgetful: bool) -> Html {
    html! {
        <>
            if forgetful && !state.turns.is_empty() {
                <div class="notice quiet"><span>{ words::FORGOTTEN }</span></div>
            }
            if let Some(stage @ (Stage::Limited | Stage::Offline | Stage::Asking)) = state.stage() {
                <div class="notice">
                    { icon("#i-alert") }
                    <span>{ words::stage(stage) }{ countdown(state, stage) }</span>
                    if stage == Stage::Asking {
                        { chip("fork", words::SEND_ANYWAY) }
                    }
                    { chip("discard", words::TAKE_BACK) }
                </div>
            }
            if let Some(declined) = state.declined.filter(|why| *why != Declined::Busy || state.stage().is_some()) {
                <div class="notice bad">{ icon("#i-alert") }<span>{ words::declined(declined) }</span></div>
            }
        </>
    }
}

/// The seconds that are left; hidden from screen readers, which would say every one.
fn countdown(state: &State, stage: Stage) -> Html {
    match state.seconds_left() {
        seconds @ 1.. if stage == Stage::Limited => {
            html! { <b aria-hidden="true">{ " " }{ seconds }{ " s" }</b> }
        }
        _ => Html::default(),
    }
}
