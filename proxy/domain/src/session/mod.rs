//! A session: the state of a conversation, which the browser carries as a signed token (contract §2).

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    chain::{Head, SealedTurn},
    clock::UnixTime,
    encoding,
    origin::Origin,
    site::SiteId,
    token::KeyId,
};

mod claims;
#[cfg(test)]
mod tests;
mod verify;
mod workflow_ids;

pub use verify::Continuation;

/// The bytes of the longest session token.
const MAX_SESSION_TOKEN_BYTES: usize = 2_048;

/// The bytes of the longest `user` claim, as compact JSON.
const MAX_USER_BYTES: usize = 512;

/// The way in by which a session was opened; its calls must come the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// Our own document in an iframe or as a page: calls bear our own `Origin`.
    Frame,
    /// A front end of the site's own: calls bear the `Origin` of the claim.
    Cors,
}

/// The lifetimes of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// The time without a new token after which a session ends.
    pub idle: Duration,
    /// The time from the start after which it ends in any case.
    pub max: Duration,
}

/// The binding of new sessions to keys of their browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingPolicy {
    /// No new session is bound.
    Off,
    /// A session is bound where its browser offers a key.
    Auto,
    /// Only bound sessions are served.
    Required,
}

/// The SHA-256 thumbprint of the visitor's key (RFC 7638).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Parses base64url.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        encoding::array_from_b64(text).map(Self)
    }
}

impl From<[u8; 32]> for Thumbprint {
    fn from(hash: [u8; 32]) -> Self {
        Self(hash)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding::b64(&self.0))
    }
}

/// The verified statements of the site's user token about the visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The issuer that vouches for the user, `uiss`.
    pub issuer: String,
    /// The user, `sub`.
    pub subject: String,
    /// Further verified claims, `user`.
    pub claims: Option<Map<String, Value>>,
    /// The end of the user token, `uexp`.
    pub expires: UnixTime,
}

/// A session; only [`Session::new`] and a verified token make one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// The site, `aud`.
    pub site: SiteId,
    /// The origin of the page around the chat.
    pub origin: Origin,
    /// The way in.
    pub via: Via,
    /// The session's id: only its own browser sees it, and the workflow never.
    pub sid: Uuid,
    /// This token's id.
    pub jti: Uuid,
    /// The number of tokens of this session that were derived, one from the other, before this one.
    pub seq: u32,
    /// The time at which this token was minted, `iat`.
    pub issued: UnixTime,
    /// The start of the session.
    pub start: UnixTime,
    /// The latest end of the session.
    pub max: UnixTime,
    /// The end of this token, `exp`.
    pub expires: UnixTime,
    /// The key behind the session's ids at the workflow.
    pub wk: KeyId,
    /// The number of sealed turns.
    pub turn: u32,
    /// The head of the chain after those turns.
    pub head: Head,
    /// The key of which calls need a proof, `cnf.jkt`.
    pub binding: Option<Thumbprint>,
    /// The verified user.
    pub identity: Option<Identity>,
}

/// The values with which a new session begins.
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
    /// The key behind its ids at the workflow: [`crate::keys::Keyring::signing_key_id`].
    pub wk: KeyId,
}

impl Session {
    /// Creates the session of an empty conversation.
    #[must_use]
    pub fn new(new: NewSession, now: UnixTime, life: &Lifetimes) -> Self {
        let NewSession { site, origin, via, sid, jti, wk } = new;
        let head = Head::new(&site, sid);
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
        fresh.with_expiry(life)
    }

    /// Renews the token: the conversation is carried on with a fresh lifetime within `max`.
    ///
    /// On a replica whose clock is behind that of the one which opened the session, the lifetime counts from the start:
    /// no token is older than its session.
    #[must_use]
    pub fn renew(&self, jti: Uuid, now: UnixTime, life: &Lifetimes) -> Self {
        let next = Self { jti, seq: self.seq.saturating_add(1), issued: now.max(self.start), ..self.clone() };
        next.with_expiry(life)
    }

    /// Seals a turn: returns the state after it, with a fresh lifetime within `max`.
    #[must_use]
    pub fn advance(&self, sealed: &SealedTurn, jti: Uuid, now: UnixTime, life: &Lifetimes) -> Self {
        let turn = self.turn.saturating_add(1);
        let head = self.head.after(turn, sealed);
        Self { turn, head, ..self.renew(jti, now, life) }
    }

    /// Binds the session to a key of its browser; a binding is never changed.
    #[must_use]
    pub fn bound_to(self, key: Option<Thumbprint>) -> Self {
        Self { binding: self.binding.or(key), ..self }
    }

    fn with_expiry(self, life: &Lifetimes) -> Self {
        let until_idle = self.issued.plus(life.idle).min(self.max);
        let expires = self.identity.as_ref().map_or(until_idle, |user| until_idle.min(user.expires));
        Self { expires, ..self }
    }
}
