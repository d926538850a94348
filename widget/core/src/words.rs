//! Every word that the visitor reads, in English: plain sentences that say what to do.

use porthole_protocol::Code;

use crate::conversation::{Cause, Declined, Stage};
use crate::text::Refusal;

/// The label of the composer.
pub const COMPOSER: &str = "Your message";
/// The composer's placeholder.
pub const PLACEHOLDER: &str = "Write a message…";
/// The button that sends.
pub const SEND: &str = "Send";
/// The button that stops a reply.
pub const STOP: &str = "Stop";
/// The button that tries again.
pub const RETRY: &str = "Try again";
/// The button that starts a new conversation.
pub const NEW_CHAT: &str = "New chat";
/// The button that closes the panel.
pub const CLOSE: &str = "Close chat";
/// The label of the menu button.
pub const MENU: &str = "Menu";
/// The button that copies code or a reply.
pub const COPY: &str = "Copy";
/// Said by the copy button for a moment.
pub const COPIED: &str = "Copied";
/// The button that sends although the conversation went on elsewhere.
pub const SEND_ANYWAY: &str = "Send anyway";
/// The button that takes a message back into the composer.
pub const TAKE_BACK: &str = "Take back";
/// The pill that leads to what arrived below.
pub const NEW_MESSAGES: &str = "New messages";
/// The button that shows the beginning of a long conversation.
pub const EARLIER: &str = "Show earlier messages";
/// The label of the conversation.
pub const LOG: &str = "Conversation";
/// Before the visitor's words, for screen readers.
pub const YOU: &str = "You";
/// Before the reply, for screen readers.
pub const ASSISTANT: &str = "Assistant";
/// The mark on a reply that the visitor stopped.
pub const STOPPED: &str = "Stopped";
/// The mark on a reply that broke off.
pub const INTERRUPTED: &str = "Interrupted";
/// The label of the follow-up questions.
pub const SUGGESTIONS: &str = "Suggestions";
/// Shown where the browser keeps nothing.
pub const FORGOTTEN: &str = "This chat is forgotten when you close the page.";

/// What is shown beside a message that is under way; empty where the typing sign says it all.
#[must_use]
pub const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting | Stage::Streaming => "",
        Stage::Rejoining => "Connecting again…",
        Stage::Stopping => "Stopping…",
        Stage::Queued => "Waiting for an earlier message…",
        Stage::Limited => "Too many messages at once. Yours is sent by itself in a moment.",
        Stage::Offline => "You are offline. Your message is sent when the network is back.",
        Stage::Asking => "This chat went on in another window, and its last message cannot be loaded here.",
    }
}

/// Why a text was not taken.
#[must_use]
pub const fn declined(declined: Declined) -> &'static str {
    match declined {
        Declined::Busy => "Please wait for the answer, or stop it first.",
        Declined::Text(Refusal::Empty) => "Please write something first.",
        Declined::Text(Refusal::TooLong) => "This message is too long.",
        Declined::Text(Refusal::Control) => "This message contains characters that cannot be sent.",
    }
}

/// What went wrong, and what to do.
#[must_use]
pub const fn failure(cause: Cause) -> &'static str {
    match cause {
        Cause::Lost => "The connection was lost before the answer was complete.",
        Cause::Unknown => "Something went wrong. Please try again.",
        Cause::Code(code) => problem(code),
    }
}

const fn problem(code: Code) -> &'static str {
    match code {
        Code::InvalidToken | Code::TicketExpired | Code::SessionEnded => {
            "This chat was closed after a while. Please try again."
        }
        Code::OriginNotAllowed | Code::OriginRequired => "The chat is not set up for this website.",
        Code::RateLimited => "Too many messages at once. Please wait a moment.",
        Code::Busy | Code::StaleState => "Another message of this chat is still being answered.",
        Code::BodyTooLarge => "This message is too long.",
        Code::InvalidField => "This message cannot be sent as it is. Please change it.",
        Code::UpstreamStatus
        | Code::UpstreamUnreachable
        | Code::UpstreamResting
        | Code::BusyWorkflow
        | Code::Draining => "The assistant cannot be reached right now. Please try again in a moment.",
        Code::UpstreamInterrupted | Code::StreamLost => "The answer broke off. Please try again.",
        Code::EmptyReply => "The assistant gave no answer. Please try again.",
        Code::ReplyTooLarge => "The answer was too long to be shown.",
        Code::UpstreamTimeout | Code::RequestTimeout => "The answer took too long. Please try again.",
        Code::Stopped => STOPPED,
        Code::MalformedJson
        | Code::MalformedRequest
        | Code::InvalidLastEventId
        | Code::NotFound
        | Code::NoHistory
        | Code::MethodNotAllowed
        | Code::NotAcceptable
        | Code::MessageConflict
        | Code::UnsupportedMediaType
        | Code::TranscriptMismatch
        | Code::HeaderTooLarge
        | Code::WidgetMissing
        | Code::Internal => "Something went wrong. Please try again.",
    }
}
