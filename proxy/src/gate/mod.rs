//! The gates, each with the order of its checks in one place.
//!
//! * [`host`]: around every address, also those that are no API.
//! * [`head`]: around the API, before the body is read; leaves proofs for the handlers to take.
//! * [`message`]: what a message passes after its bounded read; [`action`]: what the other calls of the workflow pass;
//!   [`create`]: what opens a session.

mod action;
mod body;
mod cors;
mod create;
mod head;
mod host;
mod message;
mod origin;

use porthole_protocol::Code;
use serde::Deserialize;

pub(crate) use action::{Permit, accept_feedback, admit_feedback, admit_history};
pub(crate) use body::drain;
pub(crate) use cors::expose_to;
pub(crate) use create::{accept_create, admit_create};
pub(crate) use head::{bearer, check, is_plain_json};
pub(crate) use host::{check_host, is_host};
pub(crate) use message::{Accepted, accept, admit};
pub(crate) use origin::{Caller, not_allowed};

use crate::error::Refusal;

/// Reads a JSON object; serde would also take a list of its members in order.
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Refusal> {
    // Also where nobody looks: serde_json passes over the bytes of members that it does not know.
    let text = std::str::from_utf8(json).map_err(|_| Code::MalformedJson)?;
    if !text.trim_ascii_start().starts_with('{') {
        return Err(Code::MalformedJson.into());
    }
    serde_json::from_str(text).map_err(|_| Code::MalformedJson.into())
}
