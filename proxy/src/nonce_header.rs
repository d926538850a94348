//! The header with the nonce for the next key proof (contract §2), made once a minute for all answers.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use parking_lot::Mutex;
use porthole_domain::proof::Nonces;

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The header of this minute.
#[derive(Debug, Default)]
pub(crate) struct NonceHeader(Mutex<Option<(u64, HeaderValue)>>);

impl NonceHeader {
    /// Gives an answer the nonce for the next proof.
    pub(crate) fn write(&self, nonces: &Nonces<'_>, headers: &mut HeaderMap) {
        let mut known = self.0.lock();
        if known.as_ref().is_none_or(|(interval, _)| *interval != nonces.interval()) {
            *known = HeaderValue::from_str(&nonces.current()).ok().map(|nonce| (nonces.interval(), nonce));
        }
        if let Some((_, nonce)) = &*known {
            headers.insert(DPOP_NONCE, nonce.clone());
        }
    }
}
