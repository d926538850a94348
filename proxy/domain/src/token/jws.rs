//! Compact JWS with the strictness that PROTOCOL §2 asks for.
//!
//! `jsonwebtoken` computes and compares the signatures; everything around them is checked here,
//! because its own reading lets through unknown and repeated members, other types and key ids.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::TokenErrorKind;
use crate::{encoding, keys::KeyId};

/// The kinds of token that are signed with a key of ours, by their `typ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Session,
    Ticket,
}

impl Kind {
    pub(crate) const fn typ(self) -> &'static str {
        match self {
            Self::Session => "session+jwt",
            Self::Ticket => "ticket+jwt",
        }
    }
}

/// Signs and verifies one kind of token with one key.
pub(crate) struct Signer {
    /// The encoded header: it never changes.
    header: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// The one algorithm of [`Signer`], and its name in the header.
const ALGORITHM: (Algorithm, &str) = (Algorithm::HS256, "HS256");

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

impl Signer {
    pub(crate) fn new(kind: Kind, id: KeyId, secret: &[u8]) -> Self {
        let header = Header {
            alg: ALGORITHM.1.into(),
            typ: kind.typ().into(),
            kid: id.to_string(),
        };
        Self {
            header: encode(&header),
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        }
    }

    /// Writes a signed token.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> String {
        let input = format!("{}.{}", self.header, encode(claims));
        #[expect(
            clippy::expect_used,
            reason = "HMAC signs whatever it is given, and the key is an HMAC key"
        )]
        let signature =
            crypto::sign(input.as_bytes(), &self.encoding, ALGORITHM.0).expect("HMAC cannot fail");
        format!("{input}.{signature}")
    }

    /// Signs any header and payload, for tokens that must be refused.
    #[cfg(test)]
    pub(crate) fn forge(&self, header: &str, payload: &str) -> String {
        let input = format!(
            "{}.{}",
            encoding::b64(header.as_bytes()),
            encoding::b64(payload.as_bytes())
        );
        let signature = crypto::sign(input.as_bytes(), &self.encoding, ALGORITHM.0).unwrap();
        format!("{input}.{signature}")
    }

    fn holds(&self, input: &str, signature: &str) -> bool {
        crypto::verify(signature, input.as_bytes(), &self.decoding, ALGORITHM.0).unwrap_or(false)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.header)
    }
}

/// Encodes a part of a token.
pub(crate) fn encode(part: &impl Serialize) -> String {
    #[expect(
        clippy::expect_used,
        reason = "parts are structs of strings and numbers, which JSON always can say"
    )]
    let json = serde_json::to_vec(part).expect("headers and claims are plain JSON");
    encoding::b64(&json)
}

/// Reads the claims of a token of this kind, signed by one of our keys; `signer` finds a key by its id.
pub(crate) fn read<'k, C: DeserializeOwned>(
    token: &str,
    kind: Kind,
    max_bytes: usize,
    signer: impl Fn(KeyId) -> Option<&'k Signer>,
) -> Result<C, TokenErrorKind> {
    if token.len() > max_bytes {
        return Err(TokenErrorKind::TooLarge);
    }
    let (input, signature) = token.rsplit_once('.').ok_or(TokenErrorKind::Form)?;
    let (header, payload) = input.split_once('.').ok_or(TokenErrorKind::Form)?;
    let header: Header = decode(header)?.parse().ok_or(TokenErrorKind::Header)?;
    if header.typ != kind.typ() {
        return Err(TokenErrorKind::Type);
    }
    let signer = KeyId::parse(&header.kid)
        .and_then(signer)
        .ok_or(TokenErrorKind::UnknownKey)?;
    if header.alg != ALGORITHM.1 {
        return Err(TokenErrorKind::Algorithm);
    }
    if !signer.holds(input, signature) {
        return Err(TokenErrorKind::Signature);
    }
    decode(payload)?.parse().ok_or(TokenErrorKind::Claims)
}

/// The bytes of a part.
struct Part(Vec<u8>);

fn decode(text: &str) -> Result<Part, TokenErrorKind> {
    encoding::from_b64(text).map(Part).ok_or(TokenErrorKind::Form)
}

impl Part {
    /// Reads an object and nothing around it; serde's derive would take an array of the values as well.
    fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        let is_object = self.0.starts_with(b"{") && self.0.ends_with(b"}");
        is_object.then(|| serde_json::from_slice(&self.0).ok()).flatten()
    }
}
