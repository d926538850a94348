use std::sync::LazyLock;

use porthole_domain::history::{MAX_BYTES, MAX_MESSAGES, decode};
use porthole_domain::message::MessageText;
use porthole_domain::reply::Thoughts;
use porthole_domain::session::Session;
use porthole_protocol::Code;
use porthole_protocol::limits::MAX_COMMENT_CHARS;
use serde_json::Value;

use crate::forge;

static SESSION: LazyLock<Session> = LazyLock::new(forge::session);

/// Reads what a workflow remembers: within the limits, and nothing empty.
pub fn history(input: &[u8]) {
    let read = decode(input, Thoughts::Hide);
    assert_eq!(decode(&[input, b"\r\n"].concat(), Thoughts::Hide), read, "space behind a body means nothing");
    let messages = read.unwrap_or_default();
    assert!(messages.len() <= MAX_MESSAGES);
    let bytes: usize = messages.iter().map(|message| message.content.len()).sum();
    assert!(bytes <= MAX_BYTES);
    for message in messages {
        assert!(!message.content.trim().is_empty());
        assert!(message.at.is_none_or(|at| at.ends_with('Z')), "times are in UTC");
    }
}

/// Reads the body of feedback: without the one receipt that holds, none is taken.
pub fn feedback(input: &[u8]) {
    let feedback = match porthole::parsers::feedback(input, &SESSION, &forge::RING) {
        Ok(feedback) => feedback,
        Err(code) => {
            assert!(matches!(code, Code::MalformedJson | Code::InvalidField), "{code:?}");
            return;
        }
    };
    // A member without a reader may be deeper than this parser takes.
    let Ok(members) = serde_json::from_slice::<Value>(input) else {
        return;
    };
    assert_eq!(members["message_id"], feedback.message_id.to_string());
    assert_eq!(
        (&members["turn"], &members["rating"]),
        (&feedback.turn.into(), &feedback.rating.as_str().into())
    );
    let head = porthole_domain::chain::Head::parse(members["head"].as_str().unwrap()).unwrap();
    let receipt = forge::RING.receipt(SESSION.sid, &feedback.message_id, feedback.turn, &head);
    assert_eq!(members["receipt"], receipt);
    if let Some(comment) = feedback.comment.as_ref().map(MessageText::as_str) {
        assert_eq!(members["comment"], comment, "a comment is never altered");
        assert!(comment.chars().count() <= MAX_COMMENT_CHARS as usize);
    }
}
