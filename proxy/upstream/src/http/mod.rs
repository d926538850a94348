//! HTTP to an upstream: the client, a request that is sent until it connects, the answer's head and body.

mod client;
mod coding;
mod response;
mod retry_after;
mod send;

pub use client::{NO_AUTHORITIES, client};
pub use coding::{CodingError, Inflater};
pub(crate) use response::drain;
pub use response::{Response, is_close_delimited};
pub use send::HEAD_TOO_LARGE;
pub(crate) use send::{BACK_OFF, post, send};
