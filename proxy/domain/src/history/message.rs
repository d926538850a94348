//! One element of a list: a message in one of its shapes, or a pair of them.
//!
//! | shape | of |
//! |---|---|
//! | `{"lc":1, "type":"constructor", "id":[…, "HumanMessage"], "kwargs":{"content"}}` | n8n's Chat Trigger |
//! | `{"type":"human", "data":{"content"}}`, `{"message":{"type", "content"}, "created_at"}` | LangChain's stores |
//! | `{"human":"…", "ai":"…"}` | n8n's Chat Memory Manager, simplified |
//! | `{"role", "content"}` and the like | a workflow that is wired by hand |

use porthole_protocol::history::{HistoryMessage, Role};
use serde_json::value::RawValue;

use super::object::{JsonObject, decode_string};

const TIMES: [&str; 4] = ["at", "timestamp", "createdAt", "created_at"];

/// The members in which a message may hold what it is made of.
const PARTS: [&str; 3] = ["kwargs", "data", "message"];

/// The kind of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementKind {
    /// A message, though perhaps one that is left out.
    Message,
    Other,
}

/// The author of an element.
enum Author {
    Shown(Role),
    /// A system, a tool or another author that is not shown.
    Hidden,
}

impl Author {
    /// Reads the name of a role, a type or a class.
    fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix("chunk").unwrap_or(&name);
        match name.strip_suffix("message").unwrap_or(name) {
            "user" | "human" | "visitor" => Some(Self::Shown(Role::User)),
            "assistant" | "ai" | "bot" => Some(Self::Shown(Role::Assistant)),
            "system" | "developer" | "tool" | "function" | "chat" | "generic" | "remove" => {
                Some(Self::Hidden)
            }
            _ => None,
        }
    }
}

/// Reads an element and passes its messages on.
pub(super) fn read_element(element: &RawValue, out: &mut dyn FnMut(HistoryMessage)) -> ElementKind {
    let Some(outer) = JsonObject::parse(element) else {
        return ElementKind::Other;
    };
    let inner = PARTS.iter().find_map(|name| outer.object(name));
    let author = inner.as_ref().and_then(author).or_else(|| author(&outer));
    let Some(author) = author else {
        return pair(&outer, out);
    };
    let content = inner.as_ref().and_then(content_of).or_else(|| content_of(&outer));
    let calls = inner.as_ref().is_some_and(calls_tools) || calls_tools(&outer);
    let at = inner.as_ref().and_then(time).or_else(|| time(&outer));
    match (author, content) {
        // n8n stores a tool call as a message of the assistant: "Calling … with input …".
        (Author::Shown(role), Some(content)) if !calls => out(HistoryMessage { role, content, at }),
        _ => {}
    }
    ElementKind::Message
}

fn author(object: &JsonObject<'_>) -> Option<Author> {
    let kind = object.text("type").filter(|kind| kind != "constructor");
    let name = object.text("role").or(kind).or_else(|| class(object))?;
    Author::from_name(&name)
}

/// Returns the last name in `id`, in which `LangChain` writes the class.
fn class(object: &JsonObject<'_>) -> Option<String> {
    let names: Vec<&RawValue> = serde_json::from_str(object.get("id")?.get()).ok()?;
    decode_string(names.last()?)
}

fn content_of(object: &JsonObject<'_>) -> Option<String> {
    let names = ["content", "text", "message"];
    names.iter().find_map(|name| text_of(object.get(name)?))
}

/// Returns a string, the text of a part, or that of a list of parts.
fn text_of(value: &RawValue) -> Option<String> {
    part(value).or_else(|| {
        let parts: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
        Some(parts.into_iter().filter_map(part).collect())
    })
}

fn part(value: &RawValue) -> Option<String> {
    decode_string(value).or_else(|| {
        let part = JsonObject::parse(value)?;
        let is_text = part.text("type").is_none_or(|kind| kind.ends_with("text"));
        is_text.then(|| part.text("text"))?
    })
}

fn calls_tools(object: &JsonObject<'_>) -> bool {
    let more = object.object("additional_kwargs");
    let is_call = |object: &JsonObject<'_>| {
        let calls = object.get("tool_calls").is_some_and(|calls| !is_empty(calls));
        calls || object.get("function_call").is_some()
    };
    is_call(object) || more.as_ref().is_some_and(is_call)
}

fn is_empty(list: &RawValue) -> bool {
    list.get().strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(']'))
}

fn time(object: &JsonObject<'_>) -> Option<String> {
    let text = TIMES.iter().find_map(|name| object.text(name))?;
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(time.to_string())
}

/// Reads an object that names each author. Where a tool is among them, the assistant only called it.
fn pair(object: &JsonObject<'_>, out: &mut dyn FnMut(HistoryMessage)) -> ElementKind {
    let tool = object.get("tool").is_some();
    let mut kind = ElementKind::Other;
    for (name, value) in object.members() {
        let (Some(Author::Shown(role)), Some(content)) = (Author::from_name(name), text_of(value)) else {
            continue;
        };
        kind = ElementKind::Message;
        if !(tool && role == Role::Assistant) {
            out(HistoryMessage { role, content, at: None });
        }
    }
    kind
}
