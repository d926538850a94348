//! Sessions that were ended before their time; remembered by this replica only.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use porthole_domain::clock::{SKEW, UnixTime};
use porthole_domain::session::Session;
use uuid::Uuid;

/// Ends that are remembered at once, of sessions that were used and of those that were not: 2 MiB each.
const MOST: usize = 50_000;

/// Ended sessions, each until its last token would have ended anyway.
///
/// Where too many ends are to be remembered, those are given up whose sessions would end soonest; and
/// so that none of them comes alive again, every session that would end as soon counts as ended. Sessions
/// without a message are kept apart: anybody can open and end thousands, and to lose one costs nothing.
#[derive(Debug, Default)]
pub(crate) struct EndedSessions {
    used: Mutex<Ends>,
    unused: Mutex<Ends>,
}

#[derive(Debug, Default)]
struct Ends {
    known: HashMap<Uuid, UnixTime>,
    /// Whatever ends by then has ended.
    given_up: Option<UnixTime>,
}

impl Ends {
    fn insert(&mut self, sid: Uuid, until: UnixTime) {
        if self.known.len() >= MOST {
            self.give_up();
        }
        self.known.insert(sid, until);
    }

    /// Gives up a sixteenth at once, so that the search for the soonest is seldom.
    fn give_up(&mut self) {
        let mut times: Vec<UnixTime> = self.known.values().copied().collect();
        let (_, soon, _) = times.select_nth_unstable(MOST / 16);
        let soon = *soon;
        self.given_up = self.given_up.max(Some(soon));
        self.known.retain(|_, until| *until > soon);
    }

    fn knows(&self, sid: Uuid) -> bool {
        self.known.contains_key(&sid)
    }

    fn gave_up(&self, until: UnixTime) -> bool {
        self.given_up.is_some_and(|given_up| until <= given_up)
    }

    fn sweep(&mut self, now: UnixTime) {
        self.known.retain(|_, until| *until >= now);
    }
}

impl EndedSessions {
    pub(crate) fn insert(&self, session: &Session) {
        lock(self.kind(session)).insert(session.sid, until(session));
    }

    pub(crate) fn contains(&self, session: &Session) -> bool {
        let (sid, until) = (session.sid, until(session));
        lock(&self.used).knows(sid)
            || lock(&self.unused).knows(sid)
            || lock(self.kind(session)).gave_up(until)
    }

    /// Forgets the sessions whose tokens have all ended.
    pub(crate) fn sweep(&self, now: UnixTime) {
        lock(&self.used).sweep(now);
        lock(&self.unused).sweep(now);
    }

    fn kind(&self, session: &Session) -> &Mutex<Ends> {
        if session.turn == 0 {
            &self.unused
        } else {
            &self.used
        }
    }
}

fn lock(ends: &Mutex<Ends>) -> MutexGuard<'_, Ends> {
    ends.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A token holds a little beyond its end, for clocks that differ: so long its session stays ended.
fn until(session: &Session) -> UnixTime {
    session.max.plus(SKEW)
}

#[cfg(test)]
mod tests {
    use porthole_domain::origin::Origin;
    use porthole_domain::session::{Lifetimes, NewSession, Via};
    use porthole_domain::site::SiteId;
    use porthole_domain::token::KeyId;

    use super::*;

    fn session() -> Session {
        let opening = NewSession {
            site: SiteId::default(),
            origin: Origin::normalise("https://shop.example").unwrap(),
            via: Via::Cors,
            sid: sid(1),
            jti: sid(2),
            wk: KeyId::parse("AAAAAAAAAAA").unwrap(),
        };
        let life = Lifetimes {
            idle: SKEW,
            max: SKEW,
        };
        Session::new(opening, UnixTime(1_000), &life)
    }

    #[test]
    fn an_ended_session_stays_ended_for_as_long_as_any_clock_takes_its_tokens() {
        let (ended, session) = (EndedSessions::default(), session());
        assert!(!ended.contains(&session));
        ended.insert(&session);
        ended.sweep(session.max.plus(SKEW));
        assert!(ended.contains(&session));
    }

    #[test]
    fn a_session_that_may_have_been_given_up_counts_as_ended() {
        let (ended, session) = (EndedSessions::default(), session());
        lock(&ended.used).given_up = Some(until(&session));
        assert!(
            !ended.contains(&session),
            "one with messages does not speak for it"
        );
        lock(&ended.unused).given_up = Some(until(&session));
        assert!(ended.contains(&session));
    }

    fn sid(number: u64) -> Uuid {
        Uuid::from_u128(number.into())
    }

    #[test]
    fn an_end_is_remembered_until_no_token_could_hold() {
        let mut ends = Ends::default();
        ends.insert(sid(7), UnixTime(100));
        ends.sweep(UnixTime(100));
        assert!(ends.knows(sid(7)));
        ends.sweep(UnixTime(101));
        assert!(!ends.knows(sid(7)));
    }

    #[test]
    fn the_memory_is_bounded_and_no_end_is_undone() {
        let mut ends = Ends::default();
        for number in 0..4 * MOST as u64 {
            ends.insert(sid(number), UnixTime(1_000 + number));
            assert!(ends.known.len() <= MOST);
        }
        let ended = |number: u64| ends.knows(sid(number)) || ends.gave_up(UnixTime(1_000 + number));
        assert!((0..4 * MOST as u64).all(ended));
        assert!(
            !ends.gave_up(UnixTime(1_000 + 4 * MOST as u64)),
            "a session that is younger"
        );
    }

    #[test]
    fn ends_of_the_same_second_are_given_up_together() {
        let mut ends = Ends::default();
        for number in 0..=MOST as u64 {
            ends.insert(sid(number), UnixTime(5));
        }
        assert!(ends.known.len() <= MOST && ends.gave_up(UnixTime(5)));
        assert!(!ends.gave_up(UnixTime(6)));
    }
}
