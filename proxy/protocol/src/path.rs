//! The paths of the HTTP API and of the documents (contract §7).

/// The first segments of the routes, but that of [`CHAT`]: no path of `PUBLIC_URL` may begin with one.
pub const FIRST_SEGMENTS: [&str; 9] =
    ["api", "widget.js", "assets", "frame", "verify", "pages", "health", "metrics", ".well-known"];
/// The prefix of every API route.
pub const API: &str = "/api/v1";
/// The loader that a page embeds.
pub const WIDGET_JS: &str = "/widget.js";
/// The prefix of the immutable assets; the next segment is the build's hash.
pub const ASSETS: &str = "/assets";
/// The chat document that the loader puts into its iframe.
pub const FRAME: &str = "/frame";
/// The same document as a page of its own.
pub const CHAT: &str = "/chat";
/// The page that checks a signed transcript in the browser.
pub const VERIFY: &str = "/verify";
/// The state of the process, as JSON.
pub const HEALTH: &str = "/health";
/// The metrics of the process.
pub const METRICS: &str = "/metrics";
/// Two events with a pause between them: a client sees if an intermediary holds streams back.
pub const HEALTH_STREAM: &str = "/health/stream";
/// Opens a session.
pub const SESSION_CREATE: &str = "/api/v1/session/create";
/// Checks a session token.
pub const SESSION_VALIDATE: &str = "/api/v1/session/validate";
/// Ends a session.
pub const SESSION_END: &str = "/api/v1/session/end";
/// Sends a message; with `/{message_id}` joins (GET) or stops (DELETE) its reply.
pub const CHAT_MESSAGE: &str = "/api/v1/chat/message";
/// With `/{session_id}` reads (GET) or deletes (DELETE) the workflow's memory of a conversation.
pub const CHAT_HISTORY: &str = "/api/v1/chat/history";
/// Rates a reply.
pub const CHAT_FEEDBACK: &str = "/api/v1/chat/feedback";
/// Signs the transcript of a conversation.
pub const CHAT_EXPORT: &str = "/api/v1/chat/export";
/// Sends a message; the answer is JSON lines.
pub const CHAT_STREAM: &str = "/api/v1/chat/stream";
