//! Nonces of key proofs: the time as the proxy tells it, so that no proof depends on the browser's clock.

use aws_lc_rs::hmac;

use crate::{clock::UnixTime, encoding, keys::mac};

/// The seconds for which one nonce is given out; it is accepted for as long again.
const SECONDS: u64 = 60;

/// The nonces of one moment, the same on every replica with the keys.
#[derive(Clone, Copy, Debug)]
pub struct Nonces<'k> {
    pub(crate) key: &'k hmac::Key,
    pub(crate) now: UnixTime,
}

impl Nonces<'_> {
    /// Returns the nonce that clients use from now on.
    #[must_use]
    pub fn current(&self) -> String {
        mac(self.key, &[&self.interval().to_be_bytes()])
    }

    /// Returns `true` for the nonce of this interval and of the one before.
    pub(super) fn accept(&self, nonce: &str) -> bool {
        let Some(tag) = encoding::from_b64(nonce) else {
            return false;
        };
        let current = self.interval();
        [current, current.saturating_sub(1)]
            .iter()
            .any(|interval| hmac::verify(self.key, &interval.to_be_bytes(), &tag).is_ok())
    }

    const fn interval(&self) -> u64 {
        self.now.0 / SECONDS
    }
}
