//! What calls that are no message pass after the head gate, in this order: whose session, input, draining, places.
//!
//! Of the limits on calls they met that of their address already (DESIGN §7).

use std::sync::Arc;

use actix_web::dev::Payload;
use porthole_domain::address::AddressGroup;
use porthole_domain::chain::Head;
use porthole_domain::feedback::{self, Feedback};
use porthole_domain::keys::Keyring;
use porthole_domain::message::MessageText;
use porthole_domain::session::Session;
use porthole_protocol::Code;
use porthole_protocol::limits::MAX_COMMENT_CHARS;
use porthole_protocol::text::TextError;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::body;
use super::message::{member, message_id};
use crate::error::Refusal;
use crate::limits::Places;
use crate::relay::Unfinished;
use crate::state::State;

/// What a call holds while it runs.
pub(crate) struct Permit {
    places: Arc<Places>,
    _unfinished: Unfinished,
}

impl Permit {
    /// The places of the call, for who holds them longer: an answer is in memory until its visitor has taken it.
    pub(crate) fn places(&self) -> Arc<Places> {
        Arc::clone(&self.places)
    }
}

/// Lets a call about what was said in a session run; of an id in a path that is not its own nothing is remembered.
pub(crate) fn admit_history(
    state: &State,
    session: &Session,
    client: AddressGroup,
    id: &str,
) -> Result<Permit, Refusal> {
    if id != session.sid.to_string() {
        return Err(Code::NoHistory.into());
    }
    permit(state, session, client)
}

/// Reads feedback on a reply that was sealed here for this session, and lets its call run.
pub(crate) async fn admit_feedback(
    state: &State,
    session: &Session,
    client: AddressGroup,
    payload: Payload,
) -> Result<(Feedback, Permit), Refusal> {
    let bytes = body::read(payload).await?;
    let feedback = accept_feedback(&bytes, session, &state.config.process.keys.keyring)?;
    Ok((feedback, permit(state, session, client)?))
}

fn permit(state: &State, session: &Session, client: AddressGroup) -> Result<Permit, Refusal> {
    not_draining(state)?;
    Ok(Permit {
        places: Arc::new(state.limits.places(client, &session.site)?),
        _unfinished: state.relay.unfinished(),
    })
}

/// Refuses what would begin while the process ends.
pub(super) fn not_draining(state: &State) -> Result<(), Refusal> {
    if state.is_draining() {
        return Err(Refusal::new(Code::Draining).retry_after(5));
    }
    Ok(())
}

/// The members of feedback as they came, each to be read by itself, so that a refusal can name it.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    message_id: Option<&'a RawValue>,
    #[serde(borrow)]
    rating: Option<&'a RawValue>,
    #[serde(borrow)]
    comment: Option<&'a RawValue>,
    #[serde(borrow)]
    turn: Option<&'a RawValue>,
    #[serde(borrow)]
    head: Option<&'a RawValue>,
    #[serde(borrow)]
    receipt: Option<&'a RawValue>,
}

/// Reads the members of feedback.
pub(crate) fn accept_feedback(
    bytes: &[u8],
    session: &Session,
    keyring: &Keyring,
) -> Result<Feedback, Refusal> {
    let members: Members<'_> = super::object(bytes)?;
    let feedback = Feedback {
        message_id: message_id(members.message_id)?,
        rating: required(members.rating, "rating", "\"up\" or \"down\"")?,
        comment: comment(members.comment)?,
        turn: required(members.turn, "turn", "the number of the reply's turn")?,
    };
    let head = head(members.head)?;
    let receipt: String = required(members.receipt, "receipt", "the text of the reply's receipt")?;
    if keyring.verify_receipt(&receipt, session.sid, &feedback.message_id, feedback.turn, &head) {
        Ok(feedback)
    } else {
        Err(Refusal::invalid(
            "receipt",
            "This is not the receipt of that reply in this session.",
        ))
    }
}

fn required<T: serde::de::DeserializeOwned>(
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
    feedback::parse_comment(text).map_err(|error| {
        let why = match error {
            TextError::TooLong { .. } => format!("At most {MAX_COMMENT_CHARS} characters."),
            TextError::CarriageReturn => "No carriage return: end lines with a line feed alone.".to_owned(),
            TextError::Control | TextError::Empty => "No control characters.".to_owned(),
        };
        Refusal::invalid("comment", why)
    })
}
