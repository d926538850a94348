//! Requests over the network: pages, answers with their times, and the reasons for requests that failed.

mod exchange;
mod fetch;
mod peer;
mod request_error;
mod tls;

#[cfg(test)]
pub(crate) use exchange::Chunk;
pub(crate) use exchange::{BodyEnd, TimedResponse, exchange};
pub(crate) use fetch::{Redirects, fetch};
pub(crate) use peer::Peer;
pub(crate) use request_error::RequestError;
