//! The widget's decisions, as values in and values out; it may not know the browser, so that each is tested on the host.
//!
//! A crate of its own: an `rlib` beside the app's `cdylib` in one crate would switch link-time optimisation off, which
//! doubles the module.

pub mod conversation;
pub mod ink;
pub mod markdown;
pub mod text;
pub mod words;
