//! Validation of the claims that bound a token in time and place (contract §2).

use std::time::Duration;

use super::TokenErrorKind;
use crate::clock::{SKEW, UnixTime};

/// The values that the claims of a token are validated against.
#[derive(Clone, Copy, Debug)]
pub struct Validation<'a> {
    /// The proxy's own origin, `iss` of every token.
    pub issuer: &'a str,
    /// The time of the check.
    pub now: UnixTime,
    /// The longest life of a session, `SESSION_MAX_SECONDS`.
    pub max_life: Duration,
}

impl Validation<'_> {
    /// Checks the issuer.
    pub(crate) fn check_issuer(&self, issuer: &str) -> Result<(), TokenErrorKind> {
        if issuer == self.issuer { Ok(()) } else { Err(TokenErrorKind::Issuer) }
    }

    /// Checks that a token was not issued in the future, and lives for no longer than any of its type.
    pub(crate) fn check_lifetime(
        &self,
        issued: UnixTime,
        expires: UnixTime,
        longest: Duration,
    ) -> Result<(), TokenErrorKind> {
        if issued > self.now.plus(SKEW) {
            return Err(TokenErrorKind::Future);
        }
        if issued <= expires && expires.since(issued) <= longest {
            Ok(())
        } else {
            Err(TokenErrorKind::Lifetime)
        }
    }

    /// Checks that a token is not older than the longest life of a session.
    pub(crate) fn check_age(&self, issued: UnixTime) -> Result<(), TokenErrorKind> {
        let age = self.now.since(issued);
        if age <= self.max_life.saturating_add(SKEW) { Ok(()) } else { Err(TokenErrorKind::Lifetime) }
    }

    /// Checks that a token has not expired.
    pub(crate) fn check_expiry(&self, expires: UnixTime) -> Result<(), TokenErrorKind> {
        if self.now < expires.plus(SKEW) { Ok(()) } else { Err(TokenErrorKind::Expired) }
    }
}
