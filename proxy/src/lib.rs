//! The proxy: one binary between the visitors of a site and a workflow webhook.
//!
//! `ARCHITECTURE.md` follows a message through these modules in the order in which they stand there.

mod app;
mod command;
mod deadline;
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
mod request;
mod routes;
mod seal;
mod server;
mod state;
mod untaken;
mod upstream;

pub use command::run;
