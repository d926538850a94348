//! The gatekeeper of an upstream: a queue in front of its concurrency, and a circuit breaker.

mod breaker;
mod queue;

use std::num::NonZeroUsize;
use std::time::Instant;

use porthole_domain::address::AddressGroup;

use crate::Failure;
use breaker::{Breaker, BreakerPass};
use queue::{Queue, Slot};

/// The gatekeeper of one upstream, shared by all workers.
#[derive(Debug)]
pub(crate) struct Gatekeeper {
    queue: Queue,
    breaker: Breaker,
}

/// A permit to call the upstream, held for as long as the call takes.
///
/// Dropped before [`CallPermit::finish`], the call counts for nothing in the circuit breaker.
#[derive(Debug)]
#[must_use]
pub struct CallPermit {
    _slot: Option<Slot>,
    breaker_pass: Option<BreakerPass>,
}

impl Gatekeeper {
    /// Permits `concurrency` calls at once; `None` is no limit.
    pub(crate) fn new(concurrency: Option<NonZeroUsize>) -> Self {
        Self { queue: Queue::new(concurrency), breaker: Breaker::new() }
    }

    /// Waits for a permit in turn with other addresses; refuses at once while the circuit is open.
    pub(crate) async fn acquire(&self, address: AddressGroup) -> Result<CallPermit, Failure> {
        self.breaker.check(Instant::now())?;
        let slot = self.queue.acquire(address).await?;
        let breaker_pass = self.breaker.acquire(Instant::now())?;
        Ok(CallPermit { _slot: Some(slot), breaker_pass: Some(breaker_pass) })
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn open_circuit_until(&self, until: Instant) {
        self.breaker.open_until(until);
    }
}

impl CallPermit {
    /// Returns a permit of an upstream without a gatekeeper.
    pub fn unlimited() -> Self {
        Self { _slot: None, breaker_pass: None }
    }

    /// Closes a half-open circuit: the upstream sent a first byte, so it is alive.
    pub fn record_first_byte(&mut self) {
        if let Some(pass) = &mut self.breaker_pass {
            pass.record_first_byte();
        }
    }

    /// Lets another call probe a half-open circuit: no visitor waits for this one, though the upstream runs on.
    pub fn abandon_trial(&mut self) {
        if let Some(pass) = &mut self.breaker_pass {
            pass.abandon_trial();
        }
    }

    /// Releases the permit and records the outcome in the circuit breaker; models that all rest were not called.
    pub fn finish(self, outcome: Result<(), Failure>, now: Instant) {
        let pass = self.breaker_pass.filter(|_| !matches!(outcome, Err(Failure::CircuitOpen(_))));
        if let Some(pass) = pass {
            pass.finish(outcome, now);
        }
    }
}
