//! The frame's ticket: it opens one thing, a new, empty session (PROTOCOL §2).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    clock::UnixTime,
    keys::Keyring,
    origin::Origin,
    site::SiteId,
    token::{
        Cause, Expect, Frame, MAX_TOKEN_BYTES, TokenError,
        jws::{self, Kind},
    },
};

/// How long a ticket lives: a page left open over night still works in the morning.
pub const LIFE: Duration = Duration::from_secs(12 * 60 * 60);

/// What a ticket says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The site.
    pub site: SiteId,
    /// The origin of the page around the frame.
    pub origin: Origin,
    /// When it was minted.
    pub issued: UnixTime,
    /// When it ends.
    pub expires: UnixTime,
}

/// A ticket was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TicketError {
    /// It was one of ours, and its time is over: the frame may fetch another.
    #[error("the ticket has expired")]
    Expired,
    /// Anything else.
    #[error(transparent)]
    Invalid(TokenError),
}

impl From<Cause> for TicketError {
    fn from(cause: Cause) -> Self {
        Self::Invalid(cause.into())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    v: u8,
    iss: String,
    aud: String,
    origin: String,
    iat: UnixTime,
    exp: UnixTime,
}

/// The version of the claims.
const VERSION: u8 = 1;

impl Ticket {
    /// Makes a ticket that lives from now on.
    #[must_use]
    pub fn new(site: SiteId, origin: Origin, now: UnixTime) -> Self {
        Self {
            site,
            origin,
            issued: now,
            expires: now.plus(LIFE),
        }
    }
}

impl Claims {
    fn to_ticket(&self) -> Option<Ticket> {
        let site = SiteId::parse(&self.aud).ok()?;
        let origin = Origin::from_serialised(&self.origin)?;
        let ticket = Ticket {
            site,
            origin,
            issued: self.iat,
            expires: self.exp,
        };
        (self.v == VERSION).then_some(ticket)
    }
}

impl Keyring {
    /// Writes a ticket as a token; `issuer` is the proxy's own address.
    #[must_use]
    pub fn mint_ticket(&self, ticket: &Ticket, issuer: &str) -> String {
        self.signer(Kind::Ticket).sign(&Claims {
            v: VERSION,
            iss: issuer.to_owned(),
            aud: ticket.site.to_string(),
            origin: ticket.origin.to_string(),
            iat: ticket.issued,
            exp: ticket.expires,
        })
    }

    /// Reads a ticket. Left to the caller: that the site is known and on, and the origin still listed.
    pub fn verify_ticket(&self, token: &str, expect: &Expect<'_>) -> Result<Ticket, TicketError> {
        let verifier = |kid| self.verifier(Kind::Ticket, kid);
        let claims: Claims = jws::read(token, Kind::Ticket, MAX_TOKEN_BYTES, verifier)?;
        let ticket = claims.to_ticket().ok_or(Cause::Claims)?;
        let frame = Frame {
            issuer: &claims.iss,
            issued: ticket.issued,
            expires: ticket.expires,
        };
        expect.check_frame(&frame, LIFE)?;
        expect
            .check_expiry(ticket.expires)
            .map_err(|_| TicketError::Expired)?;
        Ok(ticket)
    }
}
