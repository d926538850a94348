//! Transcripts and key proofs: nothing holds but what was sealed and signed.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use porthole_domain::chain::{End, Head, SealedTurn, TextHash};
use porthole_domain::message::MessageId;
use porthole_domain::proof::{Nonces, ProvenCall, verify};
use porthole_domain::session::Session;
use porthole_domain::transcript::{MemoryMode, PastTurn};
use porthole_protocol::Code;
use serde_json::json;
use uuid::Uuid;

use super::token::edited;
use crate::forge::{self, LIFE, NOW, RING};
use crate::input;

/// The turns of a conversation: message, reply and end.
const TURNS: [(&str, &str, End); 3] = [
    ("one", "First.", End::Complete),
    ("two é", "Second 😀.", End::Stopped),
    ("three", "Third.", End::Incomplete),
];
/// The turns that reach the workflow.
const WINDOW: usize = 2;

/// A conversation as it was sealed.
struct Sealed {
    session: Session,
    heads: Vec<Head>,
    transcript: String,
}

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let mut session = forge::session();
    let mut heads = vec![session.head];
    let mut turns = Vec::new();
    for (number, (user, reply, end)) in (1..).zip(TURNS) {
        let message_id = MessageId::from(Uuid::from_u128(number));
        turns.push(json!({"id": message_id.to_string(), "user": user, "reply": reply, "end": end.name()}));
        let sealed = SealedTurn { message_id, user: TextHash::new(user), reply: TextHash::new(reply), end };
        session = session.advance(&sealed, Uuid::from_u128(number), NOW, &LIFE);
        heads.push(session.head);
    }
    Sealed { session, heads, transcript: json!({ "turns": turns }).to_string() }
});

/// Reads a transcript: the history of an accepted one is what was sealed, and nothing of it is missing. After `edit` and a
/// line feed, edits of the honest one; all else is a transcript itself.
pub fn transcript(input: &[u8]) {
    let sealed = &*SEALED;
    let transcript = input.strip_prefix(b"edit\n").map(|edits| edited(edits, &sealed.transcript));
    let transcript = transcript.unwrap_or_else(|| input::text(input).into_owned());
    let id = Uuid::from_u128(9).to_string();
    let body = format!(r#"{{"message_id":"{id}","message":"hi","transcript":{transcript}}}"#);
    let memory = MemoryMode::Transcript { turns: u32::try_from(WINDOW).unwrap() };
    let branch = match porthole::parsers::message(body.as_bytes(), &sealed.session, 100, memory) {
        Ok(message) => message.branch,
        Err(code) => {
            let known = [Code::MalformedJson, Code::InvalidField, Code::TranscriptMismatch];
            assert!(known.contains(&code) && transcript != sealed.transcript, "{code:?}");
            return;
        }
    };
    let kept = branch.kept as usize;
    assert_eq!((branch.parent, branch.is_edit), (sealed.heads[kept], kept < TURNS.len()));
    let past = (1..).zip(TURNS).take(kept).skip(kept.saturating_sub(WINDOW));
    let past = past.map(|(number, (user, reply, end))| PastTurn {
        id: MessageId::from(Uuid::from_u128(number)),
        user: user.to_owned(),
        reply: reply.to_owned(),
        partial: end != End::Complete,
    });
    assert_eq!(branch.history, Some(past.collect()));
}

static KEY: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());

/// Reads a proof: only one that its key has signed holds. After `edit` and a line feed, edits of a good one; all else is a
/// proof itself.
pub fn proof(input: &[u8]) {
    let nonces = Nonces { keyring: &RING, now: NOW };
    let good = signed(&nonces);
    let edits = input.strip_prefix(b"edit\n");
    let proof = edits.map_or_else(|| input::text(input).into_owned(), |edits| edited(edits, &good));
    let call = ProvenCall { method: "POST", uri: "https://chat.example.com/a", token: None };
    let verified = verify(&proof, &call, &nonces);
    assert_eq!(verified.is_ok(), proof == good, "{proof}");
}

fn signed(nonces: &Nonces<'_>) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let point = KEY.public_key().as_ref();
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": part(&point[1..33]), "y": part(&point[33..])});
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}).to_string();
    let claims = json!({
        "htm": "POST", "htu": "https://chat.example.com/a", "jti": "1", "iat": 0, "nonce": nonces.current(),
    });
    let input = format!("{}.{}", part(header.as_bytes()), part(claims.to_string().as_bytes()));
    let signature = KEY.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
    format!("{input}.{}", part(signature.as_ref()))
}
