//! The token that tells the workflow who calls, and for whom (PROTOCOL §2).

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use thiserror::Error;
use url::Url;
use uuid::Uuid;

use crate::{chain::sha256, clock::UnixTime, encoding, message::MessageText, token::jws};

mod es256;

pub use es256::{Jwk, PemError};

use es256::PrivateKey;

/// How long a token lives: minted anew for every try, it only has to survive the way.
pub const LIFETIME: Duration = Duration::from_secs(30);

/// What the token says.
#[derive(Clone, Debug)]
pub struct WorkflowClaims<'a> {
    /// The proxy's own address.
    pub issuer: &'a str,
    /// The webhook, by [`audience`].
    pub audience: &'a str,
    /// The session as the workflow knows it, by [`crate::keys::Keyring::wsid`].
    pub wsid: &'a str,
    /// A fresh UUID.
    pub jti: Uuid,
    /// The time of this try.
    pub issued: UnixTime,
    /// The site.
    pub site: &'a str,
    /// The origin of the page around the chat.
    pub origin: &'a str,
    /// The verified claims of the user.
    pub user: Option<&'a Map<String, Value>>,
    /// The turn that is spoken of: the one that the reply to the message will be, the one that feedback rates, or
    /// the last that was sealed.
    pub turn: u32,
    /// The message that is sent; `None` with every other action. A token without it passes for no message where the
    /// workflow compares `mid` and `mh`.
    pub message: Option<MessageClaims<'a>>,
}

/// What the token says of the message that it is sent with.
#[derive(Clone, Copy, Debug)]
pub struct MessageClaims<'a> {
    /// The message as the workflow knows it, by [`crate::keys::Keyring::mid`].
    pub mid: &'a str,
    /// The hash of the message, by [`message_hash`].
    pub hash: &'a str,
}

/// The claims by their names. No `nbf`: n8n allows its clock no tolerance.
#[derive(Serialize)]
struct Wire<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    jti: Uuid16,
    iat: UnixTime,
    exp: UnixTime,
    site: &'a str,
    origin: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a Map<String, Value>>,
    turn: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    mid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mh: Option<&'a str>,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    // n8n wants the plain type, which is why no other token may be signed with these keys.
    typ: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

/// A UUID in its wire form.
struct Uuid16(Uuid);

impl Serialize for Uuid16 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

/// The signature could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the workflow token cannot be signed")]
pub struct SigningError;

/// Signs workflow tokens, and nothing else.
#[derive(Debug)]
pub struct WorkflowSigner {
    /// The encoded header: it never changes.
    header: String,
    key: Key,
}

enum Key {
    Hs256(EncodingKey),
    Es256(Box<PrivateKey>),
}

impl WorkflowSigner {
    /// Signs with the UTF-8 bytes of the text itself, for that text is what n8n's credential holds.
    #[must_use]
    pub fn hs256(secret: &SecretString) -> Self {
        let key = EncodingKey::from_secret(secret.expose_secret().as_bytes());
        Self {
            header: jws::encode(&Header {
                alg: "HS256",
                typ: "JWT",
                kid: None,
            }),
            key: Key::Hs256(key),
        }
    }

    /// Signs with a P-256 key in PEM, PKCS#8 or SEC1.
    pub fn es256(pem: &SecretString) -> Result<Self, PemError> {
        let key = PrivateKey::from_pem(pem.expose_secret())?;
        let header = Header {
            alg: "ES256",
            typ: "JWT",
            kid: Some(&key.jwk().kid),
        };
        Ok(Self {
            header: jws::encode(&header),
            key: Key::Es256(Box::new(key)),
        })
    }

    /// Writes a token that lives for [`LIFETIME`].
    pub fn sign(&self, claims: &WorkflowClaims<'_>) -> Result<String, SigningError> {
        let input = format!("{}.{}", self.header, jws::encode(&Wire::from(claims)));
        let signature = match &self.key {
            Key::Hs256(key) => {
                crypto::sign(input.as_bytes(), key, Algorithm::HS256).map_err(|_| SigningError)?
            }
            Key::Es256(key) => encoding::b64(&key.sign(input.as_bytes())?),
        };
        Ok(format!("{input}.{signature}"))
    }

    /// The public half, for a JWKS; `None` with a shared secret.
    #[must_use]
    pub fn jwk(&self) -> Option<&Jwk> {
        match &self.key {
            Key::Hs256(_) => None,
            Key::Es256(key) => Some(key.jwk()),
        }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Hs256(_) => "HS256",
            Self::Es256(_) => "ES256",
        })
    }
}

impl<'a> From<&WorkflowClaims<'a>> for Wire<'a> {
    fn from(claims: &WorkflowClaims<'a>) -> Self {
        Self {
            iss: claims.issuer,
            aud: claims.audience,
            sub: claims.wsid,
            jti: Uuid16(claims.jti),
            iat: claims.issued,
            exp: claims.issued.plus(LIFETIME),
            site: claims.site,
            origin: claims.origin,
            user: claims.user,
            turn: claims.turn,
            mid: claims.message.map(|message| message.mid),
            mh: claims.message.map(|message| message.hash),
        }
    }
}

/// The webhook's address as `aud`: without query, fragment, user name and password.
#[must_use]
pub fn audience(webhook: &Url) -> String {
    let origin = webhook.origin().ascii_serialization();
    format!("{origin}{}", webhook.path())
}

/// `mh`: the hash of the text that the workflow gets as `chatInput`.
#[must_use]
pub fn message_hash(message: &MessageText) -> String {
    encoding::b64(&sha256(&[message.as_str().as_bytes()]))
}

#[cfg(test)]
mod tests;
