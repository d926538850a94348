//! The body gate: what a message passes after its bounded read, in this order (DESIGN §7).
//!
//! 6. input, idempotency; a join ends here and costs nothing · 7. message limits · 9. concurrency

use std::time::Instant;

use actix_web::dev::Payload;
use porthole_domain::address::AddressGroup;
use porthole_domain::chain::{Fingerprint, TextHash};
use porthole_domain::message::{MessageId, MessageText};
use porthole_domain::session::Session;
use porthole_protocol::limits::{
    ATTEMPTS, MAX_AGENT_CHARS, MAX_METADATA_BYTES, MAX_PAGE_TITLE_CHARS, MAX_PAGE_URL_BYTES,
};
use porthole_protocol::message::VisitedPage;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{action, body};
use crate::error::Refusal;
use crate::limits::{Places, Reservation};
use crate::relay::{self, Admission, Claim, ConversationId, Sealing};
use crate::state::State;

/// The members of a message as they came, each to be read by itself, so that a refusal can name it.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    message_id: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    attempt: Option<&'a RawValue>,
    #[serde(borrow)]
    fork: Option<&'a RawValue>,
    #[serde(borrow)]
    transcript: Option<&'a RawValue>,
    #[serde(borrow)]
    agent: Option<&'a RawValue>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    page: Option<&'a RawValue>,
}

/// A message whose every member is as it must be.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) message_id: MessageId,
    pub(crate) text: MessageText,
    pub(crate) attempt: u8,
    pub(crate) fork: bool,
    pub(crate) agent: Option<String>,
    pub(crate) metadata: Option<Map<String, Value>>,
    pub(crate) page: Option<VisitedPage>,
    /// The fingerprint, taken here because `metadata` counts with the bytes in which it was sent.
    pub(crate) fingerprint: Fingerprint,
}

/// What becomes of an accepted message: it runs, or an earlier reply is joined.
pub(crate) type Admitted = Admission<Permit, Refusal>;

/// What an accepted message holds: its part of the budgets until the workflow is called, its places until that is over.
#[derive(Debug)]
pub(crate) struct Permit {
    reservation: Option<Reservation>,
    _places: Places,
}

impl relay::Permit for Permit {
    fn use_up(&mut self) {
        if let Some(reservation) = self.reservation.take() {
            reservation.spend();
        }
    }
}

/// Reads a message and decides what becomes of it.
pub(crate) async fn admit(
    state: &State,
    session: &Session,
    client: AddressGroup,
    payload: Payload,
    sealing: impl FnOnce(&Accepted) -> Box<dyn Sealing>,
) -> Result<(Accepted, Admitted), Refusal> {
    let bytes = body::read(payload).await?;
    let accepted = accept(&bytes, session, state.config.site.max_chars)?;
    let claim = claim(&accepted, session);
    let guards = || {
        action::not_draining(state)?;
        let (reservation, places) = state.limits.message(session.sid, client, &session.site)?;
        Ok(Permit {
            reservation: Some(reservation),
            _places: places,
        })
    };
    let admission = state
        .relay
        .admit(&claim, Instant::now(), guards, || sealing(&accepted));
    Ok((accepted, admission))
}

fn claim(accepted: &Accepted, session: &Session) -> Claim {
    Claim {
        conversation: ConversationId {
            site: session.site.clone(),
            sid: session.sid,
        },
        message_id: accepted.message_id,
        fingerprint: accepted.fingerprint,
        attempt: accepted.attempt,
        seq: session.seq,
        fork: accepted.fork,
    }
}

/// Reads the members of a message.
pub(crate) fn accept(bytes: &[u8], session: &Session, max_chars: u32) -> Result<Accepted, Refusal> {
    let members: Members<'_> = super::object(bytes)?;
    refuse_edits(members.transcript, session)?;
    let message_id = message_id(members.message_id)?;
    let text = text(members.message, max_chars)?;
    let attempt = attempt(members.attempt)?;
    let fork = member(members.fork, "fork", "true or false")?.unwrap_or(false);
    let agent = agent(members.agent)?;
    let metadata = metadata(members.metadata)?;
    let page = page(members.page)?;
    let fingerprint = Fingerprint::new(
        &session.head,
        session.turn,
        &TextHash::new(text.as_str()),
        agent.as_deref(),
        members.metadata.map(RawValue::get),
    );
    Ok(Accepted {
        message_id,
        text,
        attempt,
        fork,
        agent,
        metadata,
        page,
        fingerprint,
    })
}

