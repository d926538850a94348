//! Calls into the app: the document's scripts report what the visitor, the page, the network and the store did.
//!
//! Times are milliseconds since 1970. No call answers but [`replaces`] and [`opened_turn`], which a transaction of the
//! store asks; effects come through [`Effects`].

use std::cell::RefCell;
use std::rc::Rc;

use porthole_protocol::{Done, Step, StepState};
use porthole_widget_core::conversation::{
    Action, Outgoing, ProblemView, Source, StoredOutgoing, StoredSession, StoredTurn, StreamEvent, Turn,
};
use wasm_bindgen::prelude::wasm_bindgen;
use yew::html::Scope;

use super::imports::Effects;
use super::record::{Read, Record, read};
use crate::chat::{Msg, Setup};
use crate::ui::part::{Part, Shown};

thread_local! {
    /// The one chat of this document.
    static CHAT: RefCell<Option<Scope<Part>>> = const { RefCell::new(None) };
}

/// Makes a chat the receiver of all messages.
pub(crate) fn connect(chat: Scope<Part>) {
    CHAT.replace(Some(chat));
}

/// Mounts the app.
#[wasm_bindgen]
pub fn start(setup: &Record, effects: Effects) {
    let setup = read!(setup => Setup { thread, notices, max_chars, greeting, starters });
    let thread = setup.thread.clone();
    yew::Renderer::<Part>::with_root_and_props(thread, Shown::chat(Rc::new(setup), effects)).render();
}

/// Reports something; unknown names are ignored.
#[wasm_bindgen]
pub fn tell(name: &str, members: &Record) {
    CHAT.with_borrow(|chat| {
        if let Some((chat, msg)) = chat.as_ref().zip(msg(name, members)) {
            chat.send_message(msg);
        }
    });
}

/// Returns `true` where a session may be stored in place of the one that is there.
#[wasm_bindgen]
#[expect(
    clippy::needless_pass_by_value,
    reason = "wasm-bindgen has no reference that may be absent"
)]
pub fn replaces(session: &Record, stored: Option<Record>) -> bool {
    stored_session(session).replaces(stored.as_ref().map(stored_session).as_ref())
}

/// Returns the turn of a session that was just opened; `known` is the session before it.
#[wasm_bindgen]
#[expect(
    clippy::needless_pass_by_value,
    reason = "wasm-bindgen has no reference that may be absent"
)]
pub fn opened_turn(id: String, known: Option<Record>) -> u32 {
    StoredSession::opened(id, known.as_ref().map(stored_session).as_ref()).turn
}

fn msg(name: &str, members: &Record) -> Option<Msg> {
    Some(match name {
        "show_earlier" => Msg::ShowEarlier,
        "copy_reply" => read!(members => Msg::CopyReply { id }),
        "storage_lost" => Msg::StorageLost,
        "accent" => read!(members => Msg::Accent { rgb }),
        _ => Msg::Action(visitor(name, members).or_else(|| browser(name, members))?),
    })
}

/// Reads an action of the visitor or the page.
fn visitor(name: &str, members: &Record) -> Option<Action> {
    Some(match name {
        "submit" => read!(members => Action::Submit { text, id, source, now }),
        "tap" => read!(members => Action::Tap { index, id, now }),
        "edited" => read!(members => Action::Edited { text }),
        "refilled" => read!(members => Action::Refilled { text }),
        "stop" => Action::Stop,
        "retry" => Action::Retry,
        "fork" => Action::Fork,
        "discard" => Action::Discard,
        "new_chat" => Action::NewChat,
        "shown" => Action::Shown,
        "hidden" => Action::Hidden,
        _ => return None,
    })
}

/// Reads an event of the network, the clock or the store.
fn browser(name: &str, members: &Record) -> Option<Action> {
    Some(match name {
        "stream" => read!(members => Action::Stream { run, event_id, event, now }),
        "session_ready" => read!(members => Action::SessionReady { run }),
        "session_failed" => read!(members => Action::SessionFailed { run, problem, now }),
        "ticket_ready" => read!(members => Action::TicketReady { run }),
        "restored" => read!(members => Action::Restored { turns, outgoing, session, now }),
        "adopted" => read!(members => Action::Adopted { turn }),
        "session_lost" => Action::SessionLost,
        "tick" => read!(members => Action::Tick { now }),
        "online" => Action::Online,
        "offline" => Action::Offline,
        _ => return None,
    })
}

fn stored_session(record: &Record) -> StoredSession {
    read!(record => StoredSession { id, turn })
}

impl Read for Source {
    fn read(record: &Record, name: &str) -> Self {
        match String::read(record, name).as_str() {
            "composer" => Self::Composer,
            "early" => Self::Early,
            _ => Self::Page,
        }
    }
}

impl Read for StreamEvent {
    fn read(record: &Record, name: &str) -> Self {
        let event = Record::read(record, name);
        let data = &Record::read(&event, "data");
        match String::read(&event, "name").as_str() {
            "start" => Self::Started,
            "delta" => Self::Delta(Read::read(data, "text")),
            "step" => Self::Step(read!(data => Step { name, state })),
            "suggestions" => Self::Suggestions(Read::read(data, "items")),
            "done" => Self::Done(read!(data => Done { token, expires_at, turn, head, stopped, receipt })),
            "error" => Self::Failed(Read::read(&event, "data")),
            "cut_off" => Self::CutOff,
            _ => Self::Unknown,
        }
    }
}

impl Read for StepState {
    fn read(record: &Record, name: &str) -> Self {
        match String::read(record, name).as_str() {
            "running" => Self::Running,
            "failed" => Self::Failed,
            _ => Self::Done,
        }
    }
}

impl Read for ProblemView {
    fn read(record: &Record, name: &str) -> Self {
        let problem = &Record::read(record, name);
        read!(problem => Self { code, detail, retry_after, message_id })
    }
}

impl Read for Rc<Turn> {
    fn read(record: &Record, name: &str) -> Self {
        let turn = &Record::read(record, name);
        let stored = read!(turn => StoredTurn { id, user, reply, at, stopped, suggestions, receipt, turn });
        Self::new(stored.into())
    }
}

impl Read for Option<Outgoing> {
    fn read(record: &Record, name: &str) -> Self {
        let outgoing = &Option::<Record>::read(record, name)?;
        let stored = read!(outgoing => StoredOutgoing { id, text, attempt, at, until });
        Some(stored.into())
    }
}
