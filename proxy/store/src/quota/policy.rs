//! A limit as clients read it (draft-ietf-httpapi-ratelimit-headers-10).

use std::time::Duration;

/// The name of a limit and its quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaPolicy {
    pub(super) name: &'static str,
    pub(super) quota: u32,
    pub(super) unit: QuotaUnit,
}

/// The unit of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuotaUnit {
    /// Requests within a window of seconds.
    Requests { window: u64 },
    /// Calls of the workflow at the same time.
    Concurrency,
}

/// A limit has nothing left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// The limited thing.
    pub limit: Limit,
    /// The limit as clients read it.
    pub policy: QuotaPolicy,
    /// The wait until the next is possible.
    pub retry_after: Duration,
}

/// The things that are limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Calls of an address, refused ones included.
    Calls,
    /// New sessions of an address or a network.
    Creations,
    /// Messages of a session; of an address, a network or a site all that makes the workflow run.
    Messages,
    /// Actions of a session.
    Actions,
    /// Calls of the workflow at once for one address or network.
    AddressStreams,
    /// Replies that are joined at once by one address.
    Joins,
    /// Calls of the workflow at once for one site.
    SiteStreams,
}

impl QuotaPolicy {
    /// The limit's name, as both header fields have it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The value of `RateLimit-Policy`.
    #[must_use]
    pub fn policy_field(&self) -> String {
        let Self { name, quota, unit } = self;
        match unit {
            QuotaUnit::Requests { window } => format!("\"{name}\";q={quota};w={window}"),
            QuotaUnit::Concurrency => format!("\"{name}\";q={quota};qu=\"concurrent-requests\""),
        }
    }

    /// The value of `RateLimit` where nothing is left for `seconds`.
    #[must_use]
    pub fn exhausted_field(&self, seconds: u64) -> String {
        format!("\"{}\";r=0;t={seconds}", self.name)
    }
}
