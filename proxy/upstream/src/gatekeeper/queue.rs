//! The queue in front of an upstream's concurrency: backpressure, with a bound on length and time, fair to addresses.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use porthole_domain::address::AddressGroup;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::Failure;

/// The longest wait for a slot. After 10 s the status 200 is already sent, and a failure could only be an event.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(8);

/// Permits a number of calls at once, and lets as many again wait; addresses take turns.
#[derive(Debug)]
pub(super) struct Queue(Option<Arc<Mutex<Turns>>>);

/// The free slots, and the calls that wait for one: a lane for each address, the next in turn first.
#[derive(Debug)]
struct Turns {
    free: usize,
    max_waiting: usize,
    lanes: VecDeque<Lane>,
}

#[derive(Debug)]
struct Lane {
    address: AddressGroup,
    calls: VecDeque<WaitingCall>,
}

/// The caller's end is closed once it waits no longer.
type WaitingCall = oneshot::Sender<Slot>;

/// A slot of the upstream's concurrency, handed to the next call in turn when dropped.
#[derive(Debug)]
pub(super) struct Slot(Option<Arc<Mutex<Turns>>>);

impl Queue {
    /// Permits `concurrency` calls at once, or all of them.
    pub(super) fn new(concurrency: Option<NonZeroUsize>) -> Self {
        Self(concurrency.map(|concurrency| {
            let (free, max_waiting) = (concurrency.get(), concurrency.get());
            Arc::new(Mutex::new(Turns { free, max_waiting, lanes: VecDeque::new() }))
        }))
    }

    /// Waits for a slot, in turn with the other addresses.
    pub(super) async fn acquire(&self, address: AddressGroup) -> Result<Slot, Failure> {
        let Some(turns) = &self.0 else { return Ok(Slot(None)) };
        let waiting = {
            let mut turns_now = turns.lock();
            if turns_now.take_free() {
                return Ok(Slot(Some(Arc::clone(turns))));
            }
            turns_now.wait(address)?
        };
        match timeout(QUEUE_TIMEOUT, waiting).await {
            Ok(Ok(slot)) => Ok(slot),
            Ok(Err(_)) | Err(_) => Err(Failure::QueueFull),
        }
    }
}

impl Turns {
    fn take_free(&mut self) -> bool {
        let is_free = self.free > 0;
        self.free -= usize::from(is_free);
        is_free
    }

    /// Puts a call behind the others of its address.
    fn wait(&mut self, address: AddressGroup) -> Result<oneshot::Receiver<Slot>, Failure> {
        if self.waiting() >= self.max_waiting {
            self.forget_cancelled();
            self.make_room_for(address)?;
        }
        let (call, slot) = oneshot::channel();
        match self.lanes.iter_mut().find(|lane| lane.address == address) {
            Some(lane) => lane.calls.push_back(call),
            None => self.lanes.push_back(Lane { address, calls: VecDeque::from([call]) }),
        }
        Ok(slot)
    }

    fn waiting(&self) -> usize {
        self.lanes.iter().map(|lane| lane.calls.len()).sum()
    }

    fn forget_cancelled(&mut self) {
        for lane in &mut self.lanes {
            lane.calls.retain(|call| !call.is_closed());
        }
        self.lanes.retain(|lane| !lane.calls.is_empty());
    }

    /// Makes room where the queue is full: the address with the most calls loses its last one, unless `address` would
    /// then have as many.
    fn make_room_for(&mut self, address: AddressGroup) -> Result<(), Failure> {
        if self.waiting() < self.max_waiting {
            return Ok(());
        }
        let own = self.lanes.iter().find(|lane| lane.address == address).map_or(0, |lane| lane.calls.len());
        let longest = self.lanes.iter_mut().max_by_key(|lane| lane.calls.len());
        let longest = longest.filter(|lane| lane.calls.len() > own + 1).ok_or(Failure::QueueFull)?;
        longest.calls.pop_back();
        Ok(())
    }

    /// Takes the next call in turn; its address goes behind all others. Where none waits, the slot is free.
    fn next(&mut self) -> Option<WaitingCall> {
        let Some(mut lane) = self.lanes.pop_front() else {
            self.free += 1;
            return None;
        };
        let call = lane.calls.pop_front();
        if !lane.calls.is_empty() {
            self.lanes.push_back(lane);
        }
        call
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(turns) = self.0.take() else { return };
        loop {
            let next = turns.lock().next();
            let Some(call) = next else { return };
            match call.send(Self(Some(Arc::clone(&turns)))) {
                Ok(()) => return,
                // That call was cancelled. Its slot is not dropped here, which would nest a call for each.
                Err(mut unsent) => unsent.0 = None,
            }
        }
    }
}

#[cfg(test)]
mod tests;
