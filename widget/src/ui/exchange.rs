//! One exchange: the visitor's words and the reply to them.

use std::rc::Rc;

use porthole_protocol::StepState;
use yew::{Component, Context, Html, Properties, html};

use super::block::BlockView;
use super::{chip, copy_button, icon};
use crate::conversation::{Stage, Standing, Trouble, Turn};
use crate::markdown::Document;
use crate::{text, words};

/// A turn on the screen; keeps the reply parsed as far as it has come.
pub(super) struct Exchange {
    reply: Document,
    /// Bytes of the reply that were parsed.
    parsed: usize,
    attempt: u8,
    finished: bool,
}

/// Whether anything follows a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It can be tried again.
    Last,
    Earlier,
}

/// The turn to show.
#[derive(Clone, Debug, Properties)]
pub(super) struct Shown {
    pub turn: Rc<Turn>,
    pub place: Place,
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.turn, &other.turn) && self.place == other.place
    }
}

impl Component for Exchange {
    type Message = ();
    type Properties = Shown;

    fn create(context: &Context<Self>) -> Self {
        let mut exchange = Self {
            reply: Document::new(),
            parsed: 0,
            attempt: 0,
            finished: false,
        };
        exchange.read(&context.props().turn);
        exchange
    }

    fn changed(&mut self, context: &Context<Self>, _: &Shown) -> bool {
        self.read(&context.props().turn);
        true
    }

    fn view(&self, context: &Context<Self>) -> Html {
        let Shown { turn, place } = context.props();
        html! {
            <>
                if !turn.user.is_empty() {
                    <p class="mine" dir={text::first_strong(&turn.user).as_str()}>
                        <span class="unseen">{ words::YOU }{ ": " }</span>{ text::clean(&turn.user) }
                    </p>
                }
                <div class="reply" dir={text::first_strong(&turn.reply).as_str()}>
                    { self.reply(turn) }
                    { below(turn, *place) }
                </div>
            </>
        }
    }
}

impl Exchange {
    /// Parses what is new; a new attempt begins anew.
    fn read(&mut self, turn: &Turn) {
        let running = matches!(turn.standing, Standing::Running(_));
        if turn.attempt != self.attempt || turn.reply.len() < self.parsed || (running && self.finished) {
            *self = Self {
                reply: Document::new(),
                parsed: 0,
                attempt: turn.attempt,
                finished: false,
            };
        }
        if let Some(new) = turn.reply.get(self.parsed..).filter(|new| !new.is_empty()) {
            self.reply.push(new);
            self.parsed = turn.reply.len();
        }
        if !running && !self.finished {
            self.reply.finish();
            self.finished = true;
        }
    }

    fn reply(&self, turn: &Turn) -> Html {
        if turn.reply.is_empty() {
            return Html::default();
        }
        let blocks = self.reply.blocks().iter().chain(self.reply.open());
        html! {
            <div class="prose">
                <span class="unseen">{ words::ASSISTANT }{ ": " }</span>
                { for blocks.enumerate().map(|(key, block)| html! { <BlockView {key} block={Rc::clone(block)} /> }) }
            </div>
        }
    }
}

/// What stands under the words: that more comes, how it ended, what can be done.
fn below(turn: &Turn, place: Place) -> Html {
    match turn.standing {
        Standing::Running(Stage::Waiting | Stage::Rejoining | Stage::Queued | Stage::Stopping) => {
            typing(turn)
        }
        Standing::Running(Stage::Streaming) if turn.reply.is_empty() => typing(turn),
        Standing::Running(_) => Html::default(),
        Standing::Complete => under(Html::default()),
        Standing::Stopped => under(html! { <span>{ words::STOPPED }</span> }),
        Standing::Failed(trouble) => failed(turn, trouble, place),
    }
}

fn typing(turn: &Turn) -> Html {
    let step = turn
        .steps
        .iter()
        .rev()
        .find(|step| step.state == StepState::Running);
    let words = match (turn.standing, step) {
        (Standing::Running(Stage::Waiting | Stage::Streaming), Some(step)) => text::clean(&step.name),
        (Standing::Running(stage), _) => words::stage(stage).to_owned(),
        _ => String::new(),
    };
    html! { <div class="typing"><i /><i /><i /><span>{ words }</span></div> }
}

fn under(mark: Html) -> Html {
    html! { <div class="under">{ copy_button(words::COPY) }{ mark }</div> }
}

fn failed(turn: &Turn, trouble: Trouble, place: Place) -> Html {
    html! {
        <>
            if !turn.reply.is_empty() {
                <div class="under"><span>{ words::INTERRUPTED }</span></div>
            }
            <div class="notice bad">
                { icon("#i-alert") }
                <span>{ words::trouble(trouble.cause) }</span>
                if trouble.retry && place == Place::Last {
                    { chip("retry", words::RETRY) }
                }
            </div>
        </>
    }
}
