//! The P-256 key behind ES256 workflow tokens, and its public half.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use pem::Pem;
use serde::Serialize;
use thiserror::Error;

use super::SigningError;
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

pub(super) struct PrivateKey {
    pair: EcdsaKeyPair,
    jwk: Jwk,
}

impl PrivateKey {
    /// Parses the first private key; a SEC1 file may have the parameters of its curve in front.
    pub(super) fn from_pem(text: &str) -> Result<Self, PemError> {
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
        let block = blocks.iter().find(is_private).ok_or(PemError::NoPrivateKey)?;
        let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, block.contents())
            .map_err(|_| PemError::NotP256)?;
        let jwk = Jwk::from_point(pair.public_key().as_ref()).ok_or(PemError::NotP256)?;
        Ok(Self { pair, jwk })
    }

    pub(super) const fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// Signs in the form of JWS: both numbers, 32 bytes each.
    pub(super) fn sign(&self, input: &[u8]) -> Result<Vec<u8>, SigningError> {
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
