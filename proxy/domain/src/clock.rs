//! Points in time, as tokens carry them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The skew that is tolerated between the clocks of two replicas.
pub const SKEW: Duration = Duration::from_secs(30);

/// Whole seconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(pub u64);

impl UnixTime {
    /// Adds a duration in whole seconds; saturates instead of wrapping.
    #[must_use]
    pub const fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_secs()))
    }

    /// Formats the time as RFC 3339 in UTC, as clients read times.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let seconds = i64::try_from(self.0).unwrap_or(i64::MAX);
        jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX).to_string()
    }

    /// Parses RFC 3339; a time before 1970 reads as 1970.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let time: jiff::Timestamp = text.parse().ok()?;
        Some(Self(u64::try_from(time.as_second()).unwrap_or(0)))
    }

    /// Returns the time since `earlier`; zero where that is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

impl From<SystemTime> for UnixTime {
    /// Rounds down; a clock before 1970 reads as 1970.
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::UnixTime;

    #[test]
    fn time_never_wraps() {
        let hour = Duration::from_hours(1);
        assert_eq!(UnixTime(u64::MAX).plus(hour), UnixTime(u64::MAX));
        assert_eq!(UnixTime(10).since(UnixTime(4)), Duration::from_secs(6));
        assert_eq!(UnixTime(4).since(UnixTime(10)), Duration::ZERO);
        assert_eq!(UnixTime::parse("2027-01-15T08:00:00Z"), Some(UnixTime(1_800_000_000)));
        assert_eq!(
            (UnixTime::parse("1969-01-01T00:00:00Z"), UnixTime::parse("now")),
            (Some(UnixTime(0)), None)
        );
        assert_eq!(UnixTime::from(UNIX_EPOCH - hour), UnixTime(0));
        assert_eq!(UnixTime::from(UNIX_EPOCH + hour), UnixTime(3_600));
    }
}
