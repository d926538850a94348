//! Reads what a workflow remembers of a conversation, in the shapes in which workflows tell it (DESIGN §4).
//!
//! n8n's own is `{"data": [LangChain messages]}`. A workflow that is wired by hand answers with `{"messages": […]}`,
//! with such an array alone, or with either as the first item of an array; in a streaming workflow as the content of
//! a line.

mod message;
mod object;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;

use porthole_protocol::history::HistoryMessage;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::reply::head::{Begins, begins_as_page, without_bom};
use crate::reply::string::{Unescaper, lossy};
use message::{Standing, read};
use object::Object;

/// Bytes of a body, and of all texts together: what is longer nobody reads again.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Messages that are kept, the latest of them.
pub const MAX_MESSAGES: usize = 1_000;

/// Containers around the list: `[{"data": {"messages": […]}}]` is the deepest.
const MAX_DEPTH: u8 = 4;

/// The members of an object that may hold the list.
const LISTS: [&str; 3] = ["data", "messages", "history"];

/// Why a body is no history; for the log, where it hints at the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// Not a byte, or nothing but space.
    #[error("no body")]
    NoBody,
    /// More than [`MAX_BYTES`].
    #[error("a body that is larger than the limit")]
    TooLarge,
    /// An HTML page, so something between us and the workflow answered.
    #[error("an HTML page")]
    Markup,
    /// n8n only said that the workflow has begun: the webhook responds immediately.
    #[error("the workflow was only started")]
    StartedOnly,
    /// Text, or JSON that is broken.
    #[error("text instead of JSON")]
    Text,
    /// JSON in which no message is recognised, such as a reply: the workflow does not know the action.
    #[error("JSON without a list of messages")]
    OtherJson,
}

/// Reads a whole body; a workflow that remembers nothing tells an empty list, which is no error.
///
/// Messages of systems and tools, messages that call tools and empty ones are left out.
pub fn decode(body: &[u8]) -> Result<Vec<HistoryMessage>, HistoryError> {
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
    let kept = value.and_then(|value| list(value, 0)).or_else(|| of_lines(body));
    kept.map(|kept| kept.messages.into())
        .ok_or_else(|| value.map_or(HistoryError::Text, instead))
}

/// What JSON without a history says.
fn instead(value: &RawValue) -> HistoryError {
    let message = Object::of(value).and_then(|object| object.get("message"));
    match (message, value.get().as_bytes().first()) {
        (Some(text), _) if text.get() == r#""Workflow was started""# => HistoryError::StartedOnly,
        (_, Some(b'{' | b'[')) => HistoryError::OtherJson,
        _ => HistoryError::Text,
    }
}

/// Looks for a list of messages; `None` where there is none.
fn list(value: &RawValue, depth: u8) -> Option<Kept> {
    if depth == MAX_DEPTH {
        return None;
    }
    match value.get().as_bytes().first()? {
        b'[' => {
            let List { kept, first, known } = serde_json::from_str(value.get()).ok()?;
            match first {
                Some(first) if !known => list(first, depth + 1),
                _ => Some(kept),
            }
        }
        b'{' => {
            let object = Object::of(value)?;
            LISTS.iter().find_map(|name| list(object.get(name)?, depth + 1))
        }
        _ => None,
    }
}

/// Reads n8n's stream: a node that responds sends its body as the contents between `begin` and `end`.
fn of_lines(body: &str) -> Option<Kept> {
    let mut said = String::new();
    let mut found = None;
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        let line = Object::of(serde_json::from_str(line).ok()?)?;
        match line.text("type")?.as_str() {
            "begin" => said.clear(),
            "item" => append(line.get("content"), &mut said),
            // Read once only: a body of many ends costs no more than another.
            "end" => found = found.or(spoken(&std::mem::take(&mut said))),
            _ => {}
        }
    }
    found.or_else(|| spoken(&said))
}

fn append(content: Option<&RawValue>, said: &mut String) {
    match content.map(RawValue::get) {
        Some(text) if text.starts_with('"') => said.push_str(&unescaped(text)),
        Some(json) => said.push_str(json),
        None => {}
    }
}

fn spoken(said: &str) -> Option<Kept> {
    list(serde_json::from_str(said.trim()).ok()?, 0)
}

/// What a JSON string says; half a surrogate pair becomes U+FFFD.
fn unescaped(literal: &str) -> String {
    let (mut unescaper, mut text) = (Unescaper::default(), String::new());
    unescaper.append(literal, &mut text);
    unescaper.flush(&mut text);
    text
}

/// What a JSON string says, where the value is one.
fn text(value: &RawValue) -> Option<String> {
    let literal = value.get();
    literal.starts_with('"').then(|| unescaped(literal))
}

/// The latest messages, within the limits.
#[derive(Debug, Default)]
struct Kept {
    messages: VecDeque<HistoryMessage>,
    bytes: usize,
}

impl Kept {
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
struct List<'a> {
    kept: Kept,
    first: Option<&'a RawValue>,
    /// Whether any element is a message, though perhaps one that is left out.
    known: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for List<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array;
        impl<'de> Visitor<'de> for Array {
            type Value = List<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut list = List::default();
                while let Some(element) = seq.next_element::<&RawValue>()? {
                    list.first = list.first.or(Some(element));
                    let standing = read(element, &mut |message| list.kept.push(message));
                    list.known |= standing == Standing::Known;
                }
                Ok(list)
            }
        }
        deserializer.deserialize_seq(Array)
    }
}
