//! Nonces of key proofs: the time as the proxy tells it, so that no proof depends on the browser's clock.

use aws_lc_rs::hmac;

use crate::{
    clock::UnixTime,
    encoding,
    keys::{Keyring, mac},
};

/// The seconds for which one nonce is given out; it is accepted for as long again.
const SECONDS: u64 = 60;

/// The nonces of one moment, the same on every replica with the keys.
#[derive(Clone, Copy, Debug)]
pub struct Nonces<'k> {
    /// The keys behind them.
    pub keyring: &'k Keyring,
    /// The moment.
    pub now: UnixTime,
}

impl Nonces<'_> {
    /// Returns the nonce that clients use from now on.
    #[must_use]
    pub fn current(&self) -> String {
        mac(self.keyring.nonce_key(), &[&self.interval().to_be_bytes()])
    }

    /// Returns `true` for the nonce of this interval and of the one before, under any key.
    pub(super) fn accept(&self, nonce: &str) -> bool {
        let Some(tag) = encoding::from_b64(nonce) else {
            return false;
        };
        let intervals = [self.interval(), self.interval().saturating_sub(1)].map(u64::to_be_bytes);
        self.keyring
            .nonce_keys()
            .any(|key| intervals.iter().any(|interval| hmac::verify(key, interval, &tag).is_ok()))
    }

    /// Returns the number of the minute in which the nonce is given out.
    #[must_use]
    pub const fn interval(&self) -> u64 {
        self.now.0 / SECONDS
    }
}
