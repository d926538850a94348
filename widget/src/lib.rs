//! Porthole.

pub mod conversation;
pub mod markdown;
pub mod text;
pub mod words;
