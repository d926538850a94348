//! The keys behind everything internal, derived from `JWT_SECRET_KEY` (PROTOCOL §1).

use std::fmt;

use aws_lc_rs::{hkdf, hmac};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    chain::Head,
    encoding,
    message::MessageId,
    session::Session,
    site::SiteId,
    token::{
        TokenError, TokenErrorKind,
        jws::{Kind, Signer},
    },
};

mod secret;

pub use secret::{
    MIN_SECRET_BYTES, NamedSecret, Weakness, WeaknessCause, constant_time_eq, find_weaknesses, parse_secrets,
};

/// The name of a secret's keys in tokens; says nothing about the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// Reads base64url.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        encoding::array_from_b64(text).map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding::b64(&self.0))
    }
}

/// Why no keys can be made of the secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// There is no secret.
    #[error("there is no secret to sign with")]
    NoSecret,
    /// The same secret stands there twice.
    #[error("secret number {second} repeats number {first}")]
    Repeated {
        /// Where it stands first, counted from 1.
        first: usize,
        /// Where it stands again.
        second: usize,
    },
    /// The derivation function refused.
    #[error("the keys cannot be derived")]
    Derivation,
}

/// All keys of one secret, one per purpose.
struct KeySet {
    kid: KeyId,
    session: Signer,
    ticket: Signer,
    wsid: hmac::Key,
    receipt: hmac::Key,
}

/// The keys of all secrets: the first signs, all verify.
pub struct Keyring {
    signing: KeySet,
    others: Vec<KeySet>,
}

impl Keyring {
    /// Derives the keys.
    pub fn new(secrets: &[SecretString]) -> Result<Self, KeyError> {
        let mut sets: Vec<KeySet> = Vec::with_capacity(secrets.len());
        for (at, secret) in secrets.iter().enumerate() {
            let set = KeySet::derive(secret.expose_secret().as_bytes()).map_err(|_| KeyError::Derivation)?;
            if let Some(first) = sets.iter().position(|other| other.kid == set.kid) {
                return Err(KeyError::Repeated {
                    first: first + 1,
                    second: at + 1,
                });
            }
            sets.push(set);
        }
        if sets.is_empty() {
            return Err(KeyError::NoSecret);
        }
        let signing = sets.remove(0);
        Ok(Self {
            signing,
            others: sets,
        })
    }

    /// The id of the keys that sign now; a new session keeps it as its `wk`.
    #[must_use]
    pub const fn signing_key_id(&self) -> KeyId {
        self.signing.kid
    }

    pub(crate) fn signer(&self, kind: Kind) -> &Signer {
        self.signing.signer(kind)
    }

    pub(crate) fn verifier(&self, kind: Kind, id: KeyId) -> Option<&Signer> {
        self.find(id).map(|set| set.signer(kind))
    }

    fn find(&self, id: KeyId) -> Option<&KeySet> {
        std::iter::once(&self.signing)
            .chain(&self.others)
            .find(|set| set.kid == id)
    }

    /// The id under which the workflow knows the session; the browser never sees it.
    pub fn wsid(&self, session: &Session) -> Result<String, TokenError> {
        let parts: [&[u8]; 3] = [site_bytes(&session.site), b"\0", session.sid.as_bytes()];
        Ok(mac(self.workflow_key(session)?, &parts))
    }

    /// The id under which the workflow knows a message, also its `Idempotency-Key`.
    pub fn mid(&self, session: &Session, message_id: &MessageId) -> Result<String, TokenError> {
        let site = site_bytes(&session.site);
        let parts: [&[u8]; 5] = [
            b"mid\0",
            site,
            b"\0",
            session.sid.as_bytes(),
            message_id.as_bytes(),
        ];
        Ok(mac(self.workflow_key(session)?, &parts))
    }

    /// The key behind the session's ids at the workflow, if it is still there.
    pub(crate) fn workflow_key(&self, session: &Session) -> Result<&hmac::Key, TokenErrorKind> {
        self.find(session.wk)
            .map(|set| &set.wsid)
            .ok_or(TokenErrorKind::UnknownKey)
    }

    /// The proof that a turn was sealed here.
    #[must_use]
    pub fn receipt(&self, sid: Uuid, message_id: &MessageId, turn: u32, head: &Head) -> String {
        let sealed = sealed(sid, message_id, turn, head);
        mac(&self.signing.receipt, &[&sealed])
    }

    /// Whether `receipt` is the proof that this turn was sealed here, under any of the keys; in constant time.
    #[must_use]
    pub fn verify_receipt(
        &self,
        receipt: &str,
        sid: Uuid,
        message_id: &MessageId,
        turn: u32,
        head: &Head,
    ) -> bool {
        let Some(tag) = encoding::from_b64(receipt) else {
            return false;
        };
        let sealed = sealed(sid, message_id, turn, head);
        std::iter::once(&self.signing)
            .chain(&self.others)
            .any(|set| hmac::verify(&set.receipt, &sealed, &tag).is_ok())
    }
}

impl KeySet {
    fn derive(secret: &[u8]) -> Result<Self, aws_lc_rs::error::Unspecified> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret);
        let id = expand(&prk, b"kid")?;
        let mut kid = KeyId([0; 8]);
        kid.0.copy_from_slice(&id[..8]);
        Ok(Self {
            kid,
            session: Signer::new(Kind::Session, kid, &expand(&prk, b"session")?),
            ticket: Signer::new(Kind::Ticket, kid, &expand(&prk, b"ticket")?),
            wsid: hmac::Key::new(hmac::HMAC_SHA256, &expand(&prk, b"wsid")?),
            receipt: hmac::Key::new(hmac::HMAC_SHA256, &expand(&prk, b"receipt")?),
        })
    }

    const fn signer(&self, kind: Kind) -> &Signer {
        match kind {
            Kind::Session => &self.session,
            Kind::Ticket => &self.ticket,
        }
    }
}

fn expand(prk: &hkdf::Prk, kind: &[u8]) -> Result<[u8; 32], aws_lc_rs::error::Unspecified> {
    let mut key = [0; 32];
    prk.expand(&[b"porthole/1/", kind], hkdf::HKDF_SHA256)?
        .fill(&mut key)?;
    Ok(key)
}

/// What a receipt speaks of.
fn sealed(sid: Uuid, message_id: &MessageId, turn: u32, head: &Head) -> Vec<u8> {
    let parts: [&[u8]; 4] = [
        sid.as_bytes(),
        message_id.as_bytes(),
        &turn.to_be_bytes(),
        head.as_bytes(),
    ];
    parts.concat()
}

fn site_bytes(site: &SiteId) -> &[u8] {
    site.as_str().as_bytes()
}

fn mac(key: &hmac::Key, parts: &[&[u8]]) -> String {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    encoding::b64(context.sign().as_ref())
}

impl fmt::Debug for Keyring {
    /// Names the keys, never shows them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids = std::iter::once(&self.signing)
            .chain(&self.others)
            .map(|set| set.kid.to_string());
        f.debug_list().entries(kids).finish()
    }
}
