//! The gates, each with the order of its checks in one place.
//!
//! * [`host`]: around every path, also those outside of the API.
//! * [`head`]: around the API, before the body is read; leaves proofs for the handlers to take.
//! * [`calls`]: what was refused by any of them, or by a handler.
//! * [`message`], [`transcript`], [`feedback`], [`create`]: the bodies, after a bounded read.

mod body;
mod calls;
mod content_type;
mod cors;
mod create;
mod feedback;
mod head;
mod host;
mod member;
mod message;
mod origin;
mod proof;
mod transcript;

pub(crate) use body::drain;
pub(crate) use calls::{count_call, count_refused};
pub(crate) use cors::expose_to;
pub(crate) use create::read_creation;
pub(crate) use feedback::read_feedback;
pub(crate) use head::check;
pub(crate) use host::check_host;
pub(crate) use message::read_message;
pub(crate) use proof::{bearer, proven_key};
pub(crate) use transcript::read_export;

#[cfg(feature = "parsers")]
pub(crate) use {
    content_type::is_plain_json, create::parse_creation, feedback::parse_feedback, host::is_host,
    message::parse_message,
};
