//! All limits of one replica, narrow before wide (DESIGN §7).

mod bounded;
mod slots;
mod tier;

use std::num::NonZeroU32;
use std::time::Duration;

use porthole_domain::address::AddressGroup;
use porthole_domain::site::SiteId;
use porthole_protocol::Code;
use uuid::Uuid;

use crate::config::LimitConfig;
use crate::error::{Refusal, whole_seconds};
use slots::{Slot, Slots};
use tier::Tier;

/// Messages that a session may send without a pause.
const SESSION_BURST: NonZeroU32 = NonZeroU32::new(5).expect("5 is not 0");

/// Every budget of this replica; shared by all workers.
#[derive(Debug)]
pub(crate) struct Limits {
    calls: Tier<AddressGroup>,
    creations: Tier<AddressGroup>,
    session: Tier<Uuid>,
    address_minute: Tier<AddressGroup>,
    address_hour: Tier<AddressGroup>,
    site: Tier<SiteId>,
    address_streams: Slots<AddressGroup>,
    site_streams: Slots<SiteId>,
}

/// The places that a running reply or another call of the workflow takes; dropped when the workflow is done with it.
#[derive(Debug)]
pub(crate) struct Places {
    _address: Slot<AddressGroup>,
    _site: Slot<SiteId>,
}

impl Limits {
    pub(crate) fn new(config: &LimitConfig) -> Self {
        Self {
            calls: Tier::per_minute(config.calls_per_minute),
            creations: Tier::per_minute(config.create_per_minute),
            session: Tier::per_minute_with_burst(config.session_per_minute, SESSION_BURST),
            address_minute: Tier::per_minute(config.address_per_minute),
            address_hour: Tier::per_hour(config.address_per_hour),
            site: Tier::per_minute(config.site_per_minute),
            address_streams: Slots::new(config.streams_per_address),
            site_streams: Slots::new(config.streams_per_site),
        }
    }

    /// Any call of the API, refused ones included.
    pub(crate) fn call(&self, address: AddressGroup) -> Result<(), Refusal> {
        self.calls
            .take(&address)
            .map_err(|wait| limited("Too many calls from this address.", wait))
    }

    /// A new session.
    pub(crate) fn creation(&self, address: AddressGroup) -> Result<(), Refusal> {
        self.creations
            .take(&address)
            .map_err(|wait| limited("Too many new chats from this address.", wait))
    }

    /// A message that would really run: its budgets, then its places.
    pub(crate) fn message(
        &self,
        session: Uuid,
        address: AddressGroup,
        site: &SiteId,
    ) -> Result<Places, Refusal> {
        let budgets = || {
            self.session.take(&session)?;
            self.address_minute.take(&address)?;
            self.address_hour.take(&address)?;
            self.site.take(site)
        };
        budgets().map_err(|wait| limited("Too many messages.", wait))?;
        self.places(address, site)
    }

    /// The places of one call of the workflow.
    pub(crate) fn places(&self, address: AddressGroup, site: &SiteId) -> Result<Places, Refusal> {
        let too_many = || limited("Too many replies at once.", Duration::from_secs(2));
        Ok(Places {
            _address: self.address_streams.take(&address).ok_or_else(too_many)?,
            _site: self
                .site_streams
                .take(site)
                .ok_or_else(|| Refusal::new(Code::BusyWorkflow).retry_after(2))?,
        })
    }

    /// Forgets what is idle; called from a timer.
    pub(crate) fn sweep(&self) {
        for tier in [
            &self.calls,
            &self.creations,
            &self.address_minute,
            &self.address_hour,
        ] {
            tier.sweep();
        }
        self.session.sweep();
        self.site.sweep();
    }
}

fn limited(what: &'static str, wait: Duration) -> Refusal {
    let seconds = whole_seconds(wait);
    Refusal::new(Code::RateLimited)
        .because(format!("{what} The next is possible in {} s.", seconds.max(1)))
        .retry_after(seconds)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn limits(change: impl FnOnce(&mut LimitConfig)) -> Limits {
        let mut config = LimitConfig {
            session_per_minute: 0,
            address_per_minute: 0,
            address_per_hour: 0,
            site_per_minute: 0,
            create_per_minute: 0,
            calls_per_minute: 0,
            streams_per_address: 0,
            streams_per_site: 0,
        };
        change(&mut config);
        Limits::new(&config)
    }

    fn address(last: u8) -> AddressGroup {
        AddressGroup::from(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn a_message_refused_for_its_session_costs_the_site_nothing() {
        let limits = limits(|config| {
            config.session_per_minute = 1;
            config.site_per_minute = 2;
        });
        let (one, other, site) = (Uuid::from_u128(1), Uuid::from_u128(2), SiteId::default());
        assert!(limits.message(one, address(1), &site).is_ok());
        for _ in 0..5 {
            assert_eq!(
                limits.message(one, address(1), &site).unwrap_err().code,
                Code::RateLimited
            );
        }
        assert!(limits.message(other, address(2), &site).is_ok());
    }

    #[test]
    fn places_are_free_again_when_the_reply_is_over() {
        let limits = limits(|config| config.streams_per_address = 1);
        let (sid, site) = (Uuid::from_u128(1), SiteId::default());
        let running = limits.message(sid, address(1), &site).unwrap();
        assert!(limits.message(sid, address(1), &site).is_err());
        assert!(limits.message(sid, address(2), &site).is_ok());
        drop(running);
        assert!(limits.message(sid, address(1), &site).is_ok());
    }
}
