//! The quotas of one site in memory, and the guards that a run of the workflow holds.

use std::num::NonZeroU32;
use std::sync::Arc;

use porthole_config::LimitConfig;
use porthole_domain::address::{AddressGroup, AddressNetwork};
use porthole_domain::site::SiteId;
use uuid::Uuid;

use super::SiteQuotas;
use super::concurrency::Concurrency;
use super::policy::{Exceeded, Limit};
use super::rate_limit::RateLimit;

/// Messages that a session may send without a pause.
const SESSION_BURST: NonZeroU32 = NonZeroU32::new(5).expect("5 is not 0");

/// The replies that an address may join at once, for each that it may run: several tabs, and readers of what has ended.
const JOINS_PER_STREAM: u32 = 8;

/// The quotas of one site in the memory of one replica; clones share them.
#[derive(Clone, Debug)]
pub struct MemorySiteQuotas(Arc<Quotas>);

#[derive(Debug)]
struct Quotas {
    creations: RateLimit<AddressGroup>,
    network_creations: RateLimit<AddressNetwork>,
    messages: RateLimit<u64>,
    actions: RateLimit<u64>,
    address_minute: RateLimit<AddressGroup>,
    address_hour: RateLimit<AddressGroup>,
    network: RateLimit<AddressNetwork>,
    site: RateLimit<SiteId>,
    address_streams: Concurrency<AddressGroup>,
    network_streams: Concurrency<AddressNetwork>,
    site_streams: Concurrency<SiteId>,
    joins: Concurrency<AddressGroup>,
}

/// The kinds of a run of the workflow; each has a quota of its own for a session.
#[derive(Clone, Copy, Debug)]
enum RunKind {
    Message,
    Action,
}

/// The keys that a run of the workflow is counted by.
#[derive(Clone, Debug)]
struct RunKeys {
    kind: RunKind,
    session: u64,
    address: AddressGroup,
    site: SiteId,
}

/// One run of the workflow taken from every quota. Dropped before [`Reservation::spend`] it is refunded: a message that
/// never reached the workflow costs nothing.
#[derive(Debug)]
#[must_use]
pub struct Reservation {
    quotas: Option<Arc<Quotas>>,
    keys: RunKeys,
    /// The number of quotas taken from, in the order of [`Quotas::take`].
    taken: usize,
}

/// The concurrency of one call of the workflow, released when dropped.
#[derive(Debug)]
#[must_use]
pub struct ConcurrencyPermit {
    quotas: Arc<Quotas>,
    address: AddressGroup,
    site: SiteId,
    /// The number of limits that it counts in, in the order of [`Quotas::acquire`].
    held: usize,
}

/// A reply that an address has joined, counted until it is dropped.
#[derive(Debug)]
#[must_use]
pub struct JoinPermit {
    quotas: Arc<Quotas>,
    address: AddressGroup,
}

impl MemorySiteQuotas {
    /// Builds the quotas of a site; 0 turns a limit off.
    #[must_use]
    pub fn new(config: &LimitConfig) -> Self {
        let per_minute = |name, count| RateLimit::per_minute(Limit::Messages, name, count);
        let (streams, networks) = (config.streams_per_address, config.streams_per_network);
        let (creations, of_network) = (config.create_per_minute, config.network_creations_per_minute);
        Self(Arc::new(Quotas {
            creations: RateLimit::per_minute(Limit::Creations, "create", creations),
            network_creations: RateLimit::per_minute(Limit::Creations, "network-create", of_network),
            messages: RateLimit::per_minute_with_burst(
                Limit::Messages,
                "session",
                config.session_per_minute,
                SESSION_BURST,
            ),
            actions: RateLimit::per_minute(Limit::Actions, "actions", config.actions_per_minute),
            address_minute: per_minute("address-minute", config.address_per_minute),
            address_hour: RateLimit::per_hour(Limit::Messages, "address-hour", config.address_per_hour),
            network: RateLimit::per_minute(Limit::Messages, "network", config.network_per_minute),
            site: RateLimit::per_minute(Limit::Messages, "site", config.site_per_minute),
            address_streams: Concurrency::new(Limit::AddressStreams, "address-streams", streams),
            network_streams: Concurrency::new(Limit::AddressStreams, "network-streams", networks),
            site_streams: Concurrency::new(Limit::SiteStreams, "site-streams", config.streams_per_site),
            joins: Concurrency::new(Limit::Joins, "address-joins", streams.saturating_mul(JOINS_PER_STREAM)),
        }))
    }

    /// Evicts idle keys; called from a timer.
    pub fn sweep(&self) {
        self.0.creations.sweep();
        self.0.network_creations.sweep();
        self.0.messages.sweep();
        self.0.actions.sweep();
        self.0.address_minute.sweep();
        self.0.address_hour.sweep();
        self.0.network.sweep();
        self.0.site.sweep();
    }

