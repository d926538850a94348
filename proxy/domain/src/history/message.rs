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

use super::object::Object;
use super::text;

const TIMES: [&str; 4] = ["at", "timestamp", "createdAt", "created_at"];

/// The members in which a message may hold what it is made of.
const PARTS: [&str; 3] = ["kwargs", "data", "message"];

/// Whether an element is a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is, though perhaps one that is left out.
    Known,
    Unknown,
}

/// Who speaks in an element, as far as it is shown.
enum Speaker {
    Shown(Role),
    /// A system, a tool, or who else is no part of the conversation.
    Aside,
}

impl Speaker {
    /// By the name of a role, a type or a class; `None` for what names no speaker.
    fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix("chunk").unwrap_or(&name);
        match name.strip_suffix("message").unwrap_or(name) {
            "user" | "human" | "visitor" => Some(Self::Shown(Role::User)),
            "assistant" | "ai" | "bot" => Some(Self::Shown(Role::Assistant)),
            "system" | "developer" | "tool" | "function" | "chat" | "generic" | "remove" => Some(Self::Aside),
            _ => None,
        }
    }
}

/// Reads an element and hands on what is said in it.
pub(super) fn read(element: &RawValue, out: &mut dyn FnMut(HistoryMessage)) -> Standing {
    let Some(outer) = Object::of(element) else {
        return Standing::Unknown;
    };
    let inner = PARTS.iter().find_map(|name| outer.object(name));
    let speaker = inner.as_ref().and_then(speaker).or_else(|| speaker(&outer));
    let Some(speaker) = speaker else {
        return pair(&outer, out);
    };
    let said = inner.as_ref().and_then(content).or_else(|| content(&outer));
    let calls = inner.as_ref().is_some_and(calls_tools) || calls_tools(&outer);
    let at = inner.as_ref().and_then(time).or_else(|| time(&outer));
    match (speaker, said) {
        // n8n stores "Calling … with input …" as what the assistant said.
        (Speaker::Shown(role), Some(content)) if !calls => emit(role, content, at, out),
        _ => {}
    }
    Standing::Known
}

fn speaker(object: &Object<'_>) -> Option<Speaker> {
    let kind = object.text("type").filter(|kind| kind != "constructor");
    let name = object.text("role").or(kind).or_else(|| class(object))?;
    Speaker::of(&name)
}

/// The last name in `id`, by which `LangChain` writes the class.
fn class(object: &Object<'_>) -> Option<String> {
    let names: Vec<&RawValue> = serde_json::from_str(object.get("id")?.get()).ok()?;
    text(names.last()?)
}

fn content(object: &Object<'_>) -> Option<String> {
    let names = ["content", "text", "message"];
    names.iter().find_map(|name| words(object.get(name)?))
}

/// A string, a part with text, or a list of such, put together.
fn words(value: &RawValue) -> Option<String> {
    part(value).or_else(|| {
        let parts: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
        Some(parts.into_iter().filter_map(part).collect())
    })
}

fn part(value: &RawValue) -> Option<String> {
    text(value).or_else(|| {
        let part = Object::of(value)?;
        let is_text = part.text("type").is_none_or(|kind| kind.ends_with("text"));
        is_text.then(|| part.text("text"))?
    })
}

fn calls_tools(object: &Object<'_>) -> bool {
    let more = object.object("additional_kwargs");
    let is_call = |object: &Object<'_>| {
        let calls = object.get("tool_calls").is_some_and(|calls| !is_empty(calls));
        calls || object.get("function_call").is_some()
    };
    is_call(object) || more.as_ref().is_some_and(is_call)
}

fn is_empty(list: &RawValue) -> bool {
    list.get()
        .strip_prefix('[')
        .is_some_and(|rest| rest.trim_start().starts_with(']'))
}

fn time(object: &Object<'_>) -> Option<String> {
    let text = TIMES.iter().find_map(|name| object.text(name))?;
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(time.to_string())
}

/// Reads an object that names each speaker. Where a tool answers in it, the assistant did but call that tool.
fn pair(object: &Object<'_>, out: &mut dyn FnMut(HistoryMessage)) -> Standing {
    let tool = object.get("tool").is_some();
    let mut standing = Standing::Unknown;
    for (name, value) in object.members() {
        let (Some(Speaker::Shown(role)), Some(content)) = (Speaker::of(name), words(value)) else {
            continue;
        };
        standing = Standing::Known;
        if !(tool && role == Role::Assistant) {
            emit(role, content, None, out);
        }
    }
    standing
}

fn emit(role: Role, content: String, at: Option<String>, out: &mut dyn FnMut(HistoryMessage)) {
    if !content.trim().is_empty() {
        out(HistoryMessage { role, content, at });
    }
}
