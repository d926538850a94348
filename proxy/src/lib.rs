//! The proxy: one binary between the visitors of a site and a workflow webhook.
//!
//! `ARCHITECTURE.md` follows a message through these modules in the order in which they stand there.

mod app;
mod command;
mod embedded;
mod error;
mod gate;
mod http;
#[doc(hidden)]
pub mod parsers;
mod request;
mod routes;
mod server;
mod state;

pub use command::run;
