//! One conversation as a value: [`State::after`] takes an action and says what is to be done.
//!
//! Everything that PROTOCOL §4 demands of a client is decided here; the client, the storage and the
//! views only carry out [`Effect`]s, in their order, and report [`Action`]s. Time and ids come in.

mod action;
mod effect;
mod failure;
mod kept;
mod reduce;
mod state;
mod stream;
#[cfg(test)]
mod tests;

pub use action::{Action, Heard, Outgoing, ProblemView, Source};
pub use effect::{Carry, Effect, PageNote, Role};
pub use state::{Cause, Declined, Stage, Standing, State, Trouble, Turn};
