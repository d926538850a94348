//! Revoked sessions: sessions that their visitors ended before their tokens expired.

use std::collections::HashMap;

use parking_lot::Mutex;
use porthole_domain::address::{AddressGroup, AddressNetwork};
use porthole_domain::clock::{SKEW, UnixTime};
use porthole_domain::session::Session;
use uuid::Uuid;

/// The revoked sessions that are remembered: 5 MiB.
const CAPACITY: usize = 100_000;

/// A store of revoked sessions.
pub trait Revocations: Send + Sync {
    /// Revokes every token of the session, which was ended from this address.
    fn revoke(&self, session: &Session, address: AddressGroup) -> impl Future<Output = ()> + Send;

    /// Returns `true` where the session was revoked.
    fn is_revoked(&self, session: &Session) -> impl Future<Output = bool> + Send;
}

/// The sessions that this replica revoked, each until its last token has expired.
///
/// Beyond the capacity the networks that ended the most lose some of their own. A session that was never ended is never
/// taken for one that was, so that a flood ends nobody's chat; only tokens of the flood's own sessions are good again.
#[derive(Debug, Default)]
pub struct MemoryRevocations(Mutex<RevokedSessions>);

#[derive(Debug, Default)]
struct RevokedSessions(HashMap<Uuid, Revoked>);

#[derive(Clone, Copy, Debug)]
struct Revoked {
    /// The time after which no token of it is accepted.
    until: UnixTime,
    by: AddressNetwork,
}

impl RevokedSessions {
    fn insert(&mut self, sid: Uuid, revoked: Revoked) {
        if self.0.len() >= CAPACITY {
            self.evict();
        }
        self.0.insert(sid, revoked);
    }

    /// Evicts a sixteenth at once, so that the search for the busiest networks is seldom: the sessions of each network
    /// are numbered, and those with the highest numbers go.
    fn evict(&mut self) {
        let mut counts: HashMap<AddressNetwork, u32> = HashMap::new();
        let mut numbered: Vec<(u32, Uuid)> = Vec::with_capacity(self.0.len());
        for (sid, revoked) in &self.0 {
            let count = counts.entry(revoked.by).or_default();
            *count += 1;
            numbered.push((*count, *sid));
        }
        let kept = numbered.len() - CAPACITY / 16;
        let (_, _, evicted) = numbered.select_nth_unstable(kept - 1);
        for (_, sid) in evicted {
            self.0.remove(sid);
        }
    }

    fn contains(&self, sid: Uuid) -> bool {
        self.0.contains_key(&sid)
    }

    fn sweep(&mut self, now: UnixTime) {
        self.0.retain(|_, revoked| revoked.until >= now);
    }
}

impl MemoryRevocations {
    /// Evicts the sessions whose tokens have all expired; called from a timer.
    pub fn sweep(&self, now: UnixTime) {
        self.0.lock().sweep(now);
    }
}

impl Revocations for MemoryRevocations {
    async fn revoke(&self, session: &Session, address: AddressGroup) {
        // Tokens are accepted a little beyond their expiry, for clocks that differ: so long the session stays revoked.
        let revoked = Revoked { until: session.max.plus(SKEW), by: address.network() };
        self.0.lock().insert(session.sid, revoked);
    }

    async fn is_revoked(&self, session: &Session) -> bool {
        self.0.lock().contains(session.sid)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use porthole_domain::origin::Origin;
    use porthole_domain::session::{Lifetimes, NewSession, Via};
    use porthole_domain::site::SiteId;
    use porthole_domain::token::KeyId;

    use super::*;

    fn session(number: u64) -> Session {
        let new = NewSession {
            site: SiteId::default(),
            origin: Origin::normalise("https://shop.example").unwrap(),
            via: Via::Cors,
            sid: sid(number),
            jti: sid(2),
            wk: KeyId::parse("AAAAAAAAAAA").unwrap(),
        };
        let life = Lifetimes { idle: SKEW, max: SKEW };
        Session::new(new, UnixTime(1_000), &life)
    }

    fn sid(number: u64) -> Uuid {
        Uuid::from_u128(number.into())
    }

    /// The /64 of this number in the /48 of that one.
    fn address(network: u16, group: u16) -> AddressGroup {
        IpAddr::from([0x2001, 0xdb8, network, group, 0, 0, 0, 1]).into()
    }

    fn ended(network: u16) -> Revoked {
        Revoked { until: UnixTime(100), by: address(network, 0).network() }
    }

    #[tokio::test]
    async fn a_session_stays_revoked_for_as_long_as_any_clock_accepts_its_tokens() {
        let (revocations, session) = (MemoryRevocations::default(), session(1));
        assert!(!revocations.is_revoked(&session).await);
        revocations.revoke(&session, address(1, 1)).await;
        revocations.sweep(session.max.plus(SKEW));
        assert!(revocations.is_revoked(&session).await);
        revocations.sweep(session.max.plus(SKEW).plus(SKEW));
        assert!(!revocations.is_revoked(&session).await);
    }

    #[tokio::test]
    async fn a_flood_of_ended_sessions_ends_no_other_and_revives_none() {
        let revocations = MemoryRevocations::default();
        let (ended, open) = (session(u64::MAX), session(u64::MAX - 1));
        revocations.revoke(&ended, address(1, 7)).await;
        let number = |at: usize| u16::try_from(at % 1_200).unwrap();
        for at in 0..CAPACITY + CAPACITY / 4 {
            revocations.revoke(&session(at as u64), address(2, number(at))).await;
        }
        assert!(revocations.0.lock().0.len() <= CAPACITY);
        assert!(revocations.is_revoked(&ended).await, "ended by another network");
        assert!(!revocations.is_revoked(&open).await, "never ended");
    }

    #[test]
    fn networks_lose_in_the_order_of_their_numbers() {
        let mut revoked = RevokedSessions::default();
        let mut insert = |network: u16, count: usize| {
            for _ in 0..count {
                revoked.insert(Uuid::new_v4(), ended(network));
            }
        };
        insert(1, CAPACITY / 2);
        insert(2, CAPACITY / 4);
        insert(3, CAPACITY / 8);
        insert(4, CAPACITY / 2);
        let left = |network| revoked.0.values().filter(|it| it.by == ended(network).by).count();
        assert_eq!(left(3), CAPACITY / 8);
        assert_eq!(left(2), CAPACITY / 4);
        assert!(left(1) < CAPACITY / 2 && left(1) >= CAPACITY / 4, "{}", left(1));
    }

    #[test]
    fn many_networks_of_one_session_each_stay_bounded() {
        let mut revoked = RevokedSessions::default();
        for number in 0..(CAPACITY + CAPACITY / 8) as u64 {
            let by = AddressGroup::from(IpAddr::from((u128::from(number) << 80).to_be_bytes())).network();
            revoked.insert(sid(number), Revoked { until: UnixTime(5), by });
            assert!(revoked.0.len() <= CAPACITY);
        }
    }
}