    fn run(
        &self,
        kind: RunKind,
        session: Uuid,
        address: AddressGroup,
        site: &SiteId,
    ) -> Result<(Reservation, ConcurrencyPermit), Exceeded> {
        // Session ids are random and made by us: half of one tells sessions apart.
        let (_, session) = session.as_u64_pair();
        let reservation = self.reserve(RunKeys { kind, session, address, site: site.clone() })?;
        Ok((reservation, self.acquire(address, site.clone())?))
    }

    fn reserve(&self, keys: RunKeys) -> Result<Reservation, Exceeded> {
        let mut reservation = Reservation { quotas: Some(Arc::clone(&self.0)), keys, taken: 0 };
        for quota in 0..Quotas::OF_A_RUN {
            self.0.take(quota, &reservation.keys)?;
            reservation.taken = quota + 1;
        }
        Ok(reservation)
    }

    fn acquire(&self, address: AddressGroup, site: SiteId) -> Result<ConcurrencyPermit, Exceeded> {
        let mut permit = ConcurrencyPermit { quotas: Arc::clone(&self.0), address, site, held: 0 };
        for limit in 0..Quotas::AT_ONCE {
            self.0.acquire(limit, address, &permit.site)?;
            permit.held = limit + 1;
        }
        Ok(permit)
    }
}

impl Quotas {
    const OF_A_RUN: usize = 5;
    const AT_ONCE: usize = 3;

    /// Takes from the quotas of a run, narrow before wide.
    fn take(&self, quota: usize, keys: &RunKeys) -> Result<(), Exceeded> {
        match quota {
            0 => self.of_session(keys.kind).take(&keys.session),
            1 => self.address_minute.take(&keys.address),
            2 => self.address_hour.take(&keys.address),
            3 => self.network.take(&keys.address.network()),
            _ => self.site.take(&keys.site),
        }
    }

    fn refund(&self, quota: usize, keys: &RunKeys) {
        match quota {
            0 => self.of_session(keys.kind).refund(&keys.session),
            1 => self.address_minute.refund(&keys.address),
            2 => self.address_hour.refund(&keys.address),
            3 => self.network.refund(&keys.address.network()),
            _ => self.site.refund(&keys.site),
        }
    }

    fn of_session(&self, kind: RunKind) -> &RateLimit<u64> {
        match kind {
            RunKind::Message => &self.messages,
            RunKind::Action => &self.actions,
        }
    }

    /// Acquires the concurrency of a run, narrow before wide.
    fn acquire(&self, limit: usize, address: AddressGroup, site: &SiteId) -> Result<(), Exceeded> {
        match limit {
            0 => self.address_streams.acquire(&address),
            1 => self.network_streams.acquire(&address.network()),
            _ => self.site_streams.acquire(site),
        }
    }

    fn release(&self, limit: usize, address: AddressGroup, site: &SiteId) {
        match limit {
            0 => self.address_streams.release(&address),
            1 => self.network_streams.release(&address.network()),
            _ => self.site_streams.release(site),
        }
    }
}

impl SiteQuotas for MemorySiteQuotas {
    async fn creation(&self, address: AddressGroup) -> Result<(), Exceeded> {
        self.0.creations.take(&address)?;
        let of_network = self.0.network_creations.take(&address.network());
        of_network.inspect_err(|_| self.0.creations.refund(&address))
    }

    async fn message(
        &self,
        session: Uuid,
        address: AddressGroup,
        site: &SiteId,
    ) -> Result<(Reservation, ConcurrencyPermit), Exceeded> {
        self.run(RunKind::Message, session, address, site)
    }

    async fn action(
        &self,
        session: Uuid,
        address: AddressGroup,
        site: &SiteId,
    ) -> Result<ConcurrencyPermit, Exceeded> {
        let (reservation, permit) = self.run(RunKind::Action, session, address, site)?;
        reservation.spend();
        Ok(permit)
    }

    async fn join(&self, address: AddressGroup) -> Result<JoinPermit, Exceeded> {
        self.0.joins.acquire(&address)?;
        Ok(JoinPermit { quotas: Arc::clone(&self.0), address })
    }
}

impl Reservation {
    /// Spends the run: the workflow is called now.
    pub fn spend(mut self) {
        self.quotas = None;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(quotas) = &self.quotas {
            (0..self.taken).for_each(|quota| quotas.refund(quota, &self.keys));
        }
    }
}

impl Drop for ConcurrencyPermit {
    fn drop(&mut self) {
        (0..self.held).for_each(|limit| self.quotas.release(limit, self.address, &self.site));
    }
}

impl Drop for JoinPermit {
    fn drop(&mut self) {
        self.quotas.joins.release(&self.address);
    }
}

#[cfg(test)]
mod tests;
