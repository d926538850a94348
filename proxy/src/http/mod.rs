//! HTTP: each file answers one family of addresses, and holds no rule.

pub(crate) mod action;
pub(crate) mod answer;
pub(crate) mod assets;
pub(crate) mod client;
pub(crate) mod frame;
mod headers;
pub(crate) mod message;
pub(crate) mod operation;
pub(crate) mod pages;
mod portions;
pub(crate) mod problem;
pub(crate) mod session;
pub(crate) mod template;

use porthole_domain::clock::UnixTime;

/// RFC 3339 in UTC, as clients read times.
pub(crate) fn timestamp(time: UnixTime) -> String {
    let seconds = i64::try_from(time.0).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds)
        .unwrap_or(jiff::Timestamp::MAX)
        .to_string()
}
