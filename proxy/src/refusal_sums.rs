//! The bound on the log lines of refusals: each kind from each network has a few lines a minute, and then a sum.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use porthole_telemetry::{AUDIT, event};

/// The lines of one kind and network in a window: enough to see the cause.
const LINES: u64 = 10;

/// The time after which refusals have lines again, and the others a sum.
const WINDOW: Duration = Duration::from_mins(1);

/// The kinds that are told apart; those beyond them are of [`OTHERS`].
const MAX_KINDS: usize = 500;

/// The network of refusals that are not told apart.
const OTHERS: &str = "others";

/// Refusals of the last minute.
#[derive(Debug, Default)]
pub(crate) struct RefusalSums(Mutex<HashMap<RefusalKind, RefusalWindow>>);

/// Refusals that count together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RefusalKind {
    /// The code of the problem.
    pub(crate) code: &'static str,
    /// The network of the client; empty where there is none.
    pub(crate) client: String,
}

#[derive(Debug)]
struct RefusalWindow {
    began: Instant,
    refused: u64,
}

impl RefusalSums {
    /// Counts a refusal, and tells if it has a line of its own.
    pub(crate) fn has_line(&self, mut kind: RefusalKind, now: Instant) -> bool {
        let mut windows = self.0.lock();
        if windows.len() >= MAX_KINDS && !windows.contains_key(&kind) {
            OTHERS.clone_into(&mut kind.client);
        }
        let window = windows.entry(kind).or_insert(RefusalWindow { began: now, refused: 0 });
        window.refused += 1;
        window.refused <= LINES
    }

    /// Writes the sums of the windows that are over; called from a timer.
    pub(crate) fn write(&self, now: Instant) {
        write_sums(self.take(|window| now.saturating_duration_since(window.began) >= WINDOW));
    }

    /// Writes the sums of all windows, before the process ends.
    pub(crate) fn write_all(&self) {
        write_sums(self.take(|_| true));
    }

    /// Takes windows, and returns the refusals in them that had no line.
    fn take(&self, is_over: impl Fn(&RefusalWindow) -> bool) -> Vec<(RefusalKind, u64)> {
        let mut windows = self.0.lock();
        let over = windows.extract_if(|_, window| is_over(window));
        let sums = over.map(|(kind, window)| (kind, window.refused.saturating_sub(LINES)));
        sums.filter(|(_, unwritten)| *unwritten > 0).collect()
    }
}

fn write_sums(sums: Vec<(RefusalKind, u64)>) {
    for (RefusalKind { code, client }, count) in sums {
        event!(INFO, target: AUDIT, code, client, count, "request.refused_again");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: &'static str, client: &str) -> RefusalKind {
        RefusalKind { code, client: client.to_owned() }
    }

    #[test]
    fn a_flood_has_a_few_lines_a_minute_and_a_sum() {
        let (sums, now) = (RefusalSums::default(), Instant::now());
        let flood =
            |now| (0..30_000).filter(|_| sums.has_line(kind("rate_limited", "192.0.2.0/24"), now)).count();
        assert_eq!(flood(now), 10);
        assert_eq!(sums.take(|window| window.began < now), []);
        assert_eq!(sums.take(|_| true), [(kind("rate_limited", "192.0.2.0/24"), 29_990)]);
        assert_eq!(flood(now + WINDOW), 10);
    }

    #[test]
    fn a_flood_hides_neither_other_networks_nor_other_kinds() {
        let (sums, now) = (RefusalSums::default(), Instant::now());
        for _ in 0..100 {
            sums.has_line(kind("rate_limited", "192.0.2.0/24"), now);
        }
        assert!(sums.has_line(kind("rate_limited", "198.51.100.0/24"), now));
        assert!(sums.has_line(kind("invalid_token", "192.0.2.0/24"), now));
    }

    #[test]
    fn networks_without_end_share_the_lines_of_one() {
        let (sums, now) = (RefusalSums::default(), Instant::now());
        let networks = (0..50_000).map(|network| format!("2001:db8:{network:x}::/48"));
        let lines = networks.filter(|network| sums.has_line(kind("origin_required", network), now)).count();
        assert_eq!(lines, MAX_KINDS + 10);
        assert_eq!(sums.take(|_| true), [(kind("origin_required", OTHERS), 50_000 - 500 - 10)]);
        assert!(sums.0.lock().is_empty());
    }
}
