//! The claims of a session token, name by name.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{Identity, MAX_USER_BYTES, Session, Thumbprint, Via};
use crate::{chain::Head, clock::UnixTime, encoding, origin::Origin, site::SiteId, token::KeyId};

/// The version of the claims.
const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionClaims<'a> {
    v: u8,
    pub(super) iss: &'a str,
    aud: &'a str,
    origin: &'a str,
    via: Via,
    sid: String,
    jti: String,
    seq: u32,
    iat: UnixTime,
    start: UnixTime,
    max: UnixTime,
    exp: UnixTime,
    wk: String,
    turn: u32,
    head: String,
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    cnf: Option<Confirmation>,
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    uiss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    user: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    uexp: Option<UnixTime>,
}

/// Deserializes an optional claim that is present: `null`, which serde takes for absent, is never minted.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(claim: D) -> Result<Option<T>, D::Error> {
    T::deserialize(claim).map(Some)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    jkt: String,
}

impl<'a> SessionClaims<'a> {
    pub(super) fn new(session: &'a Session, issuer: &'a str) -> Self {
        let identity = session.identity.as_ref();
        Self {
            v: VERSION,
            iss: issuer,
            aud: session.site.as_str(),
            origin: session.origin.as_str(),
            via: session.via,
            sid: session.sid.to_string(),
            jti: session.jti.to_string(),
            seq: session.seq,
            iat: session.issued,
            start: session.start,
            max: session.max,
            exp: session.expires,
            wk: session.wk.to_string(),
            turn: session.turn,
            head: session.head.to_string(),
            cnf: session.binding.map(|key| Confirmation { jkt: key.to_string() }),
            uiss: identity.map(|user| user.issuer.clone()),
            sub: identity.map(|user| user.subject.clone()),
            user: identity.and_then(|user| user.claims.clone()),
            uexp: identity.map(|user| user.expires),
        }
    }

    /// Parses the session; `None` where a claim is malformed, or claims contradict each other.
    pub(super) fn into_session(self) -> Option<Session> {
        let in_order =
            self.start <= self.iat && self.exp <= self.max && self.uexp.is_none_or(|uexp| self.exp <= uexp);
        if self.v != VERSION || !in_order {
            return None;
        }
        let binding = match &self.cnf {
            Some(confirmation) => Some(Thumbprint::parse(&confirmation.jkt)?),
            None => None,
        };
        Some(Session {
            site: SiteId::parse(self.aud).ok()?,
            origin: Origin::from_serialised(self.origin)?,
            via: self.via,
            sid: encoding::uuid(&self.sid)?,
            jti: encoding::uuid(&self.jti)?,
            seq: self.seq,
            issued: self.iat,
            start: self.start,
            max: self.max,
            expires: self.exp,
            wk: KeyId::parse(&self.wk)?,
            turn: self.turn,
            head: Head::parse(&self.head)?,
            binding,
            identity: identity(self.uiss, self.sub, self.user, self.uexp).ok()?,
        })
    }
}

/// The error of claims that belong together and are not all there, or of one that is too long.
struct IncompleteIdentity;

fn identity(
    issuer: Option<String>,
    subject: Option<String>,
    claims: Option<Map<String, Value>>,
    expires: Option<UnixTime>,
) -> Result<Option<Identity>, IncompleteIdentity> {
    match (issuer, subject, claims, expires) {
        (None, None, None, None) => Ok(None),
        (Some(issuer), Some(subject), claims, Some(expires)) if is_short(claims.as_ref()) => {
            Ok(Some(Identity { issuer, subject, claims, expires }))
        }
        _ => Err(IncompleteIdentity),
    }
}

fn is_short(claims: Option<&Map<String, Value>>) -> bool {
    claims.is_none_or(|claims| serde_json::to_string(claims).is_ok_and(|json| json.len() <= MAX_USER_BYTES))
}
