//! Compact JWS, as strict as contract §2 asks for.
//!
//! Crates for it let through unknown and repeated members, other types and key ids, and set up the key for every token.

use std::fmt;

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};

use super::{KeyId, TokenErrorKind};
use crate::encoding;

/// The types of token that are signed with a key of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenType {
    Session,
    Ticket,
}

impl TokenType {
    /// Returns the `typ` of the header.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Session => "session+jwt",
            Self::Ticket => "ticket+jwt",
        }
    }
}

/// A signer and verifier of one type of token with one key.
pub(crate) struct Signer {
    /// The encoded header, the same for every token.
    header: String,
    key: hmac::Key,
}

/// The algorithm of [`Signer`] in the header.
const ALGORITHM: &str = "HS256";

/// The members are borrowed: they are names without escapes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JwsHeader<'a> {
    pub(crate) alg: &'a str,
    pub(crate) typ: &'a str,
    pub(crate) kid: &'a str,
}

impl Signer {
    pub(crate) fn new(token_type: TokenType, id: KeyId, secret: &[u8]) -> Self {
        let header = format!(r#"{{"alg":"{ALGORITHM}","typ":"{}","kid":"{id}"}}"#, token_type.name());
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        Self { header: encoding::b64(header.as_bytes()), key }
    }

    /// Mints a token.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> String {
        let token = unsigned(&self.header, claims);
        let signature = hmac::sign(&self.key, token.as_bytes());
        signed(token, signature)
    }

    /// Signs any header and payload, for tests with tokens that must be refused.
    #[cfg(test)]
    pub(crate) fn forge(&self, header: &str, payload: &str) -> String {
        let token = format!("{}.{}", encoding::b64(header.as_bytes()), encoding::b64(payload.as_bytes()));
        let signature = hmac::sign(&self.key, token.as_bytes());
        signed(token, signature)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.header)
    }
}

/// Writes what is signed: an encoded header and the claims, in a buffer with room for the signature.
#[expect(
    clippy::expect_used,
    reason = "claims are structs of strings and numbers, which JSON always can say"
)]
pub(crate) fn unsigned(header: &str, claims: &impl Serialize) -> String {
    let mut json = Vec::with_capacity(512);
    serde_json::to_writer(&mut json, claims).expect("claims are plain JSON");
    let mut token = String::with_capacity(768);
    token.push_str(header);
    token.push('.');
    encoding::push_b64(&mut token, &json);
    token
}

/// Appends the signature.
pub(crate) fn signed(mut token: String, signature: impl AsRef<[u8]>) -> String {
    token.push('.');
    encoding::push_b64(&mut token, signature.as_ref());
    token
}

/// Verifies a token of this type, signed by one of our keys, and decodes its claims; `signer` finds a key by its id.
pub(crate) fn verify<'k>(
    token: &str,
    token_type: TokenType,
    max_bytes: usize,
    signer: impl Fn(KeyId) -> Option<&'k Signer>,
) -> Result<Vec<u8>, TokenErrorKind> {
    if token.len() > max_bytes {
        return Err(TokenErrorKind::TooLarge);
    }
    let (input, signature) = token.rsplit_once('.').ok_or(TokenErrorKind::Form)?;
    let (header, payload) = input.split_once('.').ok_or(TokenErrorKind::Form)?;
    let header = decode(header)?;
    let header: JwsHeader<'_> = parse_object(&header).ok_or(TokenErrorKind::Header)?;
    if header.typ != token_type.name() {
        return Err(TokenErrorKind::Type);
    }
    let signer = KeyId::parse(header.kid).and_then(signer).ok_or(TokenErrorKind::UnknownKey)?;
    if header.alg != ALGORITHM {
        return Err(TokenErrorKind::Algorithm);
    }
    let tag = encoding::from_b64(signature).ok_or(TokenErrorKind::Signature)?;
    hmac::verify(&signer.key, input.as_bytes(), &tag).map_err(|_| TokenErrorKind::Signature)?;
    decode(payload)
}

/// Decodes a part of a token.
pub(crate) fn decode(part: &str) -> Result<Vec<u8>, TokenErrorKind> {
    encoding::from_b64(part).ok_or(TokenErrorKind::Form)
}

/// Parses an object and nothing around it; serde's derive would take an array of the values as well.
pub(crate) fn parse_object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    let is_object = json.starts_with(b"{") && json.ends_with(b"}");
    is_object.then(|| serde_json::from_slice(json).ok()).flatten()
}
