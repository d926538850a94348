//! What the loader and the frame say to each other over their message port (DESIGN §3.1, §3.2).
//!
//! Every message is an object with a `type`; at most 64 KiB as JSON. Tokens, keys and texts of the
//! conversation never cross, but for the text of `send`, which the page itself speaks.

/// The marker and version of window messages: `{porthole: 1, type: …}`.
pub const MARKER: &str = "porthole";

/// Window message, frame to page: the frame listens. The answer is `connect` with one port.
pub const READY: &str = "ready";
/// Window message, frame to page: this page is not on the list.
pub const REFUSED: &str = "refused";
/// Window message, page to frame: takes the transferred port.
pub const CONNECT: &str = "connect";

/// Port, page to frame: `{theme, color, title, locale, storage, layout, touch, page, context}`.
pub const OPTIONS: &str = "options";
/// Port, page to frame: the panel is visible now; `focus` says whether to take the focus.
pub const SHOWN: &str = "shown";
/// Port, page to frame: the panel is hidden now.
pub const HIDDEN: &str = "hidden";
/// Port, page to frame: `{text}` is sent as the visitor's message.
pub const SEND: &str = "send";
/// Port, page to frame: starts a new conversation.
pub const NEW_CHAT: &str = "newChat";

/// Port, frame to page: the app runs and the composer can be used.
pub const USABLE: &str = "usable";
/// Port, frame to page: close the panel and give the focus back.
pub const CLOSE: &str = "close";
/// Port, frame to page: `{url}` of the page's own origin was chosen.
pub const NAVIGATE: &str = "navigate";
/// Port, frame to page: `{role, length}` of a message that was sent or finished.
pub const MESSAGE: &str = "message";
/// Port, frame to page: `{count}` of replies that came while the panel was hidden.
pub const UNREAD: &str = "unread";
/// Port, frame to page: `{code, detail}`.
pub const ERROR: &str = "error";
