//! The body of feedback, member by member (contract §7).

use actix_web::dev::Payload;
use porthole_chat::feedback::RatedReply;
use porthole_domain::chain::Head;
use porthole_domain::feedback::{Feedback, parse_comment};
use porthole_domain::message::MessageText;
use porthole_protocol::limits::MAX_COMMENT_CHARS;
use porthole_protocol::text::TextError;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::body;
use super::member::{member, members, message_id, object};
use crate::error::Refusal;

members!(FeedbackMembers { message_id, rating, comment, turn, head, receipt });

/// Reads feedback from a body.
pub(crate) async fn read_feedback(payload: Payload) -> Result<RatedReply, Refusal> {
    parse_feedback(&body::read(payload).await?)
}

/// Parses feedback; its receipt is not verified yet.
pub(crate) fn parse_feedback(bytes: &[u8]) -> Result<RatedReply, Refusal> {
    let members: FeedbackMembers<'_> = object(bytes)?;
    let feedback = Feedback {
        message_id: message_id(members.message_id)?,
        rating: required(members.rating, "rating", "\"up\" or \"down\"")?,
        comment: comment(members.comment)?,
        turn: required(members.turn, "turn", "the number of the reply's turn")?,
    };
    Ok(RatedReply {
        feedback,
        head: head(members.head)?,
        receipt: required(members.receipt, "receipt", "the text of the reply's receipt")?,
    })
}

fn required<T: DeserializeOwned>(
    raw: Option<&RawValue>,
    field: &'static str,
    expected: &str,
) -> Result<T, Refusal> {
    member(raw, field, expected)?.ok_or_else(|| Refusal::invalid(field, format!("Expected {expected}.")))
}

fn head(raw: Option<&RawValue>) -> Result<Head, Refusal> {
    let expected = "the text of the reply's head";
    let head: String = required(raw, "head", expected)?;
    Head::parse(&head).ok_or_else(|| Refusal::invalid("head", format!("Expected {expected}.")))
}

fn comment(raw: Option<&RawValue>) -> Result<Option<MessageText>, Refusal> {
    let Some(text) = member(raw, "comment", "a text")? else {
        return Ok(None);
    };
    parse_comment(text).map_err(|error| {
        let why = match error {
            TextError::TooLong { .. } => format!("At most {MAX_COMMENT_CHARS} characters."),
            TextError::CarriageReturn => "No carriage return: end lines with a line feed alone.".to_owned(),
            TextError::Control | TextError::Empty => "No control characters.".to_owned(),
        };
        Refusal::invalid("comment", why)
    })
}
