//! The stable codes of errors, which clients may decide by.

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $text:literal,)*) => {
        /// What went wrong, in one word that never changes (DESIGN §4).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as it stands in a problem's `code` member.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads a `code` member; `None` for one that this version does not know.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

codes! {
    /// The body is no JSON of the expected shape.
    MalformedJson => "malformed_json",
    /// The request line, a header or a query parameter cannot be read.
    MalformedRequest => "malformed_request",
    /// `Last-Event-ID` is no decimal, or beyond the last event.
    InvalidLastEventId => "invalid_last_event_id",
    /// The session token is missing, forged, expired, or meant for somebody else.
    InvalidToken => "invalid_token",
    /// The frame's ticket has expired: fetch the frame again.
    TicketExpired => "ticket_expired",
    /// The page's origin is not on the site's list.
    OriginNotAllowed => "origin_not_allowed",
    /// A call that changes something came without `Origin`.
    OriginRequired => "origin_required",
    /// Nothing is served under this path.
    NotFound => "not_found",
    /// The reply is unknown here, another session's, or too old to be joined.
    StreamLost => "stream_lost",
    /// The workflow remembers nothing of this session, or it is another's.
    NoHistory => "no_history",
    /// The path exists, the method does not; `Allow` lists those that do.
    MethodNotAllowed => "method_not_allowed",
    /// None of the formats in `Accept` is offered.
    NotAcceptable => "not_acceptable",
    /// Another reply of this session is running.
    Busy => "busy",
    /// The `message_id` was used before for another message.
    MessageConflict => "message_conflict",
    /// The token is older than the conversation's state.
    StaleState => "stale_state",
    /// The body is larger than the limit.
    BodyTooLarge => "body_too_large",
    /// The body's media type is not `application/json`.
    UnsupportedMediaType => "unsupported_media_type",
    /// A member has a value that is not permitted; `field` names it.
    InvalidField => "invalid_field",
    /// The transcript does not match the chain in the token.
    TranscriptMismatch => "transcript_mismatch",
    /// Too many calls; `retry_after` says when the next may come.
    RateLimited => "rate_limited",
    /// The request's header is larger than the limit.
    HeaderTooLarge => "header_too_large",
    /// The request's body did not arrive in time.
    RequestTimeout => "request_timeout",
    /// The workflow answered with an error.
    UpstreamStatus => "upstream_status",
    /// No connection to the workflow.
    UpstreamUnreachable => "upstream_unreachable",
    /// The workflow's answer broke off, or it reported an error in the middle.
    UpstreamInterrupted => "upstream_interrupted",
    /// The workflow's answer held no text.
    EmptyReply => "empty_reply",
    /// The workflow's answer is larger than the limit.
    ReplyTooLarge => "reply_too_large",
    /// The workflow failed again and again, and is left alone for a moment.
    UpstreamResting => "upstream_resting",
    /// Too many calls of the workflow at once.
    BusyWorkflow => "busy_workflow",
    /// The proxy is shutting down.
    Draining => "draining",
    /// The workflow did not answer in time.
    UpstreamTimeout => "upstream_timeout",
    /// The visitor stopped the reply before its first word.
    Stopped => "stopped",
    /// The session ended while the reply was running.
    SessionEnded => "session_ended",
    /// The widget was not built into this binary.
    WidgetMissing => "widget_missing",
    /// Something went wrong in the proxy itself.
    Internal => "internal",
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
