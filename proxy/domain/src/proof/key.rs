//! The public half of a browser's key (RFC 7517), and its name (RFC 7638).

use serde::Deserialize;

use crate::{chain::sha256, encoding, session::Thumbprint};

/// A public P-256 key as a JWK: exactly its four required members.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKey {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl PublicKey {
    /// Returns the uncompressed point, where the members are those of a P-256 key; the point itself is checked by the
    /// verification of a signature.
    pub(super) fn point(&self) -> Option<[u8; 65]> {
        if self.kty != "EC" || self.crv != "P-256" {
            return None;
        }
        let mut point = [4; 65];
        point[1..33].copy_from_slice(&encoding::array_from_b64::<32>(&self.x)?);
        point[33..].copy_from_slice(&encoding::array_from_b64::<32>(&self.y)?);
        Some(point)
    }

    /// Returns the thumbprint of a key that a client offers; `None` where it is no P-256 key.
    #[must_use]
    pub fn offered(&self) -> Option<Thumbprint> {
        self.point().map(|_| self.thumbprint())
    }

    /// Returns the thumbprint of the key.
    pub(super) fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of_p256(&self.x, &self.y)
    }
}

impl Thumbprint {
    /// Computes the thumbprint of a P-256 key from its coordinates in base64url.
    pub(crate) fn of_p256(x: &str, y: &str) -> Self {
        let required = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Self::from(sha256(&[required.as_bytes()]))
    }
}
