//! How things are written down: plain objects, which every browser can store.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use crate::conversation::{Outgoing, Standing, Turn};
use crate::js;

/// The session token and what must be known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub token: String,
    /// UUID of the session.
    pub id: String,
    /// The last sealed turn that the token knows.
    pub turn: u32,
}

/// What was kept from an earlier visit.
#[derive(Debug, Default)]
pub(crate) struct Restored {
    pub session: Option<Session>,
    pub outgoing: Option<Outgoing>,
    pub turns: Vec<Rc<Turn>>,
}

pub(super) fn of_session(session: &Session) -> JsValue {
    js::object(&[
        ("token", session.token.as_str().into()),
        ("id", session.id.as_str().into()),
        ("turn", session.turn.into()),
    ])
}

pub(super) fn session(value: &JsValue) -> Option<Session> {
    Some(Session {
        token: js::text(value, "token")?,
        id: js::text(value, "id")?,
        turn: js::whole_u32(value, "turn")?,
    })
}

pub(super) fn of_outgoing(outgoing: &Outgoing) -> JsValue {
    js::object(&[
        ("message_id", outgoing.message_id.as_str().into()),
        ("text", outgoing.text.as_str().into()),
        ("attempt", outgoing.attempt.into()),
        ("at", js::number(outgoing.at)),
    ])
}

fn outgoing(value: &JsValue) -> Option<Outgoing> {
    Some(Outgoing {
        message_id: js::text(value, "message_id")?,
        text: js::text(value, "text")?,
        attempt: js::whole(value, "attempt").and_then(|attempt| u8::try_from(attempt).ok())?,
        at: js::whole(value, "at")?,
    })
}

/// A turn and the key under which it is kept.
pub(super) fn of_turn(turn: &Turn) -> (JsValue, JsValue) {
    let (number, receipt) = turn.sealed.clone().unwrap_or_default();
    let suggestions = turn
        .suggestions
        .iter()
        .map(|text| JsValue::from_str(text))
        .collect::<js_sys::Array>();
    let value = js::object(&[
        ("id", turn.id.as_str().into()),
        ("user", turn.user.as_str().into()),
        ("reply", turn.reply.as_str().into()),
        ("at", js::number(turn.at)),
        ("stopped", (turn.standing == Standing::Stopped).into()),
        ("turn", number.into()),
        ("receipt", receipt.into()),
        ("suggestions", suggestions.into()),
    ]);
    (js::number(turn.at), value)
}

fn turn(value: &JsValue) -> Option<Turn> {
    let mut turn = Turn::new(
        js::text(value, "id")?,
        js::text(value, "user")?,
        js::whole(value, "at")?,
    );
    turn.reply = js::text(value, "reply")?;
    turn.suggestions = js::texts(value, "suggestions");
    turn.standing = if js::is_true(value, "stopped") {
        Standing::Stopped
    } else {
        Standing::Complete
    };
    turn.sealed = Some((js::whole_u32(value, "turn")?, js::text(value, "receipt")?));
    Some(turn)
}

/// Reads what was kept; what cannot be read is left out.
pub(super) fn restored(session_: &JsValue, outgoing_: &JsValue, turns: &JsValue) -> Restored {
    Restored {
        session: session(session_),
        outgoing: outgoing(outgoing_),
        turns: js::items(turns)
            .iter()
            .filter_map(|value| turn(&value))
            .map(Rc::new)
            .collect(),
    }
}
