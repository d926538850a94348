//! The common part of all tokens of ours: compact JWS, validation, refusals (contract §2).

pub(crate) mod jws;

mod error;
mod key_id;
mod validation;

pub use error::{TokenError, TokenErrorKind};
pub use key_id::KeyId;
pub use validation::Validation;

/// The bytes of the longest token that is decoded.
pub(crate) const MAX_TOKEN_BYTES: usize = 4_096;
