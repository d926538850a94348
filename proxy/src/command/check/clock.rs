//! The webhook's clock beside ours: the tokens that it checks live 30 seconds.

use jiff::fmt::rfc2822::DateTimeParser;
use porthole_domain::clock::UnixTime;
use porthole_domain::workflow::LIFETIME;

use super::finding::Finding;

/// From here on a slow network can make a token too old.
const NOTICEABLE: u64 = 5;

/// From here on there is no time left for the way.
const FATAL: u64 = LIFETIME.as_secs() - 5;

/// Compares the `Date` of an answer with our clock when its head came.
pub(super) fn judge(date: Option<&str>, now: UnixTime) -> Option<Finding> {
    let theirs = DateTimeParser::new().parse_timestamp(date?).ok()?.as_second();
    let theirs = UnixTime(u64::try_from(theirs).ok()?);
    let (ahead, behind) = (theirs.since(now).as_secs(), now.since(theirs).as_secs());
    let (apart, which) = if ahead > 0 {
        (ahead, "ahead of")
    } else {
        (behind, "behind")
    };
    let message = format!(
        "The webhook's clock is {apart} s {which} ours; tokens live {} s.",
        LIFETIME.as_secs()
    );
    let remedy = "Let both machines keep their time by NTP.";
    Some(match apart {
        0..=NOTICEABLE => Finding::ok("clock.same", "The webhook's clock agrees with ours."),
        _ if apart > FATAL => Finding::problem("clock.apart", message, remedy),
        _ => Finding::warning("clock.skewed", message, remedy),
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
        for date in [
            None,
            Some(""),
            Some("yesterday"),
            Some("Sun, 06 Nov 1894 08:49:37 GMT"),
        ] {
            assert_eq!(judge(date, UnixTime(0)), None, "{date:?}");
        }
    }
}
