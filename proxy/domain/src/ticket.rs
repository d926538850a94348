//! The frame's ticket: it opens one thing, a new, empty session (contract §2).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    clock::UnixTime,
    keys::Keyring,
    origin::Origin,
    site::SiteId,
    token::{
        MAX_TOKEN_BYTES, TokenError, TokenErrorKind, Validation,
        jws::{self, TokenType},
    },
};

/// The lifetime of a ticket: a page that is left open over night still works in the morning.
pub const LIFETIME: Duration = Duration::from_hours(12);

/// A ticket: the site and origin for which it opens a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The site.
    pub site: SiteId,
    /// The origin of the page around the frame.
    pub origin: Origin,
    /// The time at which it was minted.
    pub issued: UnixTime,
    /// The time at which it ends.
    pub expires: UnixTime,
}

/// The refusal of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TicketError {
    /// The ticket is one of ours and has expired: the frame may fetch another.
    #[error("the ticket has expired")]
    Expired,
    /// The ticket is not valid.
    #[error(transparent)]
    Invalid(TokenError),
}

impl From<TokenErrorKind> for TicketError {
    fn from(cause: TokenErrorKind) -> Self {
        Self::Invalid(cause.into())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TicketClaims {
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
    /// Creates a ticket that lives from now on.
    #[must_use]
    pub fn new(site: SiteId, origin: Origin, now: UnixTime) -> Self {
        Self { site, origin, issued: now, expires: now.plus(LIFETIME) }
    }
}

impl TicketClaims {
    fn to_ticket(&self) -> Option<Ticket> {
        let site = SiteId::parse(&self.aud).ok()?;
        let origin = Origin::from_serialised(&self.origin)?;
        let ticket = Ticket { site, origin, issued: self.iat, expires: self.exp };
        (self.v == VERSION).then_some(ticket)
    }
}

impl Keyring {
    /// Mints the token of a ticket; `issuer` is the proxy's own origin.
    #[must_use]
    pub fn mint_ticket(&self, ticket: &Ticket, issuer: &str) -> String {
        self.signer(TokenType::Ticket).sign(&TicketClaims {
            v: VERSION,
            iss: issuer.to_owned(),
            aud: ticket.site.to_string(),
            origin: ticket.origin.to_string(),
            iat: ticket.issued,
            exp: ticket.expires,
        })
    }

    /// Verifies a ticket. The caller checks that the site is known and on, and that the origin is still listed.
    pub fn verify_ticket(&self, token: &str, validation: &Validation<'_>) -> Result<Ticket, TicketError> {
        let verifier = |kid| self.verifier(TokenType::Ticket, kid);
        let claims = jws::verify(token, TokenType::Ticket, MAX_TOKEN_BYTES, verifier)?;
        let claims: TicketClaims = jws::parse_object(&claims).ok_or(TokenErrorKind::Claims)?;
        let ticket = claims.to_ticket().ok_or(TokenErrorKind::Claims)?;
        validation.check_issuer(&claims.iss)?;
        validation.check_lifetime(ticket.issued, ticket.expires, LIFETIME)?;
        validation.check_expiry(ticket.expires).map_err(|_| TicketError::Expired)?;
        Ok(ticket)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::SecretString;
    use serde_json::json;

    use super::{LIFETIME, Ticket, TicketError};
    use crate::{
        clock::UnixTime,
        keys::Keyring,
        origin::Origin,
        site::SiteId,
        token::{TokenErrorKind, Validation, jws::TokenType},
    };

    const ISSUER: &str = "https://chat.example.com";
    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn ring() -> Keyring {
        Keyring::new(&[SecretString::from("q8Zr1vXoPf0mJc7uKd2sLwTb5nYh9eGa")]).unwrap()
    }

    fn ticket() -> Ticket {
        Ticket::new(SiteId::default(), Origin::normalise("https://shop.example").unwrap(), NOW)
    }

    fn at(now: UnixTime) -> Validation<'static> {
        Validation { issuer: ISSUER, now, max_life: Duration::from_mins(1) }
    }

    #[test]
    fn a_ticket_is_read_back_while_it_lives() {
        let ring = ring();
        let token = ring.mint_ticket(&ticket(), ISSUER);
        for now in [NOW, NOW.plus(LIFETIME)] {
            assert_eq!(ring.verify_ticket(&token, &at(now)), Ok(ticket()));
        }
    }

    #[test]
    fn an_expired_ticket_is_told_apart_however_old_it_is() {
        let ring = ring();
        let token = ring.mint_ticket(&ticket(), ISSUER);
        for hours in [13, 72, 10_000] {
            let now = NOW.plus(Duration::from_hours(hours));
            assert_eq!(ring.verify_ticket(&token, &at(now)), Err(TicketError::Expired), "{hours} h");
        }
    }

    #[test]
    fn a_ticket_that_is_not_as_listed_is_invalid() {
        let ring = ring();
        let header =
            |typ: &str| format!(r#"{{"alg":"HS256","typ":"{typ}","kid":"{}"}}"#, ring.signing_key_id());
        let claims = |name: &str, value: serde_json::Value| {
            let (iat, exp) = (NOW.0, NOW.0 + 60);
            let origin = "https://shop.example";
            let mut claims =
                json!({"v": 1, "iss": ISSUER, "aud": "default", "origin": origin, "iat": iat, "exp": exp});
            claims[name] = value;
            claims.to_string()
        };
        let far = json!(NOW.0 + 12 * 3_600 + 1);
        let cases = [
            ("session+jwt", claims("v", json!(1)), TokenErrorKind::Type),
            ("ticket+jwt", claims("v", json!(2)), TokenErrorKind::Claims),
            ("ticket+jwt", claims("sid", json!("x")), TokenErrorKind::Claims),
            ("ticket+jwt", claims("origin", json!("null")), TokenErrorKind::Claims),
            ("ticket+jwt", claims("aud", json!("NO")), TokenErrorKind::Claims),
            ("ticket+jwt", claims("iss", json!("https://other.example")), TokenErrorKind::Issuer),
            ("ticket+jwt", claims("iat", json!(NOW.0 + 31)), TokenErrorKind::Future),
            ("ticket+jwt", claims("exp", far), TokenErrorKind::Lifetime),
            ("ticket+jwt", claims("exp", json!(NOW.0 - 1)), TokenErrorKind::Lifetime),
        ];
        let good = ring.signer(TokenType::Ticket).forge(&header("ticket+jwt"), &claims("v", json!(1)));
        assert!(ring.verify_ticket(&good, &at(NOW)).is_ok());
        for (typ, claims, want) in cases {
            let token = ring.signer(TokenType::Ticket).forge(&header(typ), &claims);
            let got = ring.verify_ticket(&token, &at(NOW));
            assert_eq!(got, Err(TicketError::Invalid(want.into())), "{typ} {claims}");
        }
    }

    #[test]
    fn a_ticket_larger_than_a_token_may_be_is_not_looked_at() {
        let refusal = ring().verify_ticket(&"A".repeat(4_097), &at(NOW));
        assert_eq!(refusal, Err(TicketError::Invalid(TokenErrorKind::TooLarge.into())));
    }
}
