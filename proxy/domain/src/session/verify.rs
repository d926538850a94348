//! Minting and verifying session tokens.

use super::{MAX_SESSION_TOKEN_BYTES, Session, Thumbprint, Via, claims::SessionClaims};
use crate::{
    keys::Keyring,
    origin::Origin,
    site::SiteId,
    token::{
        TokenError, TokenErrorKind, Validation,
        jws::{self, TokenType},
    },
};

/// The context of a call that carries a conversation on.
#[derive(Clone, Copy, Debug)]
pub struct Continuation<'a> {
    /// The site of the call.
    pub site: &'a SiteId,
    /// The origin of the page around the chat.
    pub origin: &'a Origin,
    /// The way in of the call.
    pub via: Via,
    /// The key that the call has proven.
    pub proven: Option<Thumbprint>,
}

impl Keyring {
    /// Mints the token of a session; `issuer` is the proxy's own origin.
    #[must_use]
    pub fn mint_session(&self, session: &Session, issuer: &str) -> String {
        self.signer(TokenType::Session).sign(&SessionClaims::new(session, issuer))
    }

    /// Verifies a session token. The caller checks that the site is known and on, that the call comes by the session's
    /// way in and, for a bound one, with its proof.
    pub fn verify_session(&self, token: &str, validation: &Validation<'_>) -> Result<Session, TokenError> {
        let session = self.read_session(token, validation)?;
        validation.check_expiry(session.expires)?;
        Ok(session)
    }

    /// Verifies an earlier token whose conversation may be carried on: it may have expired, but `max` is not over, and
    /// it is of the same context.
    ///
    /// The caller checks that the site is on, that the origin is still listed, and that the session is not revoked. A
    /// session that is bound to another key than the proven one is refused, and so is one of a user, of whom the call has no
    /// proof.
    pub fn verify_previous(
        &self,
        token: &str,
        validation: &Validation<'_>,
        context: &Continuation<'_>,
    ) -> Result<Session, TokenError> {
        let session = self.read_session(token, validation)?;
        if validation.now > session.max {
            return Err(TokenErrorKind::Expired.into());
        }
        if session.site != *context.site || session.origin != *context.origin || session.via != context.via {
            return Err(TokenErrorKind::OtherContext.into());
        }
        let is_unproven = session.binding.is_some_and(|key| Some(key) != context.proven);
        if is_unproven || session.identity.is_some() {
            return Err(TokenErrorKind::Unproven.into());
        }
        Ok(session)
    }

    /// Verifies everything but the expiry.
    fn read_session(&self, token: &str, validation: &Validation<'_>) -> Result<Session, TokenErrorKind> {
        let verifier = |kid| self.verifier(TokenType::Session, kid);
        let claims = jws::verify(token, TokenType::Session, MAX_SESSION_TOKEN_BYTES, verifier)?;
        let claims: SessionClaims<'_> = jws::parse_object(&claims).ok_or(TokenErrorKind::Claims)?;
        validation.check_issuer(claims.iss)?;
        let session = claims.into_session().ok_or(TokenErrorKind::Claims)?;
        validation.check_lifetime(session.issued, session.expires, validation.max_life)?;
        // Our own sessions end within the longest life; only a forged one claims more.
        if session.max.since(session.start) > validation.max_life {
            return Err(TokenErrorKind::Lifetime);
        }
        validation.check_age(session.issued)?;
        // Without that key no message can be forwarded: carried on, the conversation would be refused for ever.
        self.workflow_key(session.wk)?;
        Ok(session)
    }
}
