//! The proxy: one binary between the visitors of a site and a workflow webhook.
//!
//! `ARCHITECTURE.md` follows a message through these modules in the order in which they stand there.

mod alarm;
mod app;
mod command;
mod connection;
mod embedded;
mod ended;
mod error;
mod gate;
mod http;
mod limits;
mod outgoing;
#[doc(hidden)]
pub mod parsers;
mod relay;
mod seal;
mod state;
mod untaken;
mod upstream;

pub use command::run;
