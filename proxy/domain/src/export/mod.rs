//! The signed transcript: a conversation as a file that proves itself, without this proxy and without its session
//! (contract §11).

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    chain::{End, Head, SealedTurn, TextHash, sha256},
    clock::UnixTime,
    encoding,
    es256::{Jwk, PemError, PrivateKey, SigningError, VerifyingKey},
    message::MessageId,
    session::Session,
    token::jws,
    transcript::{Transcript, TranscriptMismatch, Turn},
};

#[cfg(test)]
mod tests;
mod verify;

pub use verify::{ExportFault, VerifiedExport, verify};

/// The `typ` of the header.
const EXPORT_TYPE: &str = "transcript+jws";

/// The limits of the proof, for whoever reads the file.
const STATEMENT: &str = "This file proves that the issuer relayed these exchanges, in this order, as one branch of \
    one session of its chat, all before the time iat; where partial stands, the answer was stopped or cut short. It \
    does not prove that there were no other branches, that anything in it is true, or who typed the messages, unless \
    sub names the user that the site had signed in.";

/// A conversation as claims. The turns come last: a reader can tell which one is damaged.
#[derive(Clone, Serialize, Deserialize)]
pub struct Export {
    /// The proxy's own origin.
    pub iss: String,
    /// The site's id.
    pub site: String,
    /// The origin of the page around the chat.
    pub origin: String,
    /// The verified user.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sub: Option<String>,
    /// The hash of the session's id: whoever has the session can show that the file is of it.
    pub sid_hash: String,
    /// The time of the signature.
    pub iat: UnixTime,
    /// The proof and its limits, in words.
    pub statement: String,
    /// The file begins with the first turn of the conversation.
    pub full: bool,
    /// The number of the last turn.
    pub turn: u32,
    /// The head before the first turn that is here.
    pub base: String,
    /// The head after the last turn.
    pub head: String,
    /// The head after each turn, so that the first wrong one can be named.
    pub heads: Vec<String>,
    /// The turns, in order.
    pub turns: Vec<ExportedTurn>,
}

/// One turn of an export. Its end comes last, as the turns do.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedTurn {
    /// The id of the visitor's message.
    pub id: String,
    /// The message.
    pub user: String,
    /// The reply.
    pub reply: String,
    /// `true` where the reply was stopped or cut short, absent otherwise.
    #[serde(skip_serializing_if = "is_false", default)]
    pub partial: bool,
    /// The end of the reply.
    pub end: End,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Export {
    /// Verifies that a transcript tells a conversation up to the head of its token, a turn at least, each with its texts.
    ///
    /// # Errors
    ///
    /// [`TranscriptMismatch`] where it does not.
    pub fn new(
        transcript: Transcript,
        session: &Session,
        issuer: &str,
        now: UnixTime,
    ) -> Result<Self, TranscriptMismatch> {
        let before = transcript.turns_before(session.turn)?;
        let start = Head::new(&session.site, session.sid);
        let base = transcript.base.unwrap_or(start);
        let is_other_branch = transcript.keep.is_some_and(|keep| keep != session.turn);
        if is_other_branch || (before == 0 && base != start) {
            return Err(TranscriptMismatch);
        }
        let heads = heads(base, before, &transcript.turns);
        if heads.last() != Some(&session.head) {
            return Err(TranscriptMismatch);
        }
        let turns = transcript.turns.into_iter().map(ExportedTurn::new).collect::<Option<_>>();
        Ok(Self {
            iss: issuer.to_owned(),
            site: session.site.to_string(),
            origin: session.origin.to_string(),
            sub: session.identity.as_ref().map(|user| user.subject.clone()),
            sid_hash: sid_hash(session.sid),
            iat: now,
            statement: STATEMENT.to_owned(),
            full: before == 0,
            turn: session.turn,
            base: base.to_string(),
            head: session.head.to_string(),
            heads: heads.iter().map(Head::to_string).collect(),
            turns: turns.ok_or(TranscriptMismatch)?,
        })
    }
}

impl fmt::Debug for Export {
    /// Texts never reach a log, not even by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Export({} turns)", self.turns.len())
    }
}

impl ExportedTurn {
    fn new(turn: Turn) -> Option<Self> {
        let (id, end) = (turn.id.to_string(), turn.end);
        let past = turn.into_past()?;
        Some(Self { id, user: past.user, reply: past.reply, partial: past.partial, end })
    }

    /// Returns the turn as the chain covers it; `None` for a form that is never exported.
    #[must_use]
    pub fn sealed(&self) -> Option<SealedTurn> {
        let sealed = SealedTurn {
            message_id: MessageId::parse(&self.id).ok()?,
            user: TextHash::new(&self.user),
            reply: TextHash::new(&self.reply),
            end: self.end,
        };
        (self.partial == (self.end != End::Complete)).then_some(sealed)
    }
}

/// Computes the head after each turn.
fn heads(base: Head, before: u32, turns: &[Turn]) -> Vec<Head> {
    let numbered = (before + 1..).zip(turns);
    let next = |head: &mut Head, (number, turn): (u32, &Turn)| {
        *head = head.after(number, &SealedTurn::from(turn));
        Some(*head)
    };
    numbered.scan(base, next).collect()
}

/// Computes the hash of a session's id, which itself never leaves its browser.
fn sid_hash(sid: Uuid) -> String {
    encoding::b64(&sha256(&[b"porthole/1/sid\0", sid.as_bytes()]))
}

/// A signer of exports, and of nothing else.
pub struct ExportSigner {
    /// The encoded header, the same for every export.
    header: String,
    /// The first key signs; the others signed earlier, and are still served.
    keys: Vec<PrivateKey>,
}

impl ExportSigner {
    /// Creates a signer with P-256 keys in PEM, PKCS#8 or SEC1: the first signs.
    pub fn new(pem: &SecretString) -> Result<Self, PemError> {
        let keys = PrivateKey::all_from_pem(pem.expose_secret())?;
        let kid = &keys.first().ok_or(PemError::NoPrivateKey)?.jwk().kid;
        let header = format!(r#"{{"alg":"ES256","typ":"{EXPORT_TYPE}","kid":"{kid}"}}"#);
        Ok(Self { header: encoding::b64(header.as_bytes()), keys })
    }

    /// Signs an export: a compact JWS.
    pub fn sign(&self, export: &Export) -> Result<String, SigningError> {
        let text = jws::unsigned(&self.header, export);
        let signature = self.keys.first().ok_or(SigningError)?.sign(text.as_bytes())?;
        Ok(jws::signed(text, signature))
    }

    /// Returns the public halves, for a key set.
    pub fn jwks(&self) -> impl Iterator<Item = &Jwk> {
        self.keys.iter().map(PrivateKey::jwk)
    }

    /// Returns the keys that verify exports of this signer.
    #[must_use]
    pub fn verifying_keys(&self) -> Vec<VerifyingKey> {
        self.jwks().map(VerifyingKey::from).collect()
    }
}

impl fmt::Debug for ExportSigner {
    /// Writes the ids of the keys and no key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.jwks().map(|jwk| &jwk.kid)).finish()
    }
}
