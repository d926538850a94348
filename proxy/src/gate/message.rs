//! The body gate: a message after its bounded read, member by member (contract §4).
//!
//! The checks behind it, in their order, are those of [`porthole_chat::send`]: the claim, where a join ends and costs
//! nothing, then the quotas.

use actix_web::dev::Payload;
use porthole_chat::Visitor;
use porthole_domain::message::MessageText;
use porthole_domain::session::Session;
use porthole_domain::transcript::MemoryMode;
use porthole_protocol::boot::Agent;
use porthole_protocol::limits::{
    ATTEMPTS, MAX_AGENT_CHARS, MAX_METADATA_BYTES, MAX_PAGE_TITLE_CHARS, MAX_PAGE_URL_BYTES,
};
use porthole_protocol::message::VisitedPage;
use porthole_upstream::Message;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::body;
use super::member::{member, members, message_id, object, object_member};
use super::transcript::branch;
use crate::error::Refusal;

members!(MessageMembers { message_id, message, attempt, fork, transcript, agent, metadata, page });

/// Reads a message from a body.
pub(crate) async fn read_message(payload: Payload, visitor: &Visitor) -> Result<Message, Refusal> {
    let bytes = body::read(payload).await?;
    let config = &visitor.site.config;
    let message = parse_message(&bytes, &visitor.session, config.max_chars, config.memory)?;
    require_offered(message.agent.as_deref(), config.upstream.agents())?;
    Ok(message)
}

/// Requires one of the agents where the site offers them.
fn require_offered(agent: Option<&str>, offered: &[Agent]) -> Result<(), Refusal> {
    let is_offered = |agent: &str| offered.is_empty() || offered.iter().any(|other| other.id == agent);
    if agent.is_none_or(is_offered) {
        Ok(())
    } else {
        Err(Refusal::invalid("agent", "Expected one of the agents that are offered."))
    }
}

/// Parses a message.
pub(crate) fn parse_message(
    bytes: &[u8],
    session: &Session,
    max_chars: u32,
    memory: MemoryMode,
) -> Result<Message, Refusal> {
    let members: MessageMembers<'_> = object(bytes)?;
    Ok(Message {
        id: message_id(members.message_id)?,
        text: text(members.message, max_chars)?,
        attempt: attempt(members.attempt)?,
        fork: member(members.fork, "fork", "true or false")?.unwrap_or(false),
        agent: agent(members.agent)?,
        metadata: metadata(members.metadata)?,
        page: page(members.page)?,
        branch: branch(members.transcript, session, memory)?,
    })
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
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
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
        Some(agent) if agent.chars().count() > MAX_AGENT_CHARS || agent.chars().any(char::is_control) => {
            Err(Refusal::invalid("agent", "Expected a name of at most 64 characters."))
        }
        other => Ok(other),
    }
}

/// Reads the metadata as it was sent: its bytes are part of the message's fingerprint.
fn metadata(raw: Option<&RawValue>) -> Result<Option<Box<RawValue>>, Refusal> {
    if raw.is_some_and(|raw| raw.get().len() > MAX_METADATA_BYTES) {
        return Err(Refusal::invalid("metadata", "At most 4 KiB of JSON."));
    }
    let object: Option<Map<String, Value>> = object_member(raw, "metadata", "an object")?;
    Ok(object.and(raw).map(ToOwned::to_owned))
}

fn page(raw: Option<&RawValue>) -> Result<Option<VisitedPage>, Refusal> {
    let page: Option<VisitedPage> = object_member(raw, "page", "an object with url and title")?;
    let long_url = |url: &String| url.len() > MAX_PAGE_URL_BYTES;
    let long_title = |title: &String| title.chars().count() > MAX_PAGE_TITLE_CHARS;
    match page {
        Some(page)
            if page.url.as_ref().is_some_and(long_url) || page.title.as_ref().is_some_and(long_title) =>
        {
            Err(Refusal::invalid("page", "At most 2 KiB of url and 300 characters of title."))
        }
        other => Ok(other),
    }
}
