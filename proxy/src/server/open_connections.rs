//! The open connections of all workers: where descriptors run short, idle ones of the busiest address are evicted.
//!
//! An idle connection costs its client nothing, and is kept for [`super::KEEP_ALIVE`]; without this, one address could
//! keep everybody else out with them.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Context;

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;
use porthole_domain::address::{AddressGroup, TrustedProxies};

/// The part of the limit that is evicted at once, so that a burst of newcomers finds room.
const HEADROOM: usize = 16;

/// The open connections; clones share them.
#[derive(Clone, Debug)]
pub(crate) struct OpenConnections(Arc<AllConnections>);

#[derive(Debug)]
struct AllConnections {
    /// The connections beyond which idle ones are evicted.
    limit: usize,
    trusted: TrustedProxies,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    count: usize,
    /// Those of them that are evicted and have not closed yet.
    leaving: usize,
    next: u64,
    /// In the order in which they were opened. Those of trusted proxies are left out: a proxy's address is that of all of
    /// its visitors.
    by_address: HashMap<AddressGroup, BTreeMap<u64, Arc<IdleState>>>,
}

/// The part of a connection's state that other workers see.
#[derive(Debug, Default)]
pub(super) struct IdleState {
    is_busy: AtomicBool,
    is_evicted: AtomicBool,
    waiting: AtomicWaker,
}

/// An open connection; it counts until it is dropped.
#[derive(Debug)]
pub(super) struct OpenConnection {
    idle: Arc<IdleState>,
    place: Option<(AddressGroup, u64)>,
    all: OpenConnections,
}

impl OpenConnections {
    /// Begins to evict at five eighths of `descriptors`. Visitors have three quarters at most; the others are for calls of the
    /// workflow, and for files.
    pub(crate) fn new(descriptors: usize, trusted: TrustedProxies) -> Self {
        Self::with_limit(descriptors / 8 * 5, trusted)
    }

    pub(super) fn with_limit(limit: usize, trusted: TrustedProxies) -> Self {
        Self(Arc::new(AllConnections { limit, trusted, open: Mutex::default() }))
    }

    /// Returns the connections at which a worker accepts no more: without it a burst would meet the end of descriptors, after
    /// which actix-server accepts nothing for half a second.
    pub(super) fn max_of_a_worker(&self, workers: usize) -> usize {
        (self.0.limit / 5 * 6 / workers).max(1)
    }

    /// Counts a connection that was accepted. At the limit it evicts some idle ones; where there is none, a connection of the
    /// busiest address is refused with `None`.
    pub(super) fn open(&self, peer: IpAddr) -> Option<OpenConnection> {
        let group = (!self.0.trusted.contain(peer)).then(|| AddressGroup::from(peer));
        let mut open = self.0.open.lock();
        if open.count - open.leaving >= self.0.limit {
            let evicted = (0..=self.0.limit / HEADROOM).take_while(|_| open.evict_idle()).count();
            if evicted == 0 && group.is_some_and(|group| open.is_busiest(group)) {
                return None;
            }
        }
        let idle = Arc::<IdleState>::default();
        let place = group.map(|group| open.insert(group, Arc::clone(&idle)));
        open.count += 1;
        drop(open);
        Some(OpenConnection { idle, place, all: self.clone() })
    }
}

impl Open {
    fn insert(&mut self, group: AddressGroup, idle: Arc<IdleState>) -> (AddressGroup, u64) {
        let number = self.next;
        self.next += 1;
        self.by_address.entry(group).or_default().insert(number, idle);
        (group, number)
    }

    fn remove(&mut self, (group, number): (AddressGroup, u64)) {
        let Some(connections) = self.by_address.get_mut(&group) else { return };
        connections.remove(&number);
        if connections.is_empty() {
            self.by_address.remove(&group);
        }
    }

