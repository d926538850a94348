//! Key proofs (`DPoP`, RFC 9449): a session that is bound to a key of its browser opens nothing without one (contract §2).

use aws_lc_rs::{
    constant_time,
    signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey},
};
use serde::Deserialize;
use thiserror::Error;

use crate::{
    chain::sha256,
    encoding,
    session::Thumbprint,
    token::jws::{decode, parse_object},
};

mod key;
mod nonce;
#[cfg(test)]
mod tests;

pub use key::PublicKey;
pub use nonce::Nonces;

/// The bytes of the longest proof: one of ours has about 700.
const MAX_PROOF_BYTES: usize = 2_048;

/// The characters of the longest `jti`.
const MAX_JTI_CHARS: usize = 128;

/// The call that a proof must be made for.
#[derive(Clone, Copy, Debug)]
pub struct ProvenCall<'a> {
    /// The method, `htm`.
    pub method: &'a str,
    /// The address of the route below `PUBLIC_URL`, `htu`: never from `Host` or a forwarded header.
    pub uri: &'a str,
    /// The session token that comes along, `ath`; none while a session is created.
    pub token: Option<&'a str>,
}

/// A proof that holds for its call, as far as the head of a request tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key that made it.
    pub key: Thumbprint,
    /// The claim `bh`.
    body_hash: Option<String>,
}

impl Proof {
    /// Returns `true` where the proof is one of this body; it may be silent of an empty one.
    #[must_use]
    pub fn covers(&self, body: &[u8]) -> bool {
        match &self.body_hash {
            None => body.is_empty(),
            Some(hash) => is_hash_of(hash, body),
        }
    }
}

/// The refusal of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The proof does not hold.
    #[error("the proof does not hold")]
    Invalid,
    /// All of it holds but its nonce, which is missing or too old: the client repeats the call with a fresh one.
    #[error("the proof needs a fresh nonce")]
    Nonce,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofHeader {
    typ: String,
    alg: String,
    jwk: PublicKey,
}

/// The claims; `iat` is an integer and no more, since clocks of phones are wrong and the nonce says the time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofClaims {
    htm: String,
    htu: String,
    jti: String,
    #[expect(dead_code, reason = "read for its form alone")]
    iat: i64,
    ath: Option<String>,
    bh: Option<String>,
    nonce: Option<String>,
}

/// Verifies the proof of a call, whose body is compared later: [`Proof::covers`].
///
/// # Errors
///
/// [`ProofError::Nonce`] only where everything else holds, so that no stranger's proof is asked to come again.
pub fn verify(proof: &str, call: &ProvenCall<'_>, nonces: &Nonces<'_>) -> Result<Proof, ProofError> {
    let (key, claims) = read(proof).ok_or(ProofError::Invalid)?;
    if !claims.are_for(call) {
        return Err(ProofError::Invalid);
    }
    match claims.nonce {
        Some(nonce) if nonces.accept(&nonce) => Ok(Proof { key: key.thumbprint(), body_hash: claims.bh }),
        _ => Err(ProofError::Nonce),
    }
}

/// Reads a proof that was signed by the key it names.
fn read(proof: &str) -> Option<(PublicKey, ProofClaims)> {
    if proof.len() > MAX_PROOF_BYTES {
        return None;
    }
    let (input, signature) = proof.rsplit_once('.')?;
    let (header, payload) = input.split_once('.')?;
    let header: ProofHeader = parse_object(&decode(header).ok()?)?;
    if header.typ != "dpop+jwt" || header.alg != "ES256" {
        return None;
    }
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, header.jwk.point()?);
    key.verify(input.as_bytes(), &decode(signature).ok()?).ok()?;
    Some((header.jwk, parse_object(&decode(payload).ok()?)?))
}

impl ProofClaims {
    fn are_for(&self, call: &ProvenCall<'_>) -> bool {
        self.htm == call.method
            && self.htu == call.uri
            && !self.jti.is_empty()
            && self.jti.chars().count() <= MAX_JTI_CHARS
            && match (&self.ath, call.token) {
                (None, None) => true,
                (Some(hash), Some(token)) => is_hash_of(hash, token.as_bytes()),
                _ => false,
            }
    }
}

fn is_hash_of(claim: &str, bytes: &[u8]) -> bool {
    let hash = encoding::b64(&sha256(&[bytes]));
    constant_time::verify_slices_are_equal(claim.as_bytes(), hash.as_bytes()).is_ok()
}
