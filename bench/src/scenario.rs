//! The answers that the upstream gives and the load expects, by the path that asks for them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The text of the JSON answer.
const SENTENCE: &str = "Your order 1042 left our house yesterday and will arrive on Friday.";
/// The text of a burst: fifty words, a token each.
const PASSAGE: &str = "Order 1042 left our house yesterday in two parcels, and both are on their way to you. The first one \
    arrives tomorrow before noon. The second is heavier and comes a day later. You can follow each of them with the \
    link in our letter, and choose another day here. ";
/// The bytes of a token that carries the time at which it was sent.
const STAMPED_BYTES: usize = "00000:0000000000000000 ".len();

/// One kind of answer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) enum Scenario {
    /// A small JSON document.
    Json,
    /// All tokens in one write, each in a chunk of its own, as a workflow sends a text that its model had ready.
    Burst,
    /// The same tokens as server-sent events of a model, in one write.
    Events,
    /// Tokens at an interval, each with the time of its sending.
    Paced { tokens: u64, interval_ms: u64 },
}

/// A token as it came: its number in the answer, and the microseconds since it was sent.
#[derive(Debug, PartialEq)]
pub(crate) struct ArrivedToken {
    pub(crate) index: u64,
    pub(crate) delay_us: u64,
}

impl Scenario {
    /// The path of the upstream that gives this answer.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Json => "/json".to_owned(),
            Self::Burst => "/burst".to_owned(),
            Self::Events => "/events".to_owned(),
            Self::Paced { tokens, interval_ms } => format!("/paced/{tokens}/{interval_ms}"),
        }
    }

    /// Reads a path; `None` for one that is no scenario's.
    pub(crate) fn from_path(path: &str) -> Option<Self> {
        match path.split('/').collect::<Vec<_>>()[..] {
            ["", "json"] => Some(Self::Json),
            ["", "burst"] => Some(Self::Burst),
            ["", "events"] => Some(Self::Events),
            ["", "paced", tokens, interval_ms] => {
                Some(Self::Paced { tokens: tokens.parse().ok()?, interval_ms: interval_ms.parse().ok()? })
            }
            _ => None,
        }
    }

    /// The number of tokens, of those that are streamed.
    pub(crate) fn tokens(self) -> u64 {
        match self {
            Self::Json => 0,
            Self::Burst | Self::Events => PASSAGE.split_inclusive(' ').count() as u64,
            Self::Paced { tokens, .. } => tokens,
        }
    }

    /// The whole text, where it is known before it is sent.
    pub(crate) fn text(self) -> Option<&'static str> {
        match self {
            Self::Json => Some(SENTENCE),
            Self::Burst | Self::Events => Some(PASSAGE),
            Self::Paced { .. } => None,
        }
    }
}

/// Microseconds since 1970: a clock that two processes share.
pub(crate) fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_micros()).unwrap_or_default()
}

/// Writes a token that carries the time of its sending.
pub(crate) fn stamped(index: u64, now_us: u64) -> String {
    format!("{index:05}:{now_us:016} ")
}

/// Reads whole stamped tokens; `None` where something else stands among them.
pub(crate) fn arrived(text: &[u8], now_us: u64) -> Option<Vec<ArrivedToken>> {
    let read = |token: &[u8]| {
        let (index, sent) = std::str::from_utf8(token).ok()?.strip_suffix(' ')?.split_once(':')?;
        let delay_us = now_us.saturating_sub(sent.parse().ok()?);
        Some(ArrivedToken { index: index.parse().ok()?, delay_us })
    };
    text.chunks(STAMPED_BYTES).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_has_fifty_tokens() {
        assert_eq!(Scenario::Burst.tokens(), 50);
    }

    #[test]
    fn a_path_names_its_scenario() {
        let paced = Scenario::Paced { tokens: 100, interval_ms: 20 };
        for scenario in [Scenario::Json, Scenario::Burst, Scenario::Events, paced] {
            assert_eq!(Scenario::from_path(&scenario.path()), Some(scenario));
        }
        for path in ["/", "/paced/100", "/paced/a/b"] {
            assert_eq!(Scenario::from_path(path), None, "{path}");
        }
    }

    #[test]
    fn stamped_tokens_are_read_back_with_their_delay() {
        let text = stamped(0, 1_764_000_000_000_000) + &stamped(1, 1_764_000_000_000_150);
        let tokens = arrived(text.as_bytes(), 1_764_000_000_000_200).unwrap();
        let expected = [(0, 200), (1, 50)].map(|(index, delay_us)| ArrivedToken { index, delay_us });
        assert_eq!(tokens, expected);
        assert_eq!(arrived(&text.as_bytes()[1..], 0), None);
        assert_eq!(arrived(b"Internal error", 0), None);
    }
}