/// Reads an optional member; null counts as absent.
pub(super) fn member<T: DeserializeOwned>(
    raw: Option<&RawValue>,
    field: &'static str,
    expected: &str,
) -> Result<Option<T>, Refusal> {
    let Some(raw) = raw else { return Ok(None) };
    serde_json::from_str(raw.get()).map_err(|_| Refusal::invalid(field, format!("Expected {expected}.")))
}

/// Reads an optional member that is an object; serde would also take a list of its members in order.
fn object_member<T: DeserializeOwned>(
    raw: Option<&RawValue>,
    field: &'static str,
    expected: &str,
) -> Result<Option<T>, Refusal> {
    if raw.is_some_and(|raw| raw.get().starts_with('[')) {
        return Err(Refusal::invalid(field, format!("Expected {expected}.")));
    }
    member(raw, field, expected)
}

pub(super) fn message_id(raw: Option<&RawValue>) -> Result<MessageId, Refusal> {
    let expected = "a UUID in lower case with hyphens";
    let id: Option<String> = member(raw, "message_id", expected)?;
    id.and_then(|id| MessageId::parse(&id).ok())
        .ok_or_else(|| Refusal::invalid("message_id", format!("Expected {expected}.")))
}

fn text(raw: Option<&RawValue>, max_chars: u32) -> Result<MessageText, Refusal> {
    // Half a surrogate pair is no Unicode text: the JSON reader refuses it here.
    let text: Option<String> = member(raw, "message", "a text")?;
    let text = text.ok_or_else(|| Refusal::invalid("message", "Expected a text."))?;
    MessageText::parse(text, max_chars)
        .map_err(|error| Refusal::invalid("message", sentence(&error.to_string())))
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

fn attempt(raw: Option<&RawValue>) -> Result<u8, Refusal> {
    let expected = "a whole number from 1 to 5";
    let attempt = member(raw, "attempt", expected)?.unwrap_or(1);
    if ATTEMPTS.contains(&attempt) {
        Ok(attempt)
    } else {
        Err(Refusal::invalid("attempt", format!("Expected {expected}.")))
    }
}

fn agent(raw: Option<&RawValue>) -> Result<Option<String>, Refusal> {
    let agent: Option<String> = member(raw, "agent", "a text")?;
    match agent {
        Some(agent) if agent.chars().count() > MAX_AGENT_CHARS || agent.chars().any(char::is_control) => Err(
            Refusal::invalid("agent", "Expected a name of at most 64 characters."),
        ),
        other => Ok(other),
    }
}

fn metadata(raw: Option<&RawValue>) -> Result<Option<Map<String, Value>>, Refusal> {
    let too_long = raw.is_some_and(|raw| raw.get().len() > MAX_METADATA_BYTES);
    if too_long {
        return Err(Refusal::invalid("metadata", "At most 4 KiB of JSON."));
    }
    object_member(raw, "metadata", "an object")
}

fn page(raw: Option<&RawValue>) -> Result<Option<VisitedPage>, Refusal> {
    let page: Option<VisitedPage> = object_member(raw, "page", "an object with url and title")?;
    let long_url = |url: &String| url.len() > MAX_PAGE_URL_BYTES;
    let long_title = |title: &String| title.chars().count() > MAX_PAGE_TITLE_CHARS;
    match page {
        Some(page)
            if page.url.as_ref().is_some_and(long_url) || page.title.as_ref().is_some_and(long_title) =>
        {
            Err(Refusal::invalid(
                "page",
                "At most 2 KiB of url and 300 characters of title.",
            ))
        }
        other => Ok(other),
    }
}

/// Where the workflow remembers, a transcript adds nothing; but one that keeps fewer turns asks for
/// an edit, and to send that on as if it were none would answer another question.
fn refuse_edits(raw: Option<&RawValue>, session: &Session) -> Result<(), Refusal> {
    #[derive(Deserialize)]
    struct Transcript {
        keep: Option<u32>,
    }
    let transcript: Option<Transcript> = object_member(raw, "transcript", "an object")?;
    match transcript.and_then(|transcript| transcript.keep) {
        Some(keep) if keep != session.turn => Err(Refusal::invalid(
            "transcript",
            "Earlier messages cannot be edited where MEMORY is workflow.",
        )),
        _ => Ok(()),
    }
}
