//! The one table of errors: code, status, title and sentence (contract §6). Clients may decide by the code.

use crate::Problem;

/// The words of a code, the same for every occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// The HTTP status.
    pub status: u16,
    /// The title of a problem (RFC 9457).
    pub title: &'static str,
    /// The sentence for people where a refusal has none of its own.
    pub detail: &'static str,
}

macro_rules! codes {
    ($($variant:ident $text:literal $status:literal $title:literal: $detail:literal;)*) => {
        /// The cause of an error, in one word that never changes (contract §6).
        #[expect(clippy::doc_markdown, reason = "the sentences are for people")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $detail] $variant,)* }

        impl Code {
            /// Every code, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the code as it stands in a problem's `code` member.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads a `code` member; `None` for one that this version does not know.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }

            /// Returns the code's words.
            #[must_use]
            pub const fn description(self) -> Description {
                match self {
                    $(Self::$variant => Description { status: $status, title: $title, detail: $detail },)*
                }
            }
        }
    };
}

codes! {
    MalformedJson "malformed_json" 400 "Malformed JSON": "The body is not a JSON object of the expected shape.";
    MalformedRequest "malformed_request" 400 "Malformed request": "The request cannot be read.";
    InvalidLastEventId "invalid_last_event_id" 400 "Invalid Last-Event-ID":
        "Last-Event-ID must be the id of an event of this reply.";
    InvalidToken "invalid_token" 401 "Invalid token":
        "The session token is missing, expired or not valid here. Create a session.";
    UseDpopNonce "use_dpop_nonce" 401 "Fresh nonce needed":
        "The proof of the key needs the nonce in DPoP-Nonce. Repeat the call once.";
    TicketExpired "ticket_expired" 401 "Ticket expired":
        "The frame's ticket has expired. Fetch the frame again.";
    OriginNotAllowed "origin_not_allowed" 403 "Origin not allowed": "The chat is not set up for this address.";
    OriginRequired "origin_required" 403 "Origin required":
        "Calls that change something need an Origin header.";
    NotFound "not_found" 404 "Not found": "There is nothing at this address.";
    StreamLost "stream_lost" 404 "Reply not found":
        "No such reply is here to be joined. Send the message again with the next attempt.";
    NoHistory "no_history" 404 "No history": "Nothing is remembered of this session.";
    MethodNotAllowed "method_not_allowed" 405 "Method not allowed":
        "This address does not answer to that method; see Allow.";
    NotAcceptable "not_acceptable" 406 "Not acceptable":
        "Offered are text/event-stream, application/x-ndjson and application/json.";
    Busy "busy" 409 "Busy": "Another reply of this session is running. Join it first.";
    MessageConflict "message_conflict" 409 "Message conflict":
        "This message_id was used for another message. Use a fresh one.";
    StaleState "stale_state" 409 "Stale state":
        "The conversation has moved on since this token. Join the named message first.";
    BodyTooLarge "body_too_large" 413 "Body too large": "The body may be 512 KiB at most.";
    UnsupportedMediaType "unsupported_media_type" 415 "Unsupported media type":
        "The body must be sent as application/json in UTF-8, not compressed.";
    InvalidField "invalid_field" 422 "Invalid field": "A member has a value that is not permitted.";
    TranscriptMismatch "transcript_mismatch" 422 "Transcript mismatch":
        "The transcript is not the one that this token seals.";
    RateLimited "rate_limited" 429 "Too many requests": "Too many at once. Try again later.";
    HeaderTooLarge "header_too_large" 431 "Header too large": "The header of the request is too large.";
    RequestTimeout "request_timeout" 408 "Request timeout": "The body did not arrive in time.";
    UpstreamStatus "upstream_status" 502 "Assistant failed": "The assistant answered with an error.";
    UpstreamUnreachable "upstream_unreachable" 502 "Assistant unreachable":
        "The assistant could not be reached.";
    UpstreamInterrupted "upstream_interrupted" 502 "Answer interrupted": "The answer broke off before its end.";
    EmptyReply "empty_reply" 502 "Empty answer": "The assistant gave no answer.";
    ReplyTooLarge "reply_too_large" 502 "Answer too large": "The answer is too large.";
    UpstreamResting "upstream_resting" 503 "Assistant resting":
        "The assistant failed repeatedly and is given a moment.";
    BusyWorkflow "busy_workflow" 503 "Assistant busy":
        "The assistant is busy with other visitors. Try again in a moment.";
    Draining "draining" 503 "Restarting": "The service is restarting. Try again in a moment.";
    UpstreamTimeout "upstream_timeout" 504 "Answer timeout": "The assistant did not answer in time.";
    Stopped "stopped" 409 "Stopped": "The reply was stopped before its first word.";
    SessionEnded "session_ended" 401 "Session ended":
        "The session ended while the reply was running. Create a session.";
    WidgetMissing "widget_missing" 503 "Widget missing":
        "This proxy was built without the widget. Build with `cargo xtask build`.";
    Internal "internal" 500 "Internal error": "Something went wrong here. The request id helps to find it.";
}

impl Problem {
    /// Describes an error of a request by its code alone.
    #[must_use]
    pub fn new(code: Code, request_id: String) -> Self {
        let Description { status, title, detail } = code.description();
        Self {
            kind: format!("/problems/{}", code.as_str().replace('_', "-")),
            title: title.to_owned(),
            status,
            detail: detail.to_owned(),
            code: code.as_str().to_owned(),
            request_id,
            retry_after: None,
            field: None,
            message_id: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_is_read_back_from_its_text() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code), "{}", code.as_str());
        }
        assert_eq!(Code::parse("no_such_code"), None);
    }
}
