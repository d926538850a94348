//! Minting and reading session tokens.

use super::{MAX_TOKEN_BYTES, Session, Via, claims::Claims};
use crate::{
    keys::Keyring,
    origin::Origin,
    site::SiteId,
    token::{
        Frame, TokenError, TokenErrorKind, Validation,
        jws::{self, Kind},
    },
};

/// Where a conversation is to be carried on.
#[derive(Clone, Copy, Debug)]
pub struct Continuation<'a> {
    /// The site of the call.
    pub site: &'a SiteId,
    /// The origin of the page around the chat.
    pub origin: &'a Origin,
    /// The way in of the call.
    pub via: Via,
}

impl Keyring {
    /// Writes a session as a token; `issuer` is the proxy's own address.
    #[must_use]
    pub fn mint_session(&self, session: &Session, issuer: &str) -> String {
        self.signer(Kind::Session).sign(&Claims::of(session, issuer))
    }

    /// Reads a session token that still holds. Left to the caller: that the site is known and on,
    /// that the call came by the session's way in and, for a bound one, with its proof.
    pub fn verify_session(&self, token: &str, expect: &Validation<'_>) -> Result<Session, TokenError> {
        let session = self.read_session(token, expect)?;
        expect.check_expiry(session.expires)?;
        Ok(session)
    }

    /// Reads an earlier token whose conversation may be carried on: it may have expired, but not
    /// its `max`, and it belongs to the same place. Left to the caller: that the site is on, its
    /// `not_before`, and that the origin is still listed. A session that is bound to a key or a user
    /// is refused, for the call brings no proof of either.
    pub fn verify_previous(
        &self,
        token: &str,
        expect: &Validation<'_>,
        place: &Continuation<'_>,
    ) -> Result<Session, TokenError> {
        let session = self.read_session(token, expect)?;
        if expect.now > session.max {
            return Err(TokenErrorKind::Expired.into());
        }
        if session.site != *place.site || session.origin != *place.origin || session.via != place.via {
            return Err(TokenErrorKind::Elsewhere.into());
        }
        if session.binding.is_some() || session.identity.is_some() {
            return Err(TokenErrorKind::Unproven.into());
        }
        Ok(session)
    }

    /// Everything but the expiry.
    fn read_session(&self, token: &str, expect: &Validation<'_>) -> Result<Session, TokenErrorKind> {
        let verifier = |kid| self.verifier(Kind::Session, kid);
        let claims: Claims = jws::read(token, Kind::Session, MAX_TOKEN_BYTES, verifier)?;
        let issuer = claims.iss.clone();
        let session = claims.into_session().ok_or(TokenErrorKind::Claims)?;
        let frame = Frame {
            issuer: &issuer,
            issued: session.issued,
            expires: session.expires,
        };
        expect.check_frame(&frame, expect.max_life)?;
        // Ours end within the longest life of a session; only a forged one asks for more.
        if session.max.since(session.start) > expect.max_life {
            return Err(TokenErrorKind::Lifetime);
        }
        expect.check_age(session.issued)?;
        // Without it no message can be sent on: carried on, the conversation would be refused for ever.
        self.workflow_key(&session)?;
        Ok(session)
    }
}
