//! Waiting for something to become true: the one place in the tests that may sleep.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// The time after which a test fails; long, since a busy machine is no failure.
pub const TIMEOUT: Duration = Duration::from_mins(1);
/// The time between two polls of a condition that wakes no waiter.
const POLL_INTERVAL: Duration = Duration::from_millis(15);

/// Polls until the probe finds something; panics with `what` after [`TIMEOUT`].
pub fn until<T>(what: &str, probe: impl FnMut() -> Option<T>) -> T {
    until_within(TIMEOUT, what, probe)
}

/// The same with a timeout of its own.
pub fn until_within<T>(limit: Duration, what: &str, probe: impl FnMut() -> Option<T>) -> T {
    within(limit, probe).unwrap_or_else(|| panic!("waited {} s for {what}", limit.as_secs()))
}

/// The same for what may not come; `None` where it did not.
pub fn within<T>(limit: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        let found = probe();
        if found.is_some() || Instant::now() > deadline {
            return found;
        }
        thread::sleep(POLL_INTERVAL);
    }
}

/// Polls an asynchronous probe until it finds something; panics with `what` after [`TIMEOUT`].
pub async fn until_ready<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {} s for {what}", TIMEOUT.as_secs());
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// Lets time pass in a test of slowness itself.
pub fn pause(time: Duration) {
    thread::sleep(time);
}

/// A value that threads change and wait for.
#[derive(Debug, Default)]
pub struct Watched<T> {
    value: Mutex<T>,
    changed: Condvar,
}

impl<T> Watched<T> {
    /// Changes the value and wakes all waiters.
    pub fn change(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.lock().unwrap());
        self.changed.notify_all();
    }

    /// Reads the value as it is now.
    pub fn read<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.value.lock().unwrap())
    }

    /// Waits until `probe` finds something in the value; `None` when it takes too long.
    pub fn find<R>(&self, mut probe: impl FnMut(&T) -> Option<R>) -> Option<R> {
        let deadline = Instant::now() + TIMEOUT;
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

/// An event that happens once, and wakes all that wait for it.
#[derive(Clone, Debug, Default)]
pub struct Signal(Arc<Watched<bool>>);

impl Signal {
    /// Creates a signal that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wakes all waiters, those to come as well.
    pub fn set(&self) {
        self.0.change(|is_set| *is_set = true);
    }

    /// Returns `true` once it is set.
    pub fn is_set(&self) -> bool {
        self.0.read(|is_set| *is_set)
    }

    /// Waits until it is set; panics with `what` after [`TIMEOUT`].
    pub fn wait(&self, what: &str) {
        assert!(
            self.0.find(|is_set| is_set.then_some(())).is_some(),
            "waited {} s for {what}",
            TIMEOUT.as_secs()
        );
    }
}
