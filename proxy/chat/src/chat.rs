//! The state of one replica, shared by all workers: sites, keys, stores, replies in flight.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use porthole_config::KeyConfig;
use porthole_domain::clock::UnixTime;
use porthole_domain::origin::Origin;
use porthole_domain::proof::Nonces;
use porthole_domain::token::Validation;
use porthole_relay::Relay;
use porthole_store::{MemoryCallQuota, MemoryRatings, MemoryRevocations};
use porthole_telemetry::metrics::Metrics;

use crate::{Site, Sites};

/// The chat of one replica: its memory may be lost at any time without losing a conversation.
#[derive(Debug)]
pub struct Chat {
    /// The sites.
    pub sites: Sites,
    /// The keys of all tokens.
    pub keys: Arc<KeyConfig>,
    /// Replies in flight.
    pub relay: Relay,
    /// Revoked sessions.
    pub revocations: MemoryRevocations,
    /// Rated replies.
    pub ratings: MemoryRatings,
    /// The quota of calls, which is checked before the site is known.
    pub calls: MemoryCallQuota,
    /// Counters.
    pub metrics: Metrics,
    /// The longest life of any session.
    max_life: Duration,
    draining: AtomicBool,
}

impl Chat {
    /// Builds the chat of a process that serves one site.
    #[must_use]
    pub fn new(site: Site, keys: Arc<KeyConfig>) -> Self {
        let (config, sites, metrics) = (&site.config, Sites::default(), Metrics::default());
        let chat = Self {
            keys,
            relay: Relay::new(config.resume, metrics.clone()),
            revocations: MemoryRevocations::default(),
            ratings: MemoryRatings::default(),
            calls: MemoryCallQuota::new(config.limits.calls_per_minute),
            metrics,
            max_life: config.lifetimes.max,
            draining: AtomicBool::new(false),
            sites,
        };
        chat.sites.replace(site);
        chat
    }

    /// Returns the time of day, for tokens.
    /// Returns the nonces of key proofs at this moment.
    #[must_use]
    pub fn nonces(&self) -> Nonces<'_> {
        Nonces { keyring: &self.keys.keyring, now: Self::now() }
    }

    pub(crate) fn now() -> UnixTime {
        SystemTime::now().into()
    }

    /// Returns the claims that a token of ours must have now.
    pub(crate) fn expected<'a>(&self, own: &'a Origin) -> Validation<'a> {
        Validation { issuer: own.as_str(), now: Self::now(), max_life: self.max_life }
    }

    /// Starts draining: from now on no new reply starts.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Returns `true` while the process drains.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Evicts idle quotas, old replies and expired sessions; called from a timer.
    pub fn sweep(&self) {
        self.relay.sweep(Instant::now());
        self.sites.sweep();
        self.calls.sweep();
        self.revocations.sweep(Self::now());
    }
}
