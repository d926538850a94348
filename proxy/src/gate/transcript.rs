//! The transcript of a message, or of an export (contract §3): its form here, its truth by the rules of the domain.

use actix_web::dev::Payload;
use porthole_domain::chain::{End, Head, TextHash};
use porthole_domain::message::MessageId;
use porthole_domain::session::Session;
use porthole_domain::transcript::{Branch, MemoryMode, Transcript, Turn, TurnText};
use porthole_protocol::Code;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::body;
use super::member::{members, object, object_member};
use crate::error::Refusal;

const EXPECTED: &str = "an object with base, turns and keep";

#[derive(Deserialize)]
struct TranscriptBody {
    base: Option<String>,
    #[serde(default)]
    turns: Vec<TurnBody>,
    keep: Option<u32>,
}

/// A turn with its texts, or with their lengths and hashes.
#[derive(Deserialize)]
struct TurnBody {
    id: String,
    end: String,
    user: Option<String>,
    user_len: Option<u64>,
    user_hash: Option<String>,
    reply: Option<String>,
    reply_len: Option<u64>,
    reply_hash: Option<String>,
}

members!(ExportMembers { transcript });

/// Reads the transcript of an export from a body.
pub(crate) async fn read_export(payload: Payload) -> Result<Transcript, Refusal> {
    let bytes = body::read(payload).await?;
    let members: ExportMembers<'_> = object(&bytes)?;
    let body: Option<TranscriptBody> = object_member(members.transcript, "transcript", EXPECTED)?;
    body.and_then(TranscriptBody::read).ok_or_else(unreadable)
}

fn unreadable() -> Refusal {
    Refusal::invalid("transcript", format!("Expected {EXPECTED}."))
}

/// Returns the branch that a message goes on from.
///
/// Where the workflow remembers, a transcript adds nothing; but one that keeps fewer turns asks for an edit, and to forward
/// that as if it were none would answer another question.
pub(super) fn branch(
    raw: Option<&RawValue>,
    session: &Session,
    memory: MemoryMode,
) -> Result<Branch, Refusal> {
    let body: Option<TranscriptBody> = object_member(raw, "transcript", EXPECTED)?;
    let edits = body.as_ref().and_then(|body| body.keep).is_some_and(|keep| keep != session.turn);
    match memory {
        MemoryMode::Workflow if edits => {
            Err(Refusal::invalid("transcript", "Earlier messages cannot be edited where MEMORY is workflow."))
        }
        MemoryMode::Workflow => Ok(Branch::whole(session)),
        MemoryMode::Transcript { turns: 0 } if !edits => Ok(Branch::whole(session)),
        MemoryMode::Transcript { turns } => {
            let transcript = body.map_or(Some(Transcript::default()), TranscriptBody::read);
            let transcript = transcript.ok_or_else(unreadable)?;
            transcript.verify(session, turns).map_err(|_| Code::TranscriptMismatch.into())
        }
    }
}

impl TranscriptBody {
    fn read(self) -> Option<Transcript> {
        let base = self.base.map(|base| Head::parse(&base));
        Some(Transcript {
            base: base.map_or(Some(None), |base| base.map(Some))?,
            turns: self.turns.into_iter().map(TurnBody::read).collect::<Option<_>>()?,
            keep: self.keep,
        })
    }
}

impl TurnBody {
    fn read(self) -> Option<Turn> {
        Some(Turn {
            id: MessageId::parse(&self.id).ok()?,
            end: End::parse(&self.end)?,
            user: text(self.user, self.user_len, self.user_hash)?,
            reply: text(self.reply, self.reply_len, self.reply_hash)?,
        })
    }
}

fn text(full: Option<String>, bytes: Option<u64>, hash: Option<String>) -> Option<TurnText> {
    match (full, bytes, hash) {
        (Some(text), None, None) => Some(TurnText::Full(text)),
        (None, Some(bytes), Some(hash)) => TextHash::parse(bytes, &hash).map(TurnText::Hashed),
        _ => None,
    }
}
