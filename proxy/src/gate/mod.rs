//! The gates, each with the order of its checks in one place.
//!
//! * [`host`]: around every path, also those outside of the API.
//! * [`head`]: around the API, before the body is read; leaves proofs for the handlers to take.
//! * [`message`], [`feedback`], [`create`]: the bodies, after a bounded read.

mod body;
mod cors;
mod create;
mod feedback;
mod head;
mod host;
mod member;
mod message;
mod origin;

pub(crate) use body::drain;
pub(crate) use cors::expose_to;
pub(crate) use create::{parse_creation, read_creation};
pub(crate) use feedback::{parse_feedback, read_feedback};
pub(crate) use head::{bearer, check, is_plain_json};
pub(crate) use host::{check_host, is_host};
pub(crate) use message::{parse_message, read_message};
