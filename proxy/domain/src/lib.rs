//! The rules: origins, texts, tokens, chain, addresses, replies. It may not use HTTP, async, a clock, environment or logs.
//!
//! Time, randomness and bytes come in as arguments, so that every rule is tested by itself.

pub mod address;
pub mod chain;
pub mod clock;
pub mod es256;
pub mod export;
pub mod feedback;
pub mod history;
pub mod inline_source;
pub mod keys;
pub mod message;
pub mod origin;
pub mod proof;
pub mod reply;
pub mod session;
pub mod site;
pub mod ticket;
pub mod token;
pub mod transcript;
pub mod workflow;

mod encoding;
