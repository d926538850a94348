//! The webhook's clock beside ours: the tokens that it checks live 30 seconds.

use jiff::fmt::rfc2822::DateTimeParser;
use porthole_domain::clock::UnixTime;
use porthole_domain::workflow::LIFETIME;

use crate::finding::{Finding, clock};

/// Seconds of skew from which on a slow network can make a token too old.
const NOTICEABLE: u64 = 5;

/// Seconds of skew from which on there is no time left for the way.
const FATAL: u64 = LIFETIME.as_secs() - 5;

/// Compares the `Date` of an answer with this machine's clock when its head came.
pub(crate) fn judge(date: Option<&str>, now: UnixTime) -> Option<Finding> {
    let theirs = DateTimeParser::new().parse_timestamp(date?).ok()?.as_second();
    let theirs = UnixTime(u64::try_from(theirs).ok()?);
    let (ahead, behind) = (theirs.since(now).as_secs(), now.since(theirs).as_secs());
    let (skew, direction) = if ahead > 0 { (ahead, "ahead of") } else { (behind, "behind") };
    let life = LIFETIME.as_secs();
    Some(match skew {
        0..=NOTICEABLE => clock::same(),
        _ if skew > FATAL => clock::apart(skew, direction, life),
        _ => clock::skewed(skew, direction, life),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_seconds_are_noticed_and_twenty_five_are_too_many() {
        let table = [
            (0, Some("clock.same")),
            (5, Some("clock.same")),
            (-5, Some("clock.same")),
            (6, Some("clock.skewed")),
            (-6, Some("clock.skewed")),
            (25, Some("clock.skewed")),
            (26, Some("clock.apart")),
            (-26, Some("clock.apart")),
            (-100_000, Some("clock.apart")),
        ];
        let theirs = 784_111_777;
        for (ahead, want) in table {
            let now = UnixTime(u64::try_from(theirs - ahead).unwrap());
            let finding = judge(Some("Sun, 06 Nov 1994 08:49:37 GMT"), now);
            assert_eq!(finding.map(|finding| finding.code), want, "{ahead}");
        }
    }

    #[test]
    fn a_date_that_cannot_be_read_says_nothing() {
        for date in [None, Some(""), Some("yesterday"), Some("Sun, 06 Nov 1894 08:49:37 GMT")] {
            assert_eq!(judge(date, UnixTime(0)), None, "{date:?}");
        }
    }
}
