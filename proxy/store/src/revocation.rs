//! Revoked sessions: sessions that their visitors ended before their tokens expired.

use std::collections::HashMap;

use parking_lot::Mutex;
use porthole_domain::clock::{SKEW, UnixTime};
use porthole_domain::session::Session;
use uuid::Uuid;

/// The revoked sessions that are remembered, of sessions with messages and of those without: 2 MiB each.
const CAPACITY: usize = 50_000;

/// A store of revoked sessions.
pub trait Revocations: Send + Sync {
    /// Revokes every token of the session.
    fn revoke(&self, session: &Session) -> impl Future<Output = ()> + Send;

    /// Returns `true` where the session was revoked.
    fn is_revoked(&self, session: &Session) -> impl Future<Output = bool> + Send;
}

/// The sessions that this replica revoked, each until its last token has expired.
///
/// Beyond the capacity those that expire soonest are evicted, and every session that expires as soon counts as
/// revoked, so that none comes alive again. Sessions without a message are kept apart: anybody can open and end
/// thousands, and the loss of one costs nothing.
#[derive(Debug, Default)]
pub struct MemoryRevocations {
    used: Mutex<RevokedSessions>,
    unused: Mutex<RevokedSessions>,
}

#[derive(Debug, Default)]
struct RevokedSessions {
    expiries: HashMap<Uuid, UnixTime>,
    /// Sessions that expire at or before this count as revoked: their entries were evicted.
    evicted_until: Option<UnixTime>,
}

impl RevokedSessions {
    fn insert(&mut self, sid: Uuid, expiry: UnixTime) {
        if self.expiries.len() >= CAPACITY {
            self.evict();
        }
        self.expiries.insert(sid, expiry);
    }

    /// Evicts a sixteenth at once, so that the search for the soonest is seldom.
    fn evict(&mut self) {
        let mut expiries: Vec<UnixTime> = self.expiries.values().copied().collect();
        let (_, soon, _) = expiries.select_nth_unstable(CAPACITY / 16);
        let soon = *soon;
        self.evicted_until = self.evicted_until.max(Some(soon));
        self.expiries.retain(|_, expiry| *expiry > soon);
    }

    fn contains(&self, sid: Uuid) -> bool {
        self.expiries.contains_key(&sid)
    }

    fn may_have_evicted(&self, expiry: UnixTime) -> bool {
        self.evicted_until.is_some_and(|until| expiry <= until)
    }

    fn sweep(&mut self, now: UnixTime) {
        self.expiries.retain(|_, expiry| *expiry >= now);
    }
}

impl MemoryRevocations {
    /// Evicts the sessions whose tokens have all expired; called from a timer.
    pub fn sweep(&self, now: UnixTime) {
        self.used.lock().sweep(now);
        self.unused.lock().sweep(now);
    }

    fn revoked_like(&self, session: &Session) -> &Mutex<RevokedSessions> {
        if session.turn == 0 { &self.unused } else { &self.used }
    }
}

impl Revocations for MemoryRevocations {
    async fn revoke(&self, session: &Session) {
        let revoked = self.revoked_like(session);
        revoked.lock().insert(session.sid, last_expiry(session));
    }

    async fn is_revoked(&self, session: &Session) -> bool {
        self.used.lock().contains(session.sid)
            || self.unused.lock().contains(session.sid)
            || self.revoked_like(session).lock().may_have_evicted(last_expiry(session))
    }
}

/// Tokens are accepted a little beyond their expiry, for clocks that differ: so long the session stays revoked.
fn last_expiry(session: &Session) -> UnixTime {
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
        let new = NewSession {
            site: SiteId::default(),
            origin: Origin::normalise("https://shop.example").unwrap(),
            via: Via::Cors,
            sid: sid(1),
            jti: sid(2),
            wk: KeyId::parse("AAAAAAAAAAA").unwrap(),
        };
        let life = Lifetimes { idle: SKEW, max: SKEW };
        Session::new(new, UnixTime(1_000), &life)
    }

    #[tokio::test]
    async fn a_session_stays_revoked_for_as_long_as_any_clock_accepts_its_tokens() {
        let (revocations, session) = (MemoryRevocations::default(), session());
        assert!(!revocations.is_revoked(&session).await);
        revocations.revoke(&session).await;
        revocations.sweep(session.max.plus(SKEW));
        assert!(revocations.is_revoked(&session).await);
    }

    #[tokio::test]
    async fn a_session_whose_entry_may_have_been_evicted_counts_as_revoked() {
        let (revocations, session) = (MemoryRevocations::default(), session());
        revocations.used.lock().evicted_until = Some(last_expiry(&session));
        assert!(!revocations.is_revoked(&session).await, "sessions with messages are kept apart");
        revocations.unused.lock().evicted_until = Some(last_expiry(&session));
        assert!(revocations.is_revoked(&session).await);
    }

    fn sid(number: u64) -> Uuid {
        Uuid::from_u128(number.into())
    }

    #[test]
    fn a_session_is_remembered_until_no_token_of_it_could_be_accepted() {
        let mut revoked = RevokedSessions::default();
        revoked.insert(sid(7), UnixTime(100));
        revoked.sweep(UnixTime(100));
        assert!(revoked.contains(sid(7)));
        revoked.sweep(UnixTime(101));
        assert!(!revoked.contains(sid(7)));
    }

    #[test]
    fn the_memory_is_bounded_and_no_revocation_is_undone() {
        let mut revoked = RevokedSessions::default();
        for number in 0..4 * CAPACITY as u64 {
            revoked.insert(sid(number), UnixTime(1_000 + number));
            assert!(revoked.expiries.len() <= CAPACITY);
        }
        let is_revoked =
            |number: u64| revoked.contains(sid(number)) || revoked.may_have_evicted(UnixTime(1_000 + number));
        assert!((0..4 * CAPACITY as u64).all(is_revoked));
        assert!(
            !revoked.may_have_evicted(UnixTime(1_000 + 4 * CAPACITY as u64)),
            "a session that is younger"
        );
    }

    #[test]
    fn sessions_that_expire_in_the_same_second_are_evicted_together() {
        let mut revoked = RevokedSessions::default();
        for number in 0..=CAPACITY as u64 {
            revoked.insert(sid(number), UnixTime(5));
        }
        assert!(revoked.expiries.len() <= CAPACITY && revoked.may_have_evicted(UnixTime(5)));
        assert!(!revoked.may_have_evicted(UnixTime(6)));
    }
}
