//! The wire types, read from what `JSON.parse` makes of them.

use porthole_protocol::session::{Created, Limits};
use porthole_protocol::sse::Frame;
use porthole_protocol::{Done, Step, StepState};
use wasm_bindgen::JsValue;

use crate::conversation::{Heard, ProblemView};
use crate::js;

/// Reads an event; `None` for one that this version does not know.
pub(super) fn heard(frame: &Frame) -> Option<Heard> {
    let data = js::parse(&frame.data);
    match frame.event.as_str() {
        "start" => Some(Heard::Started),
        "delta" => js::text(&data, "text").map(Heard::Delta),
        "step" => step(&data).map(Heard::Step),
        "suggestions" => Some(Heard::Suggestions(js::texts(&data, "items"))),
        // An end that cannot be read is still an end, though not a sealed one.
        "done" => Some(done(&data).map_or_else(|| Heard::Failed(ProblemView::default()), Heard::Done)),
        "error" => Some(Heard::Failed(problem(&data))),
        _ => None,
    }
}

fn step(data: &JsValue) -> Option<Step> {
    let state = match js::text(data, "state")?.as_str() {
        "running" => StepState::Running,
        "failed" => StepState::Failed,
        _ => StepState::Done,
    };
    Some(Step {
        name: js::text(data, "name")?,
        state,
    })
}

/// Reads the end of a sealed reply.
pub(super) fn done(data: &JsValue) -> Option<Done> {
    Some(Done {
        token: js::text(data, "token")?,
        expires_at: js::text(data, "expires_at")?,
        turn: js::whole_u32(data, "turn")?,
        head: js::text(data, "head")?,
        stopped: js::is_true(data, "stopped"),
        receipt: js::text(data, "receipt").unwrap_or_default(),
    })
}

/// Reads a problem document; all empty where it is none.
pub(super) fn problem(data: &JsValue) -> ProblemView {
    ProblemView {
        code: js::text(data, "code").unwrap_or_default(),
        detail: js::text(data, "detail").unwrap_or_default(),
        retry_after: js::whole(data, "retry_after"),
        message_id: js::text(data, "message_id"),
    }
}

/// Reads a session that was opened.
pub(super) fn created(data: &JsValue) -> Option<Created> {
    let limits = js::get(data, "limits");
    Some(Created {
        session_id: js::text(data, "session_id")?,
        token: js::text(data, "token")?,
        expires_at: js::text(data, "expires_at")?,
        limits: Limits {
            max_chars: js::whole_u32(&limits, "max_chars")?,
            history_turns: js::whole_u32(&limits, "history_turns").unwrap_or_default(),
            per_minute: js::whole_u32(&limits, "per_minute").unwrap_or_default(),
            uploads: js::is_true(&limits, "uploads"),
        },
    })
}
