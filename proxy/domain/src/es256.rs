//! P-256 keys: one signs workflow tokens, another one transcripts, and their public halves are for everyone.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
    },
};
use pem::Pem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::{encoding, session::Thumbprint};

/// A public P-256 key (RFC 7517); its `kid` is its thumbprint (RFC 7638).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// The id of the key in a token's header.
    pub kid: String,
    kty: &'static str,
    crv: &'static str,
    x: String,
    y: String,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
}

/// The error of a text that is no signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PemError {
    /// The text is no PEM.
    #[error("the key is no PEM: expected -----BEGIN PRIVATE KEY----- and what follows")]
    NoPem,
    /// The key is encrypted.
    #[error("the key is encrypted; write it without a password, as openssl pkcs8 -topk8 -nocrypt does")]
    Encrypted,
    /// The PEM has no private key.
    #[error("the PEM holds no private key (PRIVATE KEY or EC PRIVATE KEY)")]
    NoPrivateKey,
    /// The private key is not on the curve P-256.
    #[error("the key is not on the curve P-256; openssl ecparam -genkey -noout -name prime256v1 makes one")]
    NotP256,
}

/// The error of a signature that cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the key cannot sign")]
pub struct SigningError;

pub(crate) struct PrivateKey {
    pair: EcdsaKeyPair,
    jwk: Jwk,
}

impl PrivateKey {
    /// Parses the private keys of a text, at least one; a SEC1 file may have the parameters of its curve in front.
    pub(crate) fn all_from_pem(text: &str) -> Result<Vec<Self>, PemError> {
        // An environment variable on one line has its line ends escaped.
        let text = text.replace("\\n", "\n");
        let blocks = pem::parse_many(text).map_err(|_| PemError::NoPem)?;
        if blocks.is_empty() {
            return Err(PemError::NoPem);
        }
        if blocks.iter().any(is_encrypted) {
            return Err(PemError::Encrypted);
        }
        let is_private = |block: &&Pem| matches!(block.tag(), "PRIVATE KEY" | "EC PRIVATE KEY");
        let keys: Vec<Self> =
            blocks.iter().filter(is_private).map(Self::from_block).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(PemError::NoPrivateKey) } else { Ok(keys) }
    }

    fn from_block(block: &Pem) -> Result<Self, PemError> {
        let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, block.contents())
            .map_err(|_| PemError::NotP256)?;
        let jwk = Jwk::from_point(pair.public_key().as_ref()).ok_or(PemError::NotP256)?;
        Ok(Self { pair, jwk })
    }

    pub(crate) const fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// Signs in the form of JWS: both numbers, 32 bytes each.
    pub(crate) fn sign(&self, input: &[u8]) -> Result<Vec<u8>, SigningError> {
        let signature = self.pair.sign(&SystemRandom::new(), input).map_err(|_| SigningError)?;
        Ok(signature.as_ref().to_vec())
    }
}

fn is_encrypted(block: &Pem) -> bool {
    block.tag() == "ENCRYPTED PRIVATE KEY" || block.headers().get("DEK-Info").is_some()
}

impl Jwk {
    /// Parses an uncompressed point.
    fn from_point(point: &[u8]) -> Option<Self> {
        let [4, coordinates @ ..] = point else {
            return None;
        };
        let (x, y) = coordinates.split_at_checked(32).filter(|(_, y)| y.len() == 32)?;
        let (x, y) = (encoding::b64(x), encoding::b64(y));
        let kid = Thumbprint::of_p256(&x, &y).to_string();
        Some(Self { kid, kty: "EC", crv: "P-256", x, y, usage: "sig", alg: "ES256" })
    }
}

/// A public key to verify with; of a key set only the members of a P-256 key are read.
#[derive(Deserialize)]
pub struct VerifyingKey {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl VerifyingKey {
    /// Parses a key set or a single key (RFC 7517); keys of other kinds are left out.
    #[must_use]
    pub fn parse_set(json: &[u8]) -> Option<Vec<Self>> {
        let set: Value = serde_json::from_slice(json).ok()?;
        let listed = match set.get("keys") {
            Some(keys) => keys.as_array()?.clone(),
            None => vec![set],
        };
        let keys = listed.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Some(keys.filter(|key: &Self| key.kty == "EC" && key.crv == "P-256").collect())
    }

    /// Returns the thumbprint, which is the `kid`: a name that a set gives a key proves nothing.
    #[must_use]
    pub fn kid(&self) -> Thumbprint {
        Thumbprint::of_p256(&self.x, &self.y)
    }

    /// Verifies a signature in the form of JWS.
    pub(crate) fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        let coordinates = [&self.x, &self.y].map(|text| encoding::array_from_b64::<32>(text));
        let [Some(x), Some(y)] = coordinates else { return false };
        let point = [&[4], &x[..], &y].concat();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(input, signature).is_ok()
    }
}

impl From<&Jwk> for VerifyingKey {
    fn from(jwk: &Jwk) -> Self {
        Self { kty: jwk.kty.to_owned(), crv: jwk.crv.to_owned(), x: jwk.x.clone(), y: jwk.y.clone() }
    }
}