    /// Evicts the oldest idle connection of the address that has most; returns `false` where none is idle.
    fn evict_idle(&mut self) -> bool {
        let idle = self.by_address.values().filter_map(|connections| {
            let oldest = connections.values().find(|connection| connection.is_idle())?;
            Some((connections.len(), oldest))
        });
        let Some((_, oldest)) = idle.max_by_key(|(count, _)| *count) else {
            return false;
        };
        oldest.evict();
        self.leaving += 1;
        true
    }

    fn is_busiest(&self, group: AddressGroup) -> bool {
        let own = self.by_address.get(&group).map_or(0, BTreeMap::len);
        own > 0 && self.by_address.values().all(|others| others.len() <= own)
    }
}

impl IdleState {
    /// Notes that requests are in flight, or that none is.
    pub(super) fn set_busy(&self, is_busy: bool) {
        self.is_busy.store(is_busy, Ordering::Relaxed);
    }

    /// Returns `true` once the connection must close; until then the task is woken when it must.
    pub(super) fn poll_evicted(&self, cx: &Context<'_>) -> bool {
        self.waiting.register(cx.waker());
        self.is_evicted()
    }

    pub(super) fn is_evicted(&self) -> bool {
        self.is_evicted.load(Ordering::Acquire)
    }

    fn is_idle(&self) -> bool {
        !self.is_busy.load(Ordering::Relaxed) && !self.is_evicted()
    }

    fn evict(&self) {
        self.is_evicted.store(true, Ordering::Release);
        self.waiting.wake();
    }
}

impl OpenConnection {
    pub(super) fn idle(&self) -> &Arc<IdleState> {
        &self.idle
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let mut open = self.all.0.open.lock();
        open.count -= 1;
        open.leaving -= usize::from(self.idle.is_evicted());
        if let Some(place) = self.place {
            open.remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    /// Connections of which four may be open, and the proxy in front of some.
    fn four() -> OpenConnections {
        OpenConnections::with_limit(4, TrustedProxies::parse(["192.0.2.99"]).unwrap())
    }

    fn open(all: &OpenConnections, last: u8) -> OpenConnection {
        all.open(address(last)).unwrap()
    }

    #[test]
    fn beyond_the_limit_the_oldest_idle_one_of_the_busiest_address_is_evicted() {
        let all = OpenConnections::with_limit(6, TrustedProxies::default());
        let (rare, busy) = (open(&all, 1), [2, 2, 2, 2, 2].map(|last| open(&all, last)));
        busy[0].idle.set_busy(true);
        let evicted = || busy.each_ref().map(|connection| connection.idle.is_evicted());
        assert_eq!(evicted(), [false; 5]);
        let _newcomer = open(&all, 3);
        assert_eq!(evicted(), [false, true, false, false, false]);
        let _another = open(&all, 4);
        assert_eq!(evicted(), [false, true, true, false, false]);
        assert!(!rare.idle.is_evicted());
    }

    #[test]
    fn where_none_is_idle_the_busiest_address_is_refused_and_others_are_not() {
        let all = OpenConnections::with_limit(3, TrustedProxies::default());
        let busy = [2, 2, 2].map(|last| open(&all, last));
        for connection in &busy {
            connection.idle.set_busy(true);
        }
        assert!(all.open(address(2)).is_none());
        assert!(all.open(address(1)).is_some());
    }

    #[test]
    fn connections_of_trusted_proxies_count_and_are_never_evicted_or_refused() {
        let all = four();
        let proxied = [99; 6].map(|last| open(&all, last));
        let visitor = open(&all, 1);
        let _more = open(&all, 99);
        assert!(visitor.idle.is_evicted());
        assert!(proxied.iter().all(|connection| !connection.idle.is_evicted()));
    }

    #[test]
    fn a_closed_connection_makes_room() {
        let all = four();
        for last in 1..=100 {
            assert!(!open(&all, last).idle.is_evicted());
        }
        let open = all.0.open.lock();
        assert_eq!((open.count, open.by_address.len()), (0, 0));
    }
}
