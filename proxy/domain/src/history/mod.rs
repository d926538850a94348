//! Decodes the history of a conversation, in the shapes in which workflows return it (contract §7).
//!
//! n8n's own is `{"data": [LangChain messages]}`. A workflow that is wired by hand answers with `{"messages": […]}`,
//! with such an array alone, or with either as the first item of an array; a streaming workflow sends it as the content of
//! a line.

mod message;
mod object;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;

use porthole_protocol::history::{HistoryMessage, Role};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::reply::prefix::{Begins, begins_as_page, without_bom};
use crate::reply::string::{lossy, unescape};
use crate::reply::{SpeechFilter, Thoughts};
use message::{ElementKind, read_element};
use object::JsonObject;

/// The bytes of a body, and of all texts together: a longer history is not read again.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The messages that are kept: the latest.
pub const MAX_MESSAGES: usize = 1_000;

/// The containers around the list: `[{"data": {"messages": […]}}]` is the deepest.
const MAX_DEPTH: u8 = 4;

/// The members of an object that may hold the list.
const LISTS: [&str; 3] = ["data", "messages", "history"];

/// The error of a body that is no history, for the log, where it hints at the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// The body is empty, or nothing but space.
    #[error("no body")]
    NoBody,
    /// The body has more than [`MAX_BYTES`].
    #[error("a body that is larger than the limit")]
    TooLarge,
    /// The body is an HTML page, so an intermediary answered in place of the workflow.
    #[error("an HTML page")]
    Markup,
    /// n8n only said that the workflow has begun: the webhook responds immediately.
    #[error("the workflow was only started")]
    StartedOnly,
    /// The body is text, or JSON that is broken.
    #[error("text instead of JSON")]
    Text,
    /// The body is JSON without a message, such as a reply: the workflow does not know the action.
    #[error("JSON without a list of messages")]
    OtherJson,
}

/// Decodes a whole body; an empty list, from a workflow without a memory of the session, is no error.
///
/// Messages of systems and tools, messages that call tools and empty ones are left out, and of the model's thoughts what
/// is left out of replies.
pub fn decode(body: &[u8], thoughts: Thoughts) -> Result<Vec<HistoryMessage>, HistoryError> {
    if body.len() > MAX_BYTES {
        return Err(HistoryError::TooLarge);
    }
    let body = lossy(without_bom(body));
    let body = body.trim();
    if body.is_empty() {
        return Err(HistoryError::NoBody);
    }
    if begins_as_page(body.as_bytes()) == Begins::Yes {
        return Err(HistoryError::Markup);
    }
    let value = serde_json::from_str::<&RawValue>(body).ok();
    let kept = value.and_then(|value| find_list(value, 0)).or_else(|| decode_lines(body));
    let kept = kept.ok_or_else(|| value.map_or(HistoryError::Text, error_of))?;
    Ok(kept.messages.into_iter().filter_map(|message| spoken(message, thoughts)).collect())
}

/// Returns what was meant for the visitor of a message.
fn spoken(mut message: HistoryMessage, thoughts: Thoughts) -> Option<HistoryMessage> {
    if message.role == Role::Assistant {
        message.content = SpeechFilter::new(thoughts).words_in(&message.content);
    }
    (!message.content.trim().is_empty()).then_some(message)
}

/// Classifies JSON without a history.
fn error_of(value: &RawValue) -> HistoryError {
    let message = JsonObject::parse(value).and_then(|object| object.get("message"));
    match (message, value.get().as_bytes().first()) {
        (Some(text), _) if text.get() == r#""Workflow was started""# => HistoryError::StartedOnly,
        (_, Some(b'{' | b'[')) => HistoryError::OtherJson,
        _ => HistoryError::Text,
    }
}

/// Finds a list of messages.
fn find_list(value: &RawValue, depth: u8) -> Option<LatestMessages> {
    if depth == MAX_DEPTH {
        return None;
    }
    match value.get().as_bytes().first()? {
        b'[' => {
            let MessageList { kept, first, has_message } = serde_json::from_str(value.get()).ok()?;
            match first {
                Some(first) if !has_message => find_list(first, depth + 1),
                _ => Some(kept),
            }
        }
        b'{' => {
            let object = JsonObject::parse(value)?;
            LISTS.iter().find_map(|name| find_list(object.get(name)?, depth + 1))
        }
        _ => None,
    }
}

/// Decodes n8n's stream: a node that responds sends its body as the contents between `begin` and `end`.
fn decode_lines(body: &str) -> Option<LatestMessages> {
    let mut content = String::new();
    let mut found = None;
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        let line = JsonObject::parse(serde_json::from_str(line).ok()?)?;
        match line.text("type")?.as_str() {
            "begin" => content.clear(),
            "item" => append_content(line.get("content"), &mut content),
            // Parsed once only, so that a body of many ends costs no more than another.
            "end" => found = found.or(parse_body(&std::mem::take(&mut content))),
            _ => {}
        }
    }
    found.or_else(|| parse_body(&content))
}

fn append_content(content: Option<&RawValue>, out: &mut String) {
    match content.map(RawValue::get) {
        Some(text) if text.starts_with('"') => out.push_str(&unescape(text)),
        Some(json) => out.push_str(json),
        None => {}
    }
}

fn parse_body(body: &str) -> Option<LatestMessages> {
    find_list(serde_json::from_str(body.trim()).ok()?, 0)
}

/// The latest messages, within the limits: the oldest are evicted.
#[derive(Debug, Default)]
struct LatestMessages {
    messages: VecDeque<HistoryMessage>,
    bytes: usize,
}

impl LatestMessages {
    fn push(&mut self, message: HistoryMessage) {
        self.bytes += message.content.len();
        self.messages.push_back(message);
        while self.messages.len() > MAX_MESSAGES || self.bytes > MAX_BYTES {
            let oldest = self.messages.pop_front();
            self.bytes -= oldest.map_or(0, |oldest| oldest.content.len());
        }
    }
}

/// An array, read element by element: it may be long, and only its end is kept.
#[derive(Default)]
struct MessageList<'a> {
    kept: LatestMessages,
    first: Option<&'a RawValue>,
    /// `true` where any element is a message, though perhaps one that is left out.
    has_message: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for MessageList<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor;
        impl<'de> Visitor<'de> for ListVisitor {
            type Value = MessageList<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut list = MessageList::default();
                while let Some(element) = seq.next_element::<&RawValue>()? {
                    list.first = list.first.or(Some(element));
                    let kind = read_element(element, &mut |message| list.kept.push(message));
                    list.has_message |= kind == ElementKind::Message;
                }
                Ok(list)
            }
        }
        deserializer.deserialize_seq(ListVisitor)
    }
}
