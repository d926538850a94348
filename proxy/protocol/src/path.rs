//! Paths of the HTTP API and of the documents that the proxy serves.

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
/// Two events with a pause between, for who wants to know whether streams are held back.
pub const HEALTH_STREAM: &str = "/health/stream";
/// Opens a session.
pub const SESSION_CREATE: &str = "/api/v1/session/create";
/// Says whether a session token still holds.
pub const SESSION_VALIDATE: &str = "/api/v1/session/validate";
/// Ends a session.
pub const SESSION_END: &str = "/api/v1/session/end";
/// Sends a message; with `/{message_id}` joins (GET) or stops (DELETE) its reply.
pub const CHAT_MESSAGE: &str = "/api/v1/chat/message";
/// With `/{session_id}`: what the workflow remembers of a conversation (GET), and that it forget it (DELETE).
pub const CHAT_HISTORY: &str = "/api/v1/chat/history";
/// Says what a visitor thinks of a reply.
pub const CHAT_FEEDBACK: &str = "/api/v1/chat/feedback";
/// Sends a message, answered as JSON lines.
pub const CHAT_STREAM: &str = "/api/v1/chat/stream";
