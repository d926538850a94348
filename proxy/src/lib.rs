//! The edge of the proxy: sockets, gates, handlers, commands. It may not hold a rule.
//!
//! It parses, calls a use case of `porthole-chat` and maps its outcome to HTTP.

mod app;
mod command;
mod compressed_starts;
mod embedded;
mod error;
mod gate;
mod http;
mod nonce_header;
#[cfg(feature = "parsers")]
#[doc(hidden)]
pub mod parsers;
mod pending_bodies;
mod refusal_sums;
mod request;
mod routes;
mod server;
mod state;

pub use command::run;
