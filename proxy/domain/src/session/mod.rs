//! A conversation's state, which the browser carries as a signed token (PROTOCOL §2).

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    chain::{Exchange, Head},
    clock::UnixTime,
    encoding,
    keys::KeyId,
    origin::Origin,
    site::SiteId,
};

mod claims;
mod verify;

pub use verify::Continuation;

/// The longest session token, in bytes.
pub const MAX_TOKEN_BYTES: usize = 2_048;

/// The longest `user` claim, in bytes of compact JSON.
pub const MAX_USER_BYTES: usize = 512;

/// The way in by which a session was opened; its calls must come the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// Our own document in an iframe or as a page: calls bear our own `Origin`.
    Frame,
    /// A front end of the site's own: calls bear the `Origin` of the claim.
    Cors,
}

/// How long sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Without a new token.
    pub idle: Duration,
    /// From the start, whatever happens.
    pub max: Duration,
}

/// The SHA-256 thumbprint of the visitor's key (RFC 7638).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Reads base64url.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        encoding::array_from_b64(text).map(Self)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding::b64(&self.0))
    }
}

/// What the site's user token said about the visitor, and was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who vouches for the user, `uiss`.
    pub issuer: String,
    /// The user, `sub`.
    pub subject: String,
    /// Further verified claims, `user`.
    pub claims: Option<Map<String, Value>>,
    /// When the user token's word ends, `uexp`.
    pub expires: UnixTime,
}

/// A session as its token says it; only [`Session::new`] and a verified token make one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// The site, `aud`.
    pub site: SiteId,
    /// The origin of the page around the chat.
    pub origin: Origin,
    /// The way in.
    pub via: Via,
    /// The session's name; never leaves the proxy but inside tokens and to its own browser.
    pub sid: Uuid,
    /// This token's name.
    pub jti: Uuid,
    /// How many tokens of this session were derived, one from the other, before this one.
    pub seq: u32,
    /// When this token was minted, `iat`.
    pub issued: UnixTime,
    /// When the session began.
    pub start: UnixTime,
    /// When it ends at the latest.
    pub max: UnixTime,
    /// When this token ends, `exp`.
    pub expires: UnixTime,
    /// The key behind the workflow's ids of this session.
    pub wk: KeyId,
    /// Sealed turns.
    pub turn: u32,
    /// The head of the chain after them.
    pub head: Head,
    /// The key that calls must prove to hold, `cnf.jkt`.
    pub binding: Option<Thumbprint>,
    /// The verified user.
    pub identity: Option<Identity>,
}

/// What a new session begins with.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The site.
    pub site: SiteId,
    /// The origin of the page around the chat.
    pub origin: Origin,
    /// The way in.
    pub via: Via,
    /// A fresh random `UUIDv4`.
    pub sid: Uuid,
    /// A fresh UUID.
    pub jti: Uuid,
    /// [`crate::keys::Keyring::current`].
    pub wk: KeyId,
}

impl Session {
    /// Begins an empty conversation.
    #[must_use]
    pub fn new(new: NewSession, now: UnixTime, life: &Lifetimes) -> Self {
        let NewSession {
            site,
            origin,
            via,
            sid,
            jti,
            wk,
        } = new;
        let head = Head::start(&site, sid);
        let max = now.plus(life.max);
        let fresh = Self {
            site,
            origin,
            via,
            sid,
            jti,
            seq: 0,
            issued: now,
            start: now,
            max,
            expires: max,
            wk,
            turn: 0,
            head,
            binding: None,
            identity: None,
        };
        fresh.lasting(life)
    }

    /// Carries the conversation on with a fresh lifetime, within its `max`.
    ///
    /// A replica whose clock is behind the one that opened the session counts from the start: no token is older than
    /// its session.
    #[must_use]
    pub fn renew(&self, jti: Uuid, now: UnixTime, life: &Lifetimes) -> Self {
        let next = Self {
            jti,
            seq: self.seq.saturating_add(1),
            issued: now.max(self.start),
            ..self.clone()
        };
        next.lasting(life)
    }

    /// Seals a turn: the state after it, with a fresh lifetime within its `max`.
    #[must_use]
    pub fn advance(&self, exchange: &Exchange, jti: Uuid, now: UnixTime, life: &Lifetimes) -> Self {
        let turn = self.turn.saturating_add(1);
        let head = self.head.after(turn, exchange);
        Self {
            turn,
            head,
            ..self.renew(jti, now, life)
        }
    }

    fn lasting(self, life: &Lifetimes) -> Self {
        let until_idle = self.issued.plus(life.idle).min(self.max);
        let expires = self
            .identity
            .as_ref()
            .map_or(until_idle, |user| until_idle.min(user.expires));
        Self { expires, ..self }
    }
}

#[cfg(test)]
mod forgeries;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
