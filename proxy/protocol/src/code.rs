//! The stable codes of errors: a client decides by them, not by status or words.

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $text:literal,)*) => {
        /// The stable code of an error (contract §6).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the code as it stands in the `code` member of a problem.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Parses a `code` member; `None` for a code that this version does not know.
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
    /// The session token is missing, forged, expired, or another site's, origin's or way in's.
    InvalidToken => "invalid_token",
    /// The frame's ticket has expired; another one comes with the frame.
    TicketExpired => "ticket_expired",
    /// The page's origin is not on the site's list.
    OriginNotAllowed => "origin_not_allowed",
    /// A call that changes something came without `Origin`.
    OriginRequired => "origin_required",
    /// The path is not served.
    NotFound => "not_found",
    /// The reply is unknown here, another session's, or evicted.
    StreamLost => "stream_lost",
    /// The workflow has no memory of this session, or the session is another's.
    NoHistory => "no_history",
    /// The path exists, the method does not; `Allow` lists those that do.
    MethodNotAllowed => "method_not_allowed",
    /// The formats in `Accept` are not among those that are offered.
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
    /// A rate limit is used up; `retry_after` says when the next call may come.
    RateLimited => "rate_limited",
    /// The request's header is larger than the limit.
    HeaderTooLarge => "header_too_large",
    /// The request's body did not arrive in time.
    RequestTimeout => "request_timeout",
    /// The workflow answered with an error.
    UpstreamStatus => "upstream_status",
    /// The proxy cannot connect to the workflow.
    UpstreamUnreachable => "upstream_unreachable",
    /// The workflow's answer broke off, or it reported an error in the middle.
    UpstreamInterrupted => "upstream_interrupted",
    /// The workflow's answer held no text.
    EmptyReply => "empty_reply",
    /// The workflow's answer is larger than the limit.
    ReplyTooLarge => "reply_too_large",
    /// The circuit breaker before the workflow is open after repeated failures.
    UpstreamResting => "upstream_resting",
    /// Too many calls of the workflow are in flight, and its queue is full.
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
    /// The proxy itself failed.
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
