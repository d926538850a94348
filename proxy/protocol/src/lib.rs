//! The wire contract of Porthole: what proxy and widget say to each other, and nothing else.
//!
//! No I/O, no time, no JSON library: the types carry serde's derives, the browser reads them with
//! its own `JSON.parse`. Everything here is compiled into both sides, so a name stands once.

pub mod boot;
pub mod code;
pub mod description;
pub mod event;
pub mod feedback;
pub mod history;
pub mod limits;
pub mod message;
pub mod path;
pub mod problem;
pub mod session;
pub mod sse;
pub mod text;

pub use code::Code;
pub use event::{Done, Event, EventKind, Step, StepState};
pub use problem::Problem;
