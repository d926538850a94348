//! The wire contract of Porthole: types, paths, codes, limits and the codec of event streams, for both sides of the
//! wire. It may not do I/O, tell the time, or know a JSON library.
//!
#![doc = include_str!("../README.md")]

pub mod boot;
pub mod code;
#[cfg(test)]
mod contract;
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
pub use event::{Ask, Done, End, Event, EventKind, Notice, NoticeLevel, Source, Step, StepState};
pub use problem::Problem;
