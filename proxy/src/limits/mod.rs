//! All limits of one replica, narrow before wide (DESIGN §7).

mod bounded;
mod policy;
mod slots;
mod tier;

use std::num::NonZeroU32;
use std::time::Duration;

use porthole_domain::address::AddressGroup;
use porthole_domain::site::SiteId;
use porthole_protocol::Code;
use uuid::Uuid;

pub(crate) use policy::Policy;

use crate::error::{Refusal, whole_seconds};
use policy::Exceeded;
use porthole_config::LimitConfig;
use slots::{Slot, Slots};
use tier::{Taken, Tier};

/// Messages that a session may send without a pause.
const SESSION_BURST: NonZeroU32 = NonZeroU32::new(5).expect("5 is not 0");

/// How long to wait for a place: nobody knows when a reply ends, and most do soon.
const PLACE_WAIT: Duration = Duration::from_secs(2);

/// Every budget of this replica; shared by all workers.
#[derive(Debug)]
pub(crate) struct Limits {
    calls: Tier<AddressGroup>,
    creations: Tier<AddressGroup>,
    session: Tier<u64>,
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

/// What a message has of every budget; given back when dropped, unless it is spent.
#[derive(Debug)]
pub(crate) struct Reservation {
    session: Taken<u64>,
    minute: Taken<AddressGroup>,
    hour: Taken<AddressGroup>,
    site: Taken<SiteId>,
}

impl Reservation {
    /// The message goes to the workflow: it costs what it costs.
    pub(crate) fn spend(self) {
        self.session.spend();
        self.minute.spend();
        self.hour.spend();
        self.site.spend();
    }
}

impl Limits {
    pub(crate) fn new(config: &LimitConfig) -> Self {
        let session = config.session_per_minute;
        Self {
            calls: Tier::per_minute("calls", config.calls_per_minute),
            creations: Tier::per_minute("create", config.create_per_minute),
            session: Tier::per_minute_with_burst("session", session, SESSION_BURST),
            address_minute: Tier::per_minute("address-minute", config.address_per_minute),
            address_hour: Tier::per_hour("address-hour", config.address_per_hour),
            site: Tier::per_minute("site", config.site_per_minute),
            address_streams: Slots::new("address-streams", config.streams_per_address),
            site_streams: Slots::new("site-streams", config.streams_per_site),
        }
    }

    /// Any call of the API and any chat document, refused ones included.
    pub(crate) fn call(&self, address: AddressGroup) -> Result<(), Refusal> {
        let taken = self.calls.take(address);
        taken
            .map(Taken::spend)
            .map_err(|exceeded| limited("Too many calls from this address.", exceeded))
    }

    /// A new session.
    pub(crate) fn creation(&self, address: AddressGroup) -> Result<(), Refusal> {
        let taken = self.creations.take(address);
        taken
            .map(Taken::spend)
            .map_err(|exceeded| limited("Too many new chats from this address.", exceeded))
    }

    /// A message that would really run: its budgets, then its places. Whoever refuses, it has cost nothing; nor has it
    /// if its reservation is dropped before the workflow is called.
    pub(crate) fn message(
        &self,
        session: Uuid,
        address: AddressGroup,
        site: &SiteId,
    ) -> Result<(Reservation, Places), Refusal> {
        let too_many = |exceeded| limited("Too many messages.", exceeded);
        // We made it up ourselves, so half of it tells sessions apart.
        let (_, session) = session.as_u64_pair();
        let reservation = Reservation {
            session: self.session.take(session).map_err(too_many)?,
            minute: self.address_minute.take(address).map_err(too_many)?,
            hour: self.address_hour.take(address).map_err(too_many)?,
            site: self.site.take(site.clone()).map_err(too_many)?,
        };
        Ok((reservation, self.places(address, site)?))
    }

