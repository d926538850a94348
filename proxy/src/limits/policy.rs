//! A limit as clients are told of it (draft-ietf-httpapi-ratelimit-headers-10).

/// The name of a limit, and what it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(super) name: &'static str,
    pub(super) quota: u32,
    pub(super) unit: Unit,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Requests within so many seconds.
    Requests { window: u64 },
    /// Replies that run at the same time.
    AtOnce,
}

impl Policy {
    /// The value of `RateLimit-Policy`.
    pub(crate) fn announced(&self) -> String {
        let Self { name, quota, unit } = self;
        match unit {
            Unit::Requests { window } => format!("\"{name}\";q={quota};w={window}"),
            Unit::AtOnce => format!("\"{name}\";q={quota};qu=\"concurrent-requests\""),
        }
    }

    /// The value of `RateLimit` where nothing is left for so many seconds.
    pub(crate) fn used_up(&self, seconds: u64) -> String {
        format!("\"{}\";r=0;t={seconds}", self.name)
    }
}

/// A limit has nothing left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exceeded {
    pub(super) policy: Policy,
    /// Until the next is possible.
    pub(super) wait: std::time::Duration,
}
