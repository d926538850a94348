//! One conversation as a value: [`Conversation::after`] takes an action and returns the effects that follow.
//!
//! Every demand of the contract on a client (§4) is decided here; the document's scripts carry out [`Effect`]s, in
//! their order, and report [`Action`]s. Time and ids come in.

mod action;
mod branches;
mod effect;
mod outbox;
mod problem;
mod proceed;
mod reduce;
mod restore;
mod run;
pub mod sentences;
mod state;
mod stored;
mod stream;
mod submit;
#[cfg(test)]
mod tests;
mod turn;

pub use action::{Act, Action, ProblemView, StreamEvent, TextSource, Wish};
pub use effect::{Carry, Effect, PageEvent};
pub use state::{Conversation, Declined, Offers, Status};
pub use stored::{Outgoing, StoredTurn};
pub use turn::{Cause, Stage, Turn, TurnFailure, TurnStatus};
