//! Compact JWS, as strict as contract §2 asks for.
//!
//! `jsonwebtoken` signs and verifies; all else is checked here, because its own decoding lets through unknown and
//! repeated members, other types and key ids.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

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
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// The algorithm of [`Signer`], and its name in the header.
const ALGORITHM: (Algorithm, &str) = (Algorithm::HS256, "HS256");

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JwsHeader {
    alg: String,
    typ: String,
    kid: String,
}

impl Signer {
    pub(crate) fn new(token_type: TokenType, id: KeyId, secret: &[u8]) -> Self {
        let header =
            JwsHeader { alg: ALGORITHM.1.into(), typ: token_type.name().into(), kid: id.to_string() };
        Self {
            header: encode(&header),
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        }
    }

    /// Mints a token.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> String {
        let input = format!("{}.{}", self.header, encode(claims));
        #[expect(clippy::expect_used, reason = "HMAC signs whatever it is given, and the key is an HMAC key")]
        let signature =
            crypto::sign(input.as_bytes(), &self.encoding, ALGORITHM.0).expect("HMAC cannot fail");
        format!("{input}.{signature}")
    }

    /// Signs any header and payload, for tests with tokens that must be refused.
    #[cfg(test)]
    pub(crate) fn forge(&self, header: &str, payload: &str) -> String {
        let input = format!("{}.{}", encoding::b64(header.as_bytes()), encoding::b64(payload.as_bytes()));
        let signature = crypto::sign(input.as_bytes(), &self.encoding, ALGORITHM.0).unwrap();
        format!("{input}.{signature}")
    }

    fn verify(&self, input: &str, signature: &str) -> bool {
        crypto::verify(signature, input.as_bytes(), &self.decoding, ALGORITHM.0).unwrap_or(false)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.header)
    }
}

/// Encodes a header or claims.
pub(crate) fn encode(part: &impl Serialize) -> String {
    #[expect(
        clippy::expect_used,
        reason = "parts are structs of strings and numbers, which JSON always can say"
    )]
    let json = serde_json::to_vec(part).expect("headers and claims are plain JSON");
    encoding::b64(&json)
}

/// Decodes and verifies a token of this type, signed by one of our keys; `signer` finds a key by its id.
pub(crate) fn read<'k, C: DeserializeOwned>(
    token: &str,
    token_type: TokenType,
    max_bytes: usize,
    signer: impl Fn(KeyId) -> Option<&'k Signer>,
) -> Result<C, TokenErrorKind> {
    if token.len() > max_bytes {
        return Err(TokenErrorKind::TooLarge);
    }
    let (input, signature) = token.rsplit_once('.').ok_or(TokenErrorKind::Form)?;
    let (header, payload) = input.split_once('.').ok_or(TokenErrorKind::Form)?;
    let header: JwsHeader = parse_object(&decode(header)?).ok_or(TokenErrorKind::Header)?;
    if header.typ != token_type.name() {
        return Err(TokenErrorKind::Type);
    }
    let signer = KeyId::parse(&header.kid).and_then(signer).ok_or(TokenErrorKind::UnknownKey)?;
    if header.alg != ALGORITHM.1 {
        return Err(TokenErrorKind::Algorithm);
    }
    if !signer.verify(input, signature) {
        return Err(TokenErrorKind::Signature);
    }
    parse_object(&decode(payload)?).ok_or(TokenErrorKind::Claims)
}

fn decode(part: &str) -> Result<Vec<u8>, TokenErrorKind> {
    encoding::from_b64(part).ok_or(TokenErrorKind::Form)
}

/// Parses an object and nothing around it; serde's derive would take an array of the values as well.
fn parse_object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let is_object = json.starts_with(b"{") && json.ends_with(b"}");
    is_object.then(|| serde_json::from_slice(json).ok()).flatten()
}
