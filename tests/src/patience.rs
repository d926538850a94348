//! Waiting for something to become true: the one place in the tests that knows of time.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// After this long a test fails; long, since a busy machine is no failure.
pub const LIMIT: Duration = Duration::from_mins(1);
/// How soon a condition is looked at again, where nothing tells of its change.
const LOOK_AGAIN: Duration = Duration::from_millis(15);

/// Looks again and again until there is something; panics with `what` was waited for.
pub fn until<T>(what: &str, probe: impl FnMut() -> Option<T>) -> T {
    until_within(LIMIT, what, probe)
}

/// The same, for what takes longer than everything else.
pub fn until_within<T>(limit: Duration, what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "waited {} s for {what}",
            limit.as_secs()
        );
        thread::sleep(LOOK_AGAIN);
    }
}

/// Lets time pass where slowness itself is what is tested.
pub fn linger(time: Duration) {
    thread::sleep(time);
}

/// A value that threads change and wait for.
#[derive(Debug, Default)]
pub struct Watched<T> {
    value: Mutex<T>,
    changed: Condvar,
}

impl<T> Watched<T> {
    /// Changes the value and wakes everybody who waits.
    pub fn change(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.lock().unwrap());
        self.changed.notify_all();
    }

    /// Looks at the value as it is now.
    pub fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.value.lock().unwrap())
    }

    /// Waits until `probe` finds something in the value; `None` when it takes too long.
    pub fn find<R>(&self, mut probe: impl FnMut(&T) -> Option<R>) -> Option<R> {
        let deadline = Instant::now() + LIMIT;
        let mut value = self.value.lock().unwrap();
        loop {
            if let Some(found) = probe(&value) {
                return Some(found);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            value = self.changed.wait_timeout(value, left).unwrap().0;
        }
    }
}

/// Something that happens once, which others wait for.
#[derive(Clone, Debug, Default)]
pub struct Signal(Arc<Watched<bool>>);

impl Signal {
    /// A signal that was not given yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets everybody go on who waits, now and later.
    pub fn give(&self) {
        self.0.change(|given| *given = true);
    }

    /// Whether it was given.
    pub fn was_given(&self) -> bool {
        self.0.look(|given| *given)
    }

    /// Waits for it; panics with `what` was waited for.
    pub fn wait(&self, what: &str) {
        assert!(
            self.0.find(|given| given.then_some(())).is_some(),
            "waited {} s for {what}",
            LIMIT.as_secs()
        );
    }
}
