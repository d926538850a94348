//! Refusals of tokens.

use thiserror::Error;

/// The refusal of a token: all look the same from outside, and only the log may tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the token does not hold")]
pub struct TokenError(TokenErrorKind);

impl TokenError {
    /// Returns the kind, for the log only.
    #[must_use]
    pub const fn kind(self) -> TokenErrorKind {
        self.0
    }
}

impl From<TokenErrorKind> for TokenError {
    fn from(kind: TokenErrorKind) -> Self {
        Self(kind)
    }
}

/// The kinds of refusal, in the order of the checks (contract §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum TokenErrorKind {
    /// The token is larger than one may be.
    #[error("too large")]
    TooLarge,
    /// The token is not three parts of canonical base64url.
    #[error("no compact JWS")]
    Form,
    /// The header is not exactly `alg`, `typ` and `kid`.
    #[error("header")]
    Header,
    /// The token is of another type.
    #[error("type")]
    Type,
    /// The key is none of ours, or was removed.
    #[error("unknown key")]
    UnknownKey,
    /// The algorithm is not that of the key.
    #[error("algorithm")]
    Algorithm,
    /// The signature is not that key's.
    #[error("signature")]
    Signature,
    /// A claim is missing, unknown, repeated or of the wrong form.
    #[error("claims")]
    Claims,
    /// The token was minted under another `PUBLIC_URL`.
    #[error("issuer")]
    Issuer,
    /// The token was issued in the future.
    #[error("issued in the future")]
    Future,
    /// The token is older than any may be, or valid for longer than any may be.
    #[error("lifetime")]
    Lifetime,
    /// The token has expired.
    #[error("expired")]
    Expired,
    /// The earlier session is of another site, another origin or another way in.
    #[error("another context")]
    OtherContext,
    /// The earlier session is bound to a key or a user, for which the call has no proof.
    #[error("binding without proof")]
    Unproven,
}
