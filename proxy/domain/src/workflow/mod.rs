//! The workflow token: it proves to the workflow that the proxy calls, and for which session (contract §2).

use std::time::Duration;

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use crate::{chain::sha256, clock::UnixTime, encoding, es256::PrivateKey, message::MessageText, token::jws};

pub use crate::es256::{Jwk, PemError, SigningError};

/// The lifetime of a token: minted anew for every try, it only has to last for one request.
pub const LIFETIME: Duration = Duration::from_secs(30);

/// The claims of a workflow token.
#[derive(Clone, Debug)]
pub struct WorkflowClaims<'a> {
    /// The proxy's own origin.
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
    /// The turn: the one that the reply will seal, the one that feedback rates, or the last that was sealed.
    pub turn: u32,
    /// The message; `None` with every other action. Such a token is no credential for a message where the workflow
    /// compares `mid` and `mh`.
    pub message: Option<MessageClaims<'a>>,
}

/// The claims about the message that a token is sent with.
#[derive(Clone, Copy, Debug)]
pub struct MessageClaims<'a> {
    /// The message as the workflow knows it, by [`crate::keys::Keyring::mid`].
    pub mid: &'a str,
    /// The hash of the message, by [`message_hash`].
    pub hash: &'a str,
}

/// The claims by their names. No `nbf`: n8n allows its clock no tolerance.
#[derive(Serialize)]
struct NamedClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    jti: WireUuid,
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

/// A UUID that is serialised in its wire form.
struct WireUuid(Uuid);

impl Serialize for WireUuid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

/// A signer of workflow tokens, and of nothing else.
#[derive(Debug)]
pub struct WorkflowSigner {
    /// The encoded header, the same for every token.
    header: String,
    key: SigningKey,
}

enum SigningKey {
    Hs256(Box<hmac::Key>),
    Es256(Box<PrivateKey>),
}

impl WorkflowSigner {
    /// Creates a signer with the UTF-8 bytes of the text itself, since n8n's credential holds that text.
    #[must_use]
    pub fn hs256(secret: &SecretString) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        // n8n wants the plain type, so no other token may be signed with these keys.
        let header = encoding::b64(br#"{"alg":"HS256","typ":"JWT"}"#);
        Self { header, key: SigningKey::Hs256(Box::new(key)) }
    }

    /// Creates a signer with a P-256 key in PEM, PKCS#8 or SEC1.
    pub fn es256(pem: &SecretString) -> Result<Self, PemError> {
        let key = PrivateKey::all_from_pem(pem.expose_secret())?.swap_remove(0);
        let header = format!(r#"{{"alg":"ES256","typ":"JWT","kid":"{}"}}"#, key.jwk().kid);
        Ok(Self { header: encoding::b64(header.as_bytes()), key: SigningKey::Es256(Box::new(key)) })
    }

    /// Mints a token that lives for [`LIFETIME`].
    pub fn sign(&self, claims: &WorkflowClaims<'_>) -> Result<String, SigningError> {
        let token = jws::unsigned(&self.header, &NamedClaims::from(claims));
        let signature = match &self.key {
            SigningKey::Hs256(key) => hmac::sign(key, token.as_bytes()).as_ref().to_vec(),
            SigningKey::Es256(key) => key.sign(token.as_bytes())?,
        };
        Ok(jws::signed(token, signature))
    }

    /// Returns the public half, for a JWKS; `None` with a shared secret.
    #[must_use]
    pub fn jwk(&self) -> Option<&Jwk> {
        match &self.key {
            SigningKey::Hs256(_) => None,
            SigningKey::Es256(key) => Some(key.jwk()),
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Hs256(_) => "HS256",
            Self::Es256(_) => "ES256",
        })
    }
}

impl<'a> From<&WorkflowClaims<'a>> for NamedClaims<'a> {
    fn from(claims: &WorkflowClaims<'a>) -> Self {
        Self {
            iss: claims.issuer,
            aud: claims.audience,
            sub: claims.wsid,
            jti: WireUuid(claims.jti),
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

/// Returns the webhook's URL as `aud`: without query, fragment, user name and password.
#[must_use]
pub fn audience(webhook: &Url) -> String {
    let origin = webhook.origin().ascii_serialization();
    format!("{origin}{}", webhook.path())
}

/// Computes `mh`, the hash of the text that the workflow gets as `chatInput`.
#[must_use]
pub fn message_hash(message: &MessageText) -> String {
    encoding::b64(&sha256(&[message.as_str().as_bytes()]))
}

#[cfg(test)]
mod tests;
