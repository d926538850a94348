//! The keys that are derived from `JWT_SECRET_KEY` (contract §1).

use std::fmt;

use aws_lc_rs::{error::Unspecified, hkdf, hmac};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    chain::Head,
    encoding,
    message::MessageId,
    token::{
        KeyId, TokenErrorKind,
        jws::{Signer, TokenType},
    },
};

/// The error of secrets from which no keys can be derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The list of secrets is empty.
    #[error("there is no secret to sign with")]
    NoSecret,
    /// The same secret stands in the list twice.
    #[error("secret number {second} repeats number {first}")]
    Repeated {
        /// Its first place, counted from 1.
        first: usize,
        /// Its second place.
        second: usize,
    },
    /// The key derivation failed.
    #[error("the keys cannot be derived")]
    Derivation,
}

/// The keys of one secret, one for each purpose.
struct KeySet {
    kid: KeyId,
    session: Signer,
    ticket: Signer,
    wsid: hmac::Key,
    receipt: hmac::Key,
    nonce: hmac::Key,
}

/// The keys of all secrets: the first signs, all verify.
pub struct Keyring {
    signing: KeySet,
    others: Vec<KeySet>,
}

impl Keyring {
    /// Derives the keys of every secret.
    pub fn new(secrets: &[SecretString]) -> Result<Self, KeyError> {
        let mut sets: Vec<KeySet> = Vec::with_capacity(secrets.len());
        for (at, secret) in secrets.iter().enumerate() {
            let set = KeySet::derive(secret.expose_secret().as_bytes()).map_err(|_| KeyError::Derivation)?;
            if let Some(first) = sets.iter().position(|other| other.kid == set.kid) {
                return Err(KeyError::Repeated { first: first + 1, second: at + 1 });
            }
            sets.push(set);
        }
        if sets.is_empty() {
            return Err(KeyError::NoSecret);
        }
        let signing = sets.remove(0);
        Ok(Self { signing, others: sets })
    }

    /// Returns the id of the keys that sign now; a new session keeps it as its `wk`.
    #[must_use]
    pub const fn signing_key_id(&self) -> KeyId {
        self.signing.kid
    }

    pub(crate) fn signer(&self, token_type: TokenType) -> &Signer {
        self.signing.signer(token_type)
    }

    pub(crate) fn verifier(&self, token_type: TokenType, id: KeyId) -> Option<&Signer> {
        self.find(id).map(|set| set.signer(token_type))
    }

    fn find(&self, id: KeyId) -> Option<&KeySet> {
        self.sets().find(|set| set.kid == id)
    }

    fn sets(&self) -> impl Iterator<Item = &KeySet> {
        std::iter::once(&self.signing).chain(&self.others)
    }

    /// Returns the key behind a session's ids at the workflow, unless it was removed.
    pub(crate) fn workflow_key(&self, id: KeyId) -> Result<&hmac::Key, TokenErrorKind> {
        self.find(id).map(|set| &set.wsid).ok_or(TokenErrorKind::UnknownKey)
    }

    /// Returns the key of new nonces.
    pub(crate) const fn nonce_key(&self) -> &hmac::Key {
        &self.signing.nonce
    }

    /// Returns the keys of all nonces that may still be about.
    pub(crate) fn nonce_keys(&self) -> impl Iterator<Item = &hmac::Key> {
        self.sets().map(|set| &set.nonce)
    }

    /// Returns the receipt: the proof that a turn was sealed here.
    #[must_use]
    pub fn receipt(&self, sid: Uuid, message_id: &MessageId, turn: u32, head: &Head) -> String {
        mac(&self.signing.receipt, &[&sealed_turn(sid, message_id, turn, head)])
    }

    /// Verifies a receipt under any of the keys, in constant time.
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
        let sealed = sealed_turn(sid, message_id, turn, head);
        self.sets().any(|set| hmac::verify(&set.receipt, &sealed, &tag).is_ok())
    }
}

impl KeySet {
    fn derive(secret: &[u8]) -> Result<Self, Unspecified> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret);
        let kid = KeyId::from_derived(&expand(&prk, b"kid")?);
        Ok(Self {
            kid,
            session: Signer::new(TokenType::Session, kid, &expand(&prk, b"session")?),
            ticket: Signer::new(TokenType::Ticket, kid, &expand(&prk, b"ticket")?),
            wsid: hmac::Key::new(hmac::HMAC_SHA256, &expand(&prk, b"wsid")?),
            receipt: hmac::Key::new(hmac::HMAC_SHA256, &expand(&prk, b"receipt")?),
            nonce: hmac::Key::new(hmac::HMAC_SHA256, &expand(&prk, b"nonce")?),
        })
    }

    const fn signer(&self, token_type: TokenType) -> &Signer {
        match token_type {
            TokenType::Session => &self.session,
            TokenType::Ticket => &self.ticket,
        }
    }
}

fn expand(prk: &hkdf::Prk, purpose: &[u8]) -> Result<[u8; 32], Unspecified> {
    let mut key = [0; 32];
    prk.expand(&[b"porthole/1/", purpose], hkdf::HKDF_SHA256)?.fill(&mut key)?;
    Ok(key)
}

/// The bytes that a receipt vouches for.
fn sealed_turn(sid: Uuid, message_id: &MessageId, turn: u32, head: &Head) -> Vec<u8> {
    let parts: [&[u8]; 4] = [sid.as_bytes(), message_id.as_bytes(), &turn.to_be_bytes(), head.as_bytes()];
    parts.concat()
}

/// Computes an HMAC over the parts, one after the other.
pub(crate) fn mac(key: &hmac::Key, parts: &[&[u8]]) -> String {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    encoding::b64(context.sign().as_ref())
}

impl fmt::Debug for Keyring {
    /// Writes the ids of the keys and no key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids = self.sets().map(|set| set.kid.to_string());
        f.debug_list().entries(kids).finish()
    }
}
