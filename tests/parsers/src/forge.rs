//! Tokens signed with the right keys, by the contract §1 and §2 and not by the code that reads them.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use porthole_domain::clock::UnixTime;
use porthole_domain::keys::Keyring;
use porthole_domain::origin::Origin;
use porthole_domain::session::{Lifetimes, NewSession, Session, Via};
use porthole_domain::site::SiteId;
use porthole_domain::token::Validation;
use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use uuid::Uuid;

const SECRET: &str = "q8Zr1vXoPf0mJc7uKd2sLwTb5nYh9eGa";
const ISSUER: &str = "https://chat.example.com";

/// The time at which everything is read.
pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);

/// The lifetime of sessions.
pub(crate) const LIFE: Lifetimes =
    Lifetimes { idle: Duration::from_hours(24), max: Duration::from_hours(720) };

/// The values that every token has to agree with.
pub(crate) const VALIDATION: Validation<'static> =
    Validation { issuer: ISSUER, now: NOW, max_life: LIFE.max };

/// The proxy's keys.
pub(crate) static RING: LazyLock<Keyring> =
    LazyLock::new(|| Keyring::new(&[SecretString::from(SECRET)]).unwrap());

/// A session that holds.
pub(crate) fn session() -> Session {
    let opening = NewSession {
        site: SiteId::default(),
        origin: Origin::normalise("https://shop.example").unwrap(),
        via: Via::Frame,
        sid: Uuid::from_u128(0x6f1c_2d3e_4a5b_4c6d_8e7f_0011_2233_4455),
        jti: Uuid::from_u128(1),
        wk: RING.signing_key_id(),
    };
    Session::new(opening, NOW, &LIFE)
}

/// A kind of forged token: its name in the header, and in the derivation of its key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ForgedKind(&'static str);

pub(crate) const SESSION: ForgedKind = ForgedKind("session");
pub(crate) const TICKET: ForgedKind = ForgedKind("ticket");

impl ForgedKind {
    pub(crate) fn typ(self) -> String {
        format!("{}+jwt", self.0)
    }

    /// Signs any header and payload.
    pub(crate) fn sign(self, header: &[u8], payload: &[u8]) -> String {
        let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let key = hmac::Key::new(hmac::HMAC_SHA256, &derive(self.0));
        let signature = hmac::sign(&key, input.as_bytes());
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// The members of the only header that is read.
    pub(crate) fn header(self) -> Vec<(String, Value)> {
        let kid = URL_SAFE_NO_PAD.encode(&derive("kid")[..8]);
        let members = [("alg", "HS256".into()), ("typ", self.typ()), ("kid", kid)];
        members.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
    }
}

fn derive(purpose: &str) -> [u8; 32] {
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(SECRET.as_bytes());
    let mut key = [0; 32];
    prk.expand(&[b"porthole/1/", purpose.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .unwrap();
    key
}

/// Mints a token with the proxy's own code.
pub(crate) fn mint_session(session: &Session) -> String {
    RING.mint_session(session, ISSUER)
}

/// Mints a ticket with the proxy's own code.
pub(crate) fn mint_ticket(ticket: &porthole_domain::ticket::Ticket) -> String {
    RING.mint_ticket(ticket, ISSUER)
}

/// Header and claims of a token, member by member in their order, repeated ones too.
pub(crate) fn read(token: &str) -> Option<[Vec<(String, Value)>; 2]> {
    let mut parts = token.split('.');
    let mut members = || {
        let bytes = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        serde_json::from_slice(&bytes).ok().map(|ObjectMembers(members)| members)
    };
    Some([members()?, members()?])
}

/// The members of an object as they were written.
struct ObjectMembers(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for ObjectMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = ObjectMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ObjectMembers, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(ObjectMembers(members))
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}
