//! Quotas, narrow before wide (contract §8): calls of an address, sessions of an address and its network, runs of the
//! workflow for a session, an address, a network and a site.

mod bounded_store;
mod concurrency;
mod message;
mod policy;
mod rate_limit;

use porthole_domain::address::AddressGroup;
use porthole_domain::site::SiteId;
use uuid::Uuid;

pub use message::{ConcurrencyPermit, JoinPermit, MemorySiteQuotas, Reservation};
pub use policy::{Exceeded, Limit, QuotaPolicy};

use rate_limit::RateLimit;

/// The quota of calls, which counts each one before anything is known but its address.
pub trait CallQuota: Send + Sync {
    /// Takes one call of the API or of a chat document, which may be refused later.
    fn call(&self, address: AddressGroup) -> impl Future<Output = Result<(), Exceeded>> + Send;
}

/// The quotas of one site.
pub trait SiteQuotas: Send + Sync {
    /// Takes one new session.
    fn creation(&self, address: AddressGroup) -> impl Future<Output = Result<(), Exceeded>> + Send;

    /// Reserves one message that would really run. A refusal by any quota costs nothing of the others.
    fn message(
        &self,
        session: Uuid,
        address: AddressGroup,
        site: &SiteId,
    ) -> impl Future<Output = Result<(Reservation, ConcurrencyPermit), Exceeded>> + Send;

    /// Takes one call of the workflow that is no message, and acquires its concurrency.
    fn action(
        &self,
        session: Uuid,
        address: AddressGroup,
        site: &SiteId,
    ) -> impl Future<Output = Result<ConcurrencyPermit, Exceeded>> + Send;

    /// Counts one more reader of a reply that runs or has ended.
    fn join(&self, address: AddressGroup) -> impl Future<Output = Result<JoinPermit, Exceeded>> + Send;
}

/// The quota of calls in the memory of one replica.
#[derive(Debug)]
pub struct MemoryCallQuota(RateLimit<AddressGroup>);

impl MemoryCallQuota {
    /// Permits `per_minute` calls of an address; 0 is no limit.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        Self(RateLimit::per_minute(Limit::Calls, "calls", per_minute))
    }

    /// Evicts idle addresses; called from a timer.
    pub fn sweep(&self) {
        self.0.sweep();
    }
}

impl CallQuota for MemoryCallQuota {
    async fn call(&self, address: AddressGroup) -> Result<(), Exceeded> {
        self.0.take(&address)
    }
}
