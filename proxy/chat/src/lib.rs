//! The use cases by the API's names: create, send, join, stop, history, feedback, export. It may not know HTTP or settings' source.
//!
//! The edge hands in what it has parsed and checked, and maps each error to its answer.

mod caller;
mod chat;
pub mod create;
pub mod export;
pub mod feedback;
pub mod history;
pub mod join;
mod permit;
mod seal;
pub mod send;
mod session;
mod site;
mod visitor;

pub use caller::Caller;
pub use chat::Chat;
pub use permit::ActionError;
pub use session::{TokenRefused, authenticate, end};
pub use site::{Site, Sites};
pub use visitor::Visitor;