    /// The places of one call of the workflow.
    pub(crate) fn places(&self, address: AddressGroup, site: &SiteId) -> Result<Places, Refusal> {
        let wait = PLACE_WAIT;
        let too_many = |policy| limited("Too many replies at once.", Exceeded { policy, wait });
        let busy = |_| Refusal::new(Code::BusyWorkflow).retry_after(whole_seconds(wait));
        Ok(Places {
            _address: self.address_streams.take(&address).map_err(too_many)?,
            _site: self.site_streams.take(site).map_err(busy)?,
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

fn limited(what: &'static str, Exceeded { policy, wait }: Exceeded) -> Refusal {
    let seconds = whole_seconds(wait).max(1);
    Refusal::new(Code::RateLimited)
        .because(format!("{what} The next is possible in {seconds} s."))
        .retry_after(seconds)
        .by_policy(policy)
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

    /// A message that goes to the workflow.
    fn message(limits: &Limits, session: Uuid, address: AddressGroup) -> Result<Places, Refusal> {
        let (reservation, places) = limits.message(session, address, &SiteId::default())?;
        reservation.spend();
        Ok(places)
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
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(message(&limits, one, address(1)).is_ok());
        for _ in 0..5 {
            assert_eq!(
                message(&limits, one, address(1)).unwrap_err().code,
                Code::RateLimited
            );
        }
        assert!(message(&limits, other, address(2)).is_ok());
    }

    #[test]
    fn a_message_refused_by_a_wider_limit_costs_the_narrower_ones_nothing() {
        let limits = limits(|config| {
            config.session_per_minute = 2;
            config.address_per_minute = 3;
            config.address_per_hour = 3;
            config.site_per_minute = 4;
            config.streams_per_address = 1;
            config.streams_per_site = 2;
        });
        let here = address(1);
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let running = message(&limits, one, here).unwrap();
        for _ in 0..10 {
            let refused = message(&limits, one, here).unwrap_err();
            assert_eq!(refused.policy.unwrap().name, "address-streams");
        }
        drop(running);
        let by_one = message(&limits, one, here).unwrap();
        let by_other = message(&limits, other, address(2)).unwrap();
        for _ in 0..10 {
            let refused = message(&limits, other, address(3)).unwrap_err();
            assert_eq!(refused.code, Code::BusyWorkflow);
        }
        drop((by_one, by_other));
        assert!(message(&limits, other, here).is_ok(), "the site's fourth");
        for _ in 0..10 {
            let refused = message(&limits, Uuid::from_u128(3), address(4)).unwrap_err();
            assert_eq!(refused.policy.unwrap().name, "site");
        }
        assert_eq!(limits.address_minute.keys(), limits.address_hour.keys());
        let at_four = limits.address_hour.take(address(4)).is_ok();
        assert!(at_four, "what the site refused has not cost the address anything");
    }

    #[test]
    fn a_message_that_goes_to_the_workflow_costs_every_budget() {
        let budgets: [fn(&mut LimitConfig); 4] = [
            |config| config.session_per_minute = 1,
            |config| config.address_per_minute = 1,
            |config| config.address_per_hour = 1,
            |config| config.site_per_minute = 1,
        ];
        for (at, budget) in budgets.into_iter().enumerate() {
            let limits = limits(budget);
            let sid = Uuid::from_u128(1);
            assert!(message(&limits, sid, address(1)).is_ok(), "{at}");
            assert!(message(&limits, sid, address(1)).is_err(), "{at}");
        }
    }

    #[test]
    fn places_are_free_again_when_the_reply_is_over() {
        let limits = limits(|config| config.streams_per_address = 1);
        let sid = Uuid::from_u128(1);
        let running = message(&limits, sid, address(1)).unwrap();
        assert!(message(&limits, sid, address(1)).is_err());
        assert!(message(&limits, sid, address(2)).is_ok());
        drop(running);
        assert!(message(&limits, sid, address(1)).is_ok());
    }
}
