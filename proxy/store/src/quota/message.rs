//! The quotas of one site in memory, and the two guards that a message holds.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use porthole_config::LimitConfig;
use porthole_domain::address::AddressGroup;
use porthole_domain::site::SiteId;
use uuid::Uuid;

use super::SiteQuotas;
use super::concurrency::Concurrency;
use super::policy::{Exceeded, Limit, QuotaPolicy};
use super::rate_limit::RateLimit;

/// Messages that a session may send without a pause.
const SESSION_BURST: NonZeroU32 = NonZeroU32::new(5).expect("5 is not 0");

/// The wait for concurrency: the end of a reply is unknown, and most end soon.
const CONCURRENCY_RETRY: Duration = Duration::from_secs(2);

/// The quotas of one site in the memory of one replica; clones share them.
#[derive(Clone, Debug)]
pub struct MemorySiteQuotas(Arc<Quotas>);

#[derive(Debug)]
struct Quotas {
    creations: RateLimit<AddressGroup>,
    session: RateLimit<u64>,
    address_minute: RateLimit<AddressGroup>,
    address_hour: RateLimit<AddressGroup>,
    site: RateLimit<SiteId>,
    address_streams: Concurrency<AddressGroup>,
    site_streams: Concurrency<SiteId>,
}

/// The keys that a message is counted by.
#[derive(Clone, Debug)]
struct MessageKeys {
    session: u64,
    address: AddressGroup,
    site: SiteId,
}

/// One message taken from every quota. Dropped before [`Reservation::spend`] it is refunded: a message that never
/// reached the workflow costs nothing.
#[derive(Debug)]
#[must_use]
pub struct Reservation {
    quotas: Option<Arc<Quotas>>,
    keys: MessageKeys,
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
}

impl MemorySiteQuotas {
    /// Builds the quotas of a site; 0 turns a limit off.
    #[must_use]
    pub fn new(config: &LimitConfig) -> Self {
        let per_minute = |name, count| RateLimit::per_minute(Limit::Messages, name, count);
        Self(Arc::new(Quotas {
            creations: RateLimit::per_minute(Limit::Creations, "create", config.create_per_minute),
            session: RateLimit::per_minute_with_burst(
                Limit::Messages,
                "session",
                config.session_per_minute,
                SESSION_BURST,
            ),
            address_minute: per_minute("address-minute", config.address_per_minute),
            address_hour: RateLimit::per_hour(Limit::Messages, "address-hour", config.address_per_hour),
            site: RateLimit::per_minute(Limit::Messages, "site", config.site_per_minute),
            address_streams: Concurrency::new("address-streams", config.streams_per_address),
            site_streams: Concurrency::new("site-streams", config.streams_per_site),
        }))
    }

    /// Evicts idle keys; called from a timer.
    pub fn sweep(&self) {
        self.0.creations.sweep();
        self.0.address_minute.sweep();
        self.0.address_hour.sweep();
        self.0.session.sweep();
        self.0.site.sweep();
    }

    fn reserve(&self, keys: MessageKeys) -> Result<Reservation, Exceeded> {
        let mut reservation = Reservation { quotas: Some(Arc::clone(&self.0)), keys, taken: 0 };
        for quota in 0..Quotas::OF_A_MESSAGE {
            self.0.take(quota, &reservation.keys)?;
            reservation.taken = quota + 1;
        }
        Ok(reservation)
    }

    fn acquire(&self, address: AddressGroup, site: &SiteId) -> Result<ConcurrencyPermit, Exceeded> {
        let exceeded =
            |limit| move |policy: QuotaPolicy| Exceeded { limit, policy, retry_after: CONCURRENCY_RETRY };
        let quotas = &self.0;
        quotas.address_streams.acquire(&address).map_err(exceeded(Limit::AddressStreams))?;
        if let Err(policy) = quotas.site_streams.acquire(site) {
            quotas.address_streams.release(&address);
            return Err(exceeded(Limit::SiteStreams)(policy));
        }
        Ok(ConcurrencyPermit { quotas: Arc::clone(quotas), address, site: site.clone() })
    }
}

impl Quotas {
    const OF_A_MESSAGE: usize = 4;

    /// Takes from the quotas of a message, narrow before wide.
    fn take(&self, quota: usize, keys: &MessageKeys) -> Result<(), Exceeded> {
        match quota {
            0 => self.session.take(&keys.session),
            1 => self.address_minute.take(&keys.address),
            2 => self.address_hour.take(&keys.address),
            _ => self.site.take(&keys.site),
        }
    }

    fn refund(&self, quota: usize, keys: &MessageKeys) {
        match quota {
            0 => self.session.refund(&keys.session),
            1 => self.address_minute.refund(&keys.address),
            2 => self.address_hour.refund(&keys.address),
            _ => self.site.refund(&keys.site),
        }
    }
}

impl SiteQuotas for MemorySiteQuotas {
    async fn creation(&self, address: AddressGroup) -> Result<(), Exceeded> {
        self.0.creations.take(&address)
    }

    async fn message(
        &self,
        session: Uuid,
        address: AddressGroup,
        site: &SiteId,
    ) -> Result<(Reservation, ConcurrencyPermit), Exceeded> {
        // Session ids are random and made by us: half of one tells sessions apart.
        let (_, session) = session.as_u64_pair();
        let reservation = self.reserve(MessageKeys { session, address, site: site.clone() })?;
        Ok((reservation, self.acquire(address, site)?))
    }

    async fn concurrency(&self, address: AddressGroup, site: &SiteId) -> Result<ConcurrencyPermit, Exceeded> {
        self.acquire(address, site)
    }
}

impl Reservation {
    /// Spends the message: the workflow is called now.
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
        self.quotas.address_streams.release(&self.address);
        self.quotas.site_streams.release(&self.site);
    }
}

#[cfg(test)]
mod tests;
