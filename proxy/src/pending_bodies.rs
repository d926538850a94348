//! Response bodies that were made for one visitor alone and are in memory until they are read: together they are
//! bounded.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;

/// The bytes of all of them: two of the largest, or a hundred of usual ones.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The pending bodies, in the order in which they were made; clones share them.
///
/// Where they are too large together, the oldest is evicted: its reader has had the most time, and can repeat the request. So no
/// crowd of slow visitors keeps another from an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct PendingBodies(Arc<Mutex<VecDeque<Arc<Shared>>>>);

#[derive(Debug)]
struct Shared {
    length: usize,
    /// The unread rest; `None` once the body was evicted.
    rest: Mutex<Option<Bytes>>,
}

/// One pending body; its rest is dropped with it.
#[derive(Debug)]
pub(crate) struct PendingBody {
    body: Arc<Shared>,
    all: PendingBodies,
}

/// The body was evicted before it was read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a pending body was evicted for others")]
pub(crate) struct Evicted;

impl PendingBodies {
    /// Adds a body, and evicts the oldest ones where all together are too large.
    pub(crate) fn add(&self, bytes: Bytes) -> PendingBody {
        let body = Arc::new(Shared { length: bytes.len(), rest: Mutex::new(Some(bytes)) });
        let mut bodies = self.0.lock();
        bodies.push_back(Arc::clone(&body));
        let mut total: usize = bodies.iter().map(|body| body.length).sum();
        while total > MAX_BYTES && bodies.len() > 1 {
            let Some(oldest) = bodies.pop_front() else { break };
            total -= oldest.length;
            *oldest.rest.lock() = None;
        }
        drop(bodies);
        PendingBody { body, all: self.clone() }
    }
}

impl PendingBody {
    /// Returns the bytes of the whole body.
    pub(crate) fn len(&self) -> usize {
        self.body.length
    }

    /// Takes the next bytes, `most` at most; none at the end.
    pub(crate) fn take(&self, most: usize) -> Result<Bytes, Evicted> {
        let mut rest = self.body.rest.lock();
        let rest = rest.as_mut().ok_or(Evicted)?;
        Ok(rest.split_to(rest.len().min(most)))
    }
}

impl Drop for PendingBody {
    fn drop(&mut self) {
        let is_other = |body: &Arc<Shared>| !Arc::ptr_eq(body, &self.body);
        self.all.0.lock().retain(is_other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(bytes: usize) -> Bytes {
        Bytes::from(vec![b'x'; bytes])
    }

    fn held(all: &PendingBodies) -> usize {
        let bodies = all.0.lock();
        bodies.iter().filter_map(|body| body.rest.lock().as_ref().map(Bytes::len)).sum()
    }

    #[test]
    fn a_body_is_read_as_it_was_made() {
        let all = PendingBodies::default();
        let pending = all.add("abcde".into());
        assert_eq!(pending.len(), 5);
        assert_eq!(
            [pending.take(3), pending.take(3), pending.take(3)].map(Result::unwrap),
            ["abc", "de", ""]
        );
        drop(pending);
        assert!(all.0.lock().is_empty());
    }

    #[test]
    fn the_oldest_body_is_evicted_and_the_newest_never() {
        let all = PendingBodies::default();
        let pending: Vec<_> = (0..10).map(|_| all.add(body(MAX_BYTES / 4))).collect();
        assert_eq!(held(&all), MAX_BYTES);
        for (number, body) in pending.iter().enumerate() {
            assert_eq!(body.take(1).is_ok(), number >= 6, "{number}");
        }
        let larger = all.add(body(2 * MAX_BYTES));
        assert!(pending.iter().all(|body| body.take(1) == Err(Evicted)));
        assert!(larger.take(1).is_ok());
    }

    #[test]
    fn a_body_that_was_read_is_no_longer_counted() {
        let all = PendingBodies::default();
        let slow = all.add(body(MAX_BYTES / 2));
        for _ in 0..10 {
            drop(all.add(body(MAX_BYTES / 2)));
        }
        assert!(slow.take(1).is_ok());
    }
}
