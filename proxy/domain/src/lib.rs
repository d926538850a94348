//! The rules of Porthole: origins, messages, tokens, the chain, client addresses, reply decoding.
//!
//! No HTTP, no async, no clock, no environment and no logs: time, randomness and bytes come in as
//! arguments, so that every rule is tested by itself.

pub mod address;
pub mod chain;
pub mod clock;
pub mod feedback;
pub mod history;
pub mod keys;
pub mod message;
pub mod origin;
pub mod reply;
pub mod session;
pub mod site;
pub mod ticket;
pub mod token;
pub mod workflow;

mod encoding;
