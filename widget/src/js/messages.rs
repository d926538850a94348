//! Messages into the app, read from objects.

use std::rc::Rc;

use porthole_protocol::feedback::Rating;
use porthole_protocol::{Done, End, Step, StepState};
use porthole_widget_core::conversation::{
    Act, Action, Outgoing, ProblemView, StoredTurn, StreamEvent, TextSource, Turn, Wish,
};
use wasm_bindgen::JsValue;

use super::record::{FromMember, Record, key_of, read};
use crate::ui::chat::Msg;

/// Reads a message; an unknown name is none.
pub(super) fn msg(name: &str, members: &Record) -> Option<Msg> {
    Some(match name {
        "show_earlier" => Msg::ShowEarlier,
        "show_turn" => read!(members => Msg::ShowTurn { id }),
        "storage_lost" => Msg::StorageLost,
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
        "send_next" => Action::SendNext,
        "recall" => Action::Recall,
        "fork" => Action::Fork,
        "discard" => Action::Discard,
        "branch" => read!(members => Wish { act, id, index, new_id, now }).into(),
        "leave_edit" => Action::LeaveEdit,
        "export_chat" => Action::ExportChat,
        "new_chat" => Action::NewChat,
        "open_chat" => read!(members => Action::OpenChat { id }),
        "copy_reply" => read!(members => Action::CopyReply { id }),
        "rated" => read!(members => Action::Rated { id, rating }),
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
        "restored" => read!(members => Action::Restored { turns, outbox, session, now, head }),
        "at_head" => read!(members => Action::AtHead { head }),
        "adopted" => read!(members => Action::Adopted { turn }),
        "outbox_changed" => read!(members => Action::OutboxChanged { outbox, sent, session }),
        "session_lost" => Action::SessionLost,
        "chat_left" => Action::ChatLeft,
        "tick" => read!(members => Action::Tick { now }),
        "online" => Action::Online,
        "offline" => Action::Offline,
        _ => return None,
    })
}

impl FromMember for TextSource {
    fn read(record: &Record, key: &JsValue) -> Self {
        match String::read(record, key).as_str() {
            "composer" => Self::Composer,
            "early" => Self::Early,
            _ => Self::Page,
        }
    }
}

impl FromMember for Act {
    fn read(record: &Record, key: &JsValue) -> Self {
        match String::read(record, key).as_str() {
            "edit" => Self::Edit,
            "regenerate" => Self::Regenerate,
            "go_on" => Self::GoOn,
            "take_back" => Self::TakeBack,
            _ => Self::Flip,
        }
    }
}

impl FromMember for StreamEvent {
    fn read(record: &Record, key: &JsValue) -> Self {
        let event = Record::read(record, key);
        let data = &Record::read(&event, key_of("data"));
        match String::read(&event, key_of("name")).as_str() {
            "connected" => Self::Connected,
            "start" => Self::Started,
            "delta" => Self::Delta(FromMember::read(data, key_of("text"))),
            "replace" => Self::Replace(FromMember::read(data, key_of("text"))),
            "reasoning" => Self::Reasoning(FromMember::read(data, key_of("text"))),
            "step" => {
                Self::Step(read!(data => Step { name, state }), FromMember::read(&event, key_of("line")))
            }
            "source" | "notice" | "ask" => Self::Beside(FromMember::read(&event, key_of("line"))),
            "suggestions" => Self::Suggestions(FromMember::read(data, key_of("items"))),
            "done" => Self::Done(read!(data => Done { token, expires_at, turn, head, end, receipt })),
            "error" => Self::Failed(FromMember::read(&event, key_of("data"))),
            "cut_off" => Self::CutOff,
            _ => Self::Unknown,
        }
    }
}

impl FromMember for End {
    /// Records of earlier releases have a flag in place of the end.
    fn read(record: &Record, key: &JsValue) -> Self {
        match String::read(record, key).as_str() {
            "stopped" => Self::Stopped,
            "incomplete" => Self::Incomplete,
            _ if bool::read(record, key_of("stopped")) => Self::Stopped,
            _ => Self::Complete,
        }
    }
}

impl FromMember for Option<Rating> {
    fn read(record: &Record, key: &JsValue) -> Self {
        match String::read(record, key).as_str() {
            "up" => Some(Rating::Up),
            "down" => Some(Rating::Down),
            _ => None,
        }
    }
}

impl FromMember for StepState {
    fn read(record: &Record, key: &JsValue) -> Self {
        match String::read(record, key).as_str() {
            "running" => Self::Running,
            "failed" => Self::Failed,
            _ => Self::Done,
        }
    }
}

impl FromMember for ProblemView {
    fn read(record: &Record, key: &JsValue) -> Self {
        let problem = &Record::read(record, key);
        read!(problem => Self { code, detail, retry_after, message_id })
    }
}

impl FromMember for Rc<Turn> {
    fn read(record: &Record, key: &JsValue) -> Self {
        let turn = &Record::read(record, key);
        let stored = read!(turn => StoredTurn {
            id, user, reply, thoughts, thought_ms, beside, at, sealed_at, end, suggestions, receipt, rating, turn,
            head, parent
        });
        Self::new(stored.into())
    }
}

impl FromMember for Outgoing {
    fn read(record: &Record, key: &JsValue) -> Self {
        let outgoing = &Record::read(record, key);
        read!(outgoing => Outgoing { id, text, attempt, at, until, keep })
    }
}
