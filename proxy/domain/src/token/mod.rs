//! What every token of ours has in common: how it is read, and how it is refused (PROTOCOL §2).

use std::time::Duration;

use thiserror::Error;

use crate::clock::{SKEW, UnixTime};

pub(crate) mod jws;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 4_096;

/// A token was refused. All refusals look the same from outside; the log may know the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the token does not hold")]
pub struct TokenError {
    cause: TokenErrorKind,
}

impl TokenError {
    /// The cause, for the log only.
    #[must_use]
    pub const fn cause(self) -> TokenErrorKind {
        self.cause
    }
}

impl From<TokenErrorKind> for TokenError {
    fn from(cause: TokenErrorKind) -> Self {
        Self { cause }
    }
}

/// Why a token was refused, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum TokenErrorKind {
    /// Larger than a token may be.
    #[error("too large")]
    TooLarge,
    /// Not three parts of canonical base64url.
    #[error("no compact JWS")]
    Form,
    /// The header is not exactly `alg`, `typ` and `kid`.
    #[error("header")]
    Header,
    /// Another kind of token.
    #[error("type")]
    Type,
    /// No key of ours, or one that has been removed.
    #[error("unknown key")]
    UnknownKey,
    /// Not the algorithm of the key.
    #[error("algorithm")]
    Algorithm,
    /// Not signed by that key.
    #[error("signature")]
    Signature,
    /// A claim is missing, unknown, repeated or of the wrong form.
    #[error("claims")]
    Claims,
    /// Minted under another `PUBLIC_URL`.
    #[error("issuer")]
    Issuer,
    /// Issued in the future.
    #[error("issued in the future")]
    Future,
    /// Older than any token may be, or valid for longer than any may be.
    #[error("lifetime")]
    Lifetime,
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// An earlier session of another site, another origin or another way in.
    #[error("another place")]
    Elsewhere,
    /// An earlier session that is bound to a key or a user, for which no proof came.
    #[error("binding without proof")]
    Unproven,
}

/// What a token has to agree with.
#[derive(Clone, Copy, Debug)]
pub struct Validation<'a> {
    /// The proxy's own address, `iss` of every token.
    pub issuer: &'a str,
    /// The time of the check.
    pub now: UnixTime,
    /// The longest life of a session, `SESSION_MAX_SECONDS`.
    pub max_life: Duration,
}

/// The claims that bound a token in time and place.
pub(crate) struct Frame<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) issued: UnixTime,
    pub(crate) expires: UnixTime,
}

impl Validation<'_> {
    /// Checks everything about a frame but age and expiry; no token of its kind lives for longer
    /// than `longest`.
    pub(crate) fn check_frame(&self, frame: &Frame<'_>, longest: Duration) -> Result<(), TokenErrorKind> {
        if frame.issuer != self.issuer {
            return Err(TokenErrorKind::Issuer);
        }
        if frame.issued > self.now.plus(SKEW) {
            return Err(TokenErrorKind::Future);
        }
        let in_order = frame.issued <= frame.expires;
        let short_enough = frame.expires.since(frame.issued) <= longest;
        if in_order && short_enough {
            Ok(())
        } else {
            Err(TokenErrorKind::Lifetime)
        }
    }

    /// Checks that a token was not minted before the longest life began.
    pub(crate) fn check_age(&self, issued: UnixTime) -> Result<(), TokenErrorKind> {
        let age = self.now.since(issued);
        if age <= self.max_life.saturating_add(SKEW) {
            Ok(())
        } else {
            Err(TokenErrorKind::Lifetime)
        }
    }

    /// Checks that the time is not over.
    pub(crate) fn check_expiry(&self, expires: UnixTime) -> Result<(), TokenErrorKind> {
        if self.now < expires.plus(SKEW) {
            Ok(())
        } else {
            Err(TokenErrorKind::Expired)
        }
    }
}
