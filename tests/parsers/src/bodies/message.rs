use std::sync::LazyLock;

use porthole_domain::chain::{Fingerprint, Head, TextHash};
use porthole_domain::message::{MessageId, MessageText};
use porthole_domain::session::Session;
use porthole_domain::site::SiteId;
use porthole_domain::transcript::MemoryMode;
use porthole_protocol::Code;
use porthole_protocol::session::CreateRequest;
use porthole_protocol::text::TextError;
use serde_json::Value;

use crate::forge;
use crate::input::{self, Choices};

static SESSION: LazyLock<Session> = LazyLock::new(forge::session);

/// Reads a text that a visitor wrote, and an id: as it is or not at all.
pub fn message_text(input: &[u8]) {
    let (mut choices, text) = Choices::before(input, 1);
    let (max, text) = (choices.byte(), input::text(text));
    let taken = MessageText::parse(&*text, max.into());
    assert_eq!(taken.is_ok(), is_fit(&text, max.into()), "{text:?}, at most {max}");
    match taken {
        Ok(message) => assert_eq!(message.as_str(), text),
        Err(TextError::TooLong { max_chars }) => assert_eq!(max_chars, u32::from(max)),
        Err(TextError::Empty | TextError::CarriageReturn | TextError::Control) => {}
    }
    if let Ok(id) = MessageId::parse(&text) {
        assert_eq!(id.to_string(), text);
    }
}

fn is_fit(text: &str, max: usize) -> bool {
    let fit = |c: char| !c.is_control() || c == '\n' || c == '\t';
    text.chars().count() <= max && text.chars().all(fit) && text.chars().any(|c| !c.is_whitespace())
}

/// Reads the name of a site.
pub fn site(input: &[u8]) {
    let text = input::text(input);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_id = (1..=32).contains(&text.len()) && text.chars().all(plain) && !text.starts_with('-');
    match SiteId::parse(&text) {
        Ok(id) => assert!(is_id && id.as_str() == text, "{text:?}"),
        Err(_) => assert!(!is_id, "{text:?}"),
    }
}

/// Reads the body of a message as the body gate does.
pub fn message_body(input: &[u8]) {
    let (mut choices, body) = Choices::before(input, 1);
    let max_chars = u32::from(choices.byte());
    let memory = if max_chars % 2 == 0 { MemoryMode::Workflow } else { MemoryMode::Transcript { turns: 2 } };
    let message = match porthole::parsers::message(body, &SESSION, max_chars, memory) {
        Ok(message) => message,
        Err(code) => {
            let known = [Code::MalformedJson, Code::InvalidField, Code::TranscriptMismatch];
            assert!(known.contains(&code), "{code:?}");
            return;
        }
    };
    assert!(is_fit(message.text.as_str(), max_chars as usize));
    assert!((1..=5).contains(&message.attempt));
    assert!(
        message.agent.is_none_or(|agent| agent.chars().count() <= 64 && !agent.contains(char::is_control))
    );
    assert!(message.page.and_then(|page| page.url).is_none_or(|url| url.len() <= 2048));
    // A member without a reader may be deeper, or hold other numbers and half characters, than this parser takes.
    if let Ok(Value::Object(members)) = serde_json::from_slice(body) {
        assert_eq!(members["message"], *message.text.as_str(), "the text is never altered");
        assert_eq!(members["message_id"], *message.id.to_string());
        let metadata = members.get("metadata").filter(|metadata| !metadata.is_null());
        let read = message.metadata.map(|raw| serde_json::from_str(raw.get()).unwrap());
        assert_eq!(metadata.cloned(), read);
    }
}

/// Reads the body that opens a session.
pub fn create(input: &[u8]) {
    match porthole::parsers::create(input) {
        Ok(create) => {
            let json = serde_json::to_vec(&create).unwrap();
            assert_eq!(serde_json::from_slice::<CreateRequest>(&json).unwrap(), create);
            assert!(input.trim_ascii().starts_with(b"{") && input.trim_ascii().ends_with(b"}"));
        }
        Err(code) => assert!(matches!(code, Code::MalformedJson | Code::InvalidField), "{code:?}"),
    }
}

/// Computes the fingerprint of metadata: the same for the same bytes only.
pub fn metadata(input: &[u8]) {
    let text = input::text(input);
    let known = fingerprint(Some(&text));
    assert_eq!(fingerprint(Some(&text)), known);
    assert_ne!(fingerprint(Some(&format!("{text} "))), known);
    assert_eq!(fingerprint(None) == known, text.is_empty());
}

fn fingerprint(metadata: Option<&str>) -> Fingerprint {
    let head = Head::new(&SiteId::default(), SESSION.sid);
    Fingerprint::new(&head, 1, &TextHash::new("hi"), None, metadata)
}
