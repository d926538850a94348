//! The handlers, each file for one family of paths, and the middleware around them. They hold no rule.

pub(crate) mod action;
pub(crate) mod assets;
mod base_path;
mod chunked;
mod document;
pub(crate) mod frame;
pub(crate) mod framing;
mod headers;
pub(crate) mod health;
pub(crate) mod jwks;
pub(crate) mod message;
pub(crate) mod metrics;
pub(crate) mod negotiate;
pub(crate) mod pages;
mod refusal_log;
mod reply_document;
pub(crate) mod respond;
pub(crate) mod session;
pub(crate) mod template;
pub(crate) mod unhandled;
