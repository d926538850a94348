//! Calls into the app: what `chat.js` tells of visitor, page, network and store.
//!
//! Times are milliseconds since 1970. Nothing here answers: what follows comes through [`Hands`].

use std::cell::RefCell;
use std::rc::Rc;

use porthole_protocol::{Done, Step, StepState};
use wasm_bindgen::prelude::wasm_bindgen;
use yew::html::Scope;

use crate::chat::{Given, Told};
use crate::hands::Hands;
use crate::ui::part::{Part, Shown};
use porthole_widget_core::conversation::{Action, Heard, Outgoing, ProblemView, Source, Standing, Turn};

thread_local! {
    /// The one chat of this document.
    static CHAT: RefCell<Option<Scope<Part>>> = const { RefCell::new(None) };
}

/// Makes a chat the one that is told.
pub(crate) fn open(chat: Scope<Part>) {
    CHAT.replace(Some(chat));
}

fn tell(told: Told) {
    CHAT.with_borrow(|chat| {
        if let Some(chat) = chat {
            chat.send_message(told);
        }
    });
}

fn happens(action: Action) {
    tell(Told::Happened(action));
}

fn hears(run: u32, event: Option<u32>, heard: Heard, now: f64) {
    happens(Action::Heard {
        run,
        event,
        heard,
        now: time(now),
    });
}

/// Mounts the app; `starters` are lines.
#[wasm_bindgen]
pub fn start(
    thread: web_sys::Element,
    notices: web_sys::Element,
    max_chars: usize,
    greeting: &str,
    starters: &str,
    hands: Hands,
) {
    let given = Given::new(notices, max_chars, greeting, starters, hands);
    yew::Renderer::<Part>::with_root_and_props(thread, Shown::chat(given)).render();
}

/// The visitor (`c`omposer, `s`uggestion) or the `p`age sends a text.
#[wasm_bindgen]
pub fn submit(text: String, id: String, source: char, now: f64) {
    let source = match source {
        'c' => Source::Composer,
        's' => Source::Suggestion,
        _ => Source::Page,
    };
    happens(Action::Submit {
        text,
        id,
        source,
        now: time(now),
    });
}

/// A button of the app was pressed; `id` is that of its turn, where it is in one.
#[wasm_bindgen]
pub fn press(button: &str, id: String) {
    match button {
        "retry" => happens(Action::Retry),
        "fork" => happens(Action::Fork),
        "discard" => happens(Action::Discard),
        "earlier" => tell(Told::WantsEarlier),
        "copy" => tell(Told::WantsCopy(id)),
        _ => {}
    }
}

/// The visitor stops the reply.
#[wasm_bindgen]
pub fn stop() {
    happens(Action::Stop);
}

/// The visitor or the page wants a new conversation.
#[wasm_bindgen(js_name = newChat)]
pub fn new_chat() {
    happens(Action::NewChat);
}

/// The text in the composer has changed.
#[wasm_bindgen]
pub fn edited() {
    tell(Told::Edited);
}

/// The browser keeps nothing.
#[wasm_bindgen]
pub fn forgetful() {
    tell(Told::Forgetful);
}

/// The panel is visible, or no longer.
#[wasm_bindgen]
pub fn shown(visible: bool) {
    happens(if visible { Action::Shown } else { Action::Hidden });
}

/// The network is there, or no longer.
#[wasm_bindgen]
pub fn network(online: bool) {
    happens(if online { Action::Online } else { Action::Offline });
}

/// A second has passed.
#[wasm_bindgen]
pub fn tick(now: f64) {
    happens(Action::Tick { now: time(now) });
}

/// A session is there.
#[wasm_bindgen(js_name = sessionReady)]
pub fn session_ready(run: u32) {
    happens(Action::SessionReady { run });
}

/// The stored session is gone.
#[wasm_bindgen(js_name = sessionLost)]
pub fn session_lost() {
    happens(Action::SessionLost);
}

/// A fresh ticket is there.
#[wasm_bindgen(js_name = ticketReady)]
pub fn ticket_ready(run: u32) {
    happens(Action::TicketReady { run });
}

