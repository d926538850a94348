//! The wait that an upstream asks for in `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use porthole_domain::clock::UnixTime;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// The longest wait that is passed on: no visitor waits longer for an answer.
const LONGEST: u64 = 3_600;

/// Reads the wait of a refusal that time heals.
pub(super) fn read(status: StatusCode, headers: &HeaderMap, now: UnixTime) -> Option<Duration> {
    if !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = if is_number { value.parse().unwrap_or(LONGEST) } else { until(value, now)? };
    Some(Duration::from_secs(seconds.clamp(1, LONGEST)))
}

fn until(date: &str, now: UnixTime) -> Option<u64> {
    let date = DateTimeParser::new().parse_timestamp(date).ok()?.as_second();
    Some(UnixTime(u64::try_from(date).ok()?).since(now).as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_in_both_forms_and_bounded() {
        let now = UnixTime(784_111_770);
        for (status, value, want) in [
            (429, "7", Some(7)),
            (503, " 12 ", Some(12)),
            (429, "0", Some(1)),
            (503, "Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            (503, "Sun, 06 Nov 1994 08:00:00 GMT", Some(1)),
            (429, "99999999999999999999999", Some(LONGEST)),
            (429, "-1", None),
            (429, "soon", None),
            (429, "", None),
            (500, "7", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
            let wait = read(StatusCode::from_u16(status).unwrap(), &headers, now);
            assert_eq!(wait.map(|wait| wait.as_secs()), want, "{status} {value}");
        }
    }
}
