//! Sessions that were ended before their time; remembered by this replica only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use porthole_domain::clock::UnixTime;
use uuid::Uuid;

/// Ends that are remembered at once: 4 MiB. Beyond it the one that would end soonest is forgotten.
const MOST: usize = 100_000;

/// Ended sessions, each until its last token would have ended anyway.
#[derive(Debug, Default)]
pub(crate) struct EndedSessions(Mutex<HashMap<Uuid, UnixTime>>);

impl EndedSessions {
    pub(crate) fn insert(&self, sid: Uuid, until: UnixTime) {
        let mut ended = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.len() >= MOST {
            let soonest = ended.iter().min_by_key(|(_, until)| **until).map(|(sid, _)| *sid);
            soonest.map(|sid| ended.remove(&sid));
        }
        ended.insert(sid, until);
    }

    pub(crate) fn contains(&self, sid: Uuid) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&sid)
    }

    /// Forgets the sessions whose tokens have all ended.
    pub(crate) fn sweep(&self, now: UnixTime) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, until| *until >= now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_remembered_until_no_token_could_hold() {
        let ended = EndedSessions::default();
        let sid = Uuid::from_u128(7);
        ended.insert(sid, UnixTime(100));
        ended.sweep(UnixTime(100));
        assert!(ended.contains(sid));
        ended.sweep(UnixTime(101));
        assert!(!ended.contains(sid));
    }

    #[test]
    fn the_memory_is_bounded() {
        let ended = EndedSessions::default();
        for number in 0..=MOST as u64 {
            ended.insert(Uuid::from_u128(u128::from(number)), UnixTime(number));
        }
        assert!(!ended.contains(Uuid::from_u128(0)));
        assert!(ended.contains(Uuid::from_u128(1)));
    }
}