/// No session could be opened; all empty where no answer came.
#[wasm_bindgen(js_name = sessionFailed)]
pub fn session_failed(
    run: u32,
    code: String,
    detail: String,
    retry_after: Option<u32>,
    message_id: Option<String>,
    now: f64,
) {
    let problem = ProblemView {
        code,
        detail,
        retry_after: retry_after.map(u64::from),
        message_id,
    };
    happens(Action::SessionFailed {
        run,
        problem,
        now: time(now),
    });
}

/// The first event of a stream.
#[wasm_bindgen]
pub fn started(run: u32, event: Option<u32>, now: f64) {
    hears(run, event, Heard::Started, now);
}

/// More text.
#[wasm_bindgen]
pub fn delta(run: u32, event: Option<u32>, text: String, now: f64) {
    hears(run, event, Heard::Delta(text), now);
}

/// A step of the workflow.
#[wasm_bindgen]
pub fn step(run: u32, event: Option<u32>, name: String, state: &str, now: f64) {
    let state = match state {
        "running" => StepState::Running,
        "failed" => StepState::Failed,
        _ => StepState::Done,
    };
    hears(run, event, Heard::Step(Step { name, state }), now);
}

/// Follow-up questions, as lines.
#[wasm_bindgen]
pub fn suggestions(run: u32, event: Option<u32>, items: &str, now: f64) {
    hears(run, event, Heard::Suggestions(lines(items)), now);
}

/// The end of a sealed reply.
#[wasm_bindgen]
pub fn done(
    run: u32,
    event: Option<u32>,
    token: String,
    turn: u32,
    stopped: bool,
    receipt: String,
    now: f64,
) {
    // Head and lifetime are the proxy's to check.
    let done = Done {
        token,
        expires_at: String::new(),
        turn,
        head: String::new(),
        stopped,
        receipt,
    };
    hears(run, event, Heard::Done(done), now);
}

/// The end of a failed reply, or a refusal in its place.
#[wasm_bindgen]
pub fn failed(
    run: u32,
    event: Option<u32>,
    code: String,
    detail: String,
    retry_after: Option<u32>,
    message_id: Option<String>,
    now: f64,
) {
    let problem = ProblemView {
        code,
        detail,
        retry_after: retry_after.map(u64::from),
        message_id,
    };
    hears(run, event, Heard::Failed(problem), now);
}

/// The stream broke, or no answer came.
#[wasm_bindgen(js_name = cutOff)]
pub fn cut_off(run: u32, now: f64) {
    hears(run, None, Heard::CutOff, now);
}

/// A turn that this browser kept, of an earlier visit or by another tab; `suggestions` are lines.
#[wasm_bindgen]
#[expect(
    clippy::too_many_arguments,
    reason = "an object would cost code for reading each member"
)]
pub fn adopt(
    id: String,
    user: String,
    reply: String,
    at: f64,
    stopped: bool,
    suggestions: &str,
    receipt: String,
    number: u32,
) {
    let mut turn = Turn::new(id, user, time(at));
    turn.reply = reply;
    turn.suggestions = lines(suggestions);
    turn.standing = if stopped {
        Standing::Stopped
    } else {
        Standing::Complete
    };
    turn.sealed = Some((number, receipt));
    happens(Action::Adopted(Rc::new(turn)));
}

/// The store was read, its turns adopted; what else was in it. An empty `id` means no outgoing message,
/// and an `until` of 0 that no limit held it back.
#[wasm_bindgen]
pub fn restored(session: bool, id: String, text: String, attempt: u8, at: f64, until: f64, now: f64) {
    let outgoing = Outgoing {
        message_id: id,
        text,
        attempt,
        at: time(at),
        until: Some(time(until)).filter(|until| *until > 0),
    };
    let outgoing = Some(outgoing).filter(|outgoing| !outgoing.message_id.is_empty());
    happens(Action::Restored {
        turns: Vec::new(),
        outgoing,
        session,
        now: time(now),
    });
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(String::from).collect()
}

/// A time as the conversation has it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a time is positive, and whole"
)]
const fn time(milliseconds: f64) -> u64 {
    milliseconds as u64
}
