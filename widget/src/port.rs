//! The message port to the page around the frame; a page of its own has none.

use porthole_protocol::port;
use wasm_bindgen::JsValue;
use web_sys::MessagePort;

use crate::conversation::{PageNote, Role};
use crate::js;

/// Characters of JSON in one message; what is larger is dropped unread.
const MAX_MESSAGE: usize = 65_536;

/// Where the chat keeps a conversation (`data-storage`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// In the browser's database, until the visitor or the browser removes it.
    Local,
    /// In the tab's own storage: over a reload, not over the tab.
    Session,
    /// In memory alone.
    Nowhere,
}

/// How the panel is laid out around the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// The panel can be closed.
    Closable,
    /// An element or a page of its own.
    Fixed,
}

/// What the page says about itself and its wishes.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub keeping: Keeping,
    pub layout: Layout,
    /// A finger is the main pointer: the composer is not focused by itself, or a keyboard would jump up.
    pub touch: bool,
    /// `{url, title}`, passed on with each message.
    pub page: JsValue,
    /// What the page adds, passed on as unverified.
    pub context: JsValue,
    pub locale: Option<String>,
}

/// What the page tells the frame.
#[derive(Clone, Debug)]
pub(crate) enum Incoming {
    Options(Options),
    /// The panel is visible and may take the focus.
    ShownWithFocus,
    Shown,
    Hidden,
    Send(String),
    /// The visitor's own words, sent before the app ran.
    Typed(String),
    NewChat,
}

impl Incoming {
    /// Reads a message; `None` for one that is not in the contract.
    pub(crate) fn read(value: &JsValue) -> Option<Self> {
        let kind = js::text(value, "type")?;
        if js::json(value).len() > MAX_MESSAGE {
            return None;
        }
        match kind.as_str() {
            port::OPTIONS => Some(Self::Options(options(value))),
            port::SHOWN if js::is_true(value, "focus") => Some(Self::ShownWithFocus),
            port::SHOWN => Some(Self::Shown),
            port::HIDDEN => Some(Self::Hidden),
            port::SEND if js::is_true(value, "typed") => js::text(value, "text").map(Self::Typed),
            port::SEND => js::text(value, "text").map(Self::Send),
            port::NEW_CHAT => Some(Self::NewChat),
            _ => None,
        }
    }
}

fn options(value: &JsValue) -> Options {
    Options {
        keeping: match js::text(value, "storage").as_deref() {
            Some("session") => Keeping::Session,
            Some("none") => Keeping::Nowhere,
            _ => Keeping::Local,
        },
        layout: match js::text(value, "layout").as_deref() {
            Some("inline") => Layout::Fixed,
            _ => Layout::Closable,
        },
        touch: js::is_true(value, "touch"),
        page: js::get(value, "page"),
        context: js::get(value, "context"),
        locale: js::text(value, "locale"),
    }
}

/// The way to the page.
#[derive(Clone, Debug)]
pub(crate) struct Port(Option<MessagePort>);

impl Port {
    pub(crate) const fn new(port: Option<MessagePort>) -> Self {
        Self(port)
    }

    /// Whether there is a page around the frame.
    pub(crate) const fn has_page(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn usable(&self) {
        self.post(port::USABLE, &[]);
    }

    pub(crate) fn close(&self) {
        self.post(port::CLOSE, &[]);
    }

    pub(crate) fn navigate(&self, url: &str) {
        self.post(port::NAVIGATE, &[("url", url.into())]);
    }

    pub(crate) fn tell(&self, note: &PageNote) {
        match note {
            PageNote::Message { role, length } => {
                let role = match role {
                    Role::User => "user",
                    Role::Assistant => "assistant",
                };
                let length = js::number(*length as u64);
                self.post(port::MESSAGE, &[("role", role.into()), ("length", length)]);
            }
            PageNote::Unread(count) => self.post(port::UNREAD, &[("count", (*count).into())]),
            PageNote::Error { code, detail } => {
                self.post(port::ERROR, &[("code", code.into()), ("detail", detail.into())]);
            }
        }
    }

    fn post(&self, kind: &str, members: &[(&str, JsValue)]) {
        let Some(port) = &self.0 else { return };
        let message = js::object(members);
        let _ = js_sys::Reflect::set(&message, &"type".into(), &kind.into());
        // A plain object can always be cloned, and a closed port swallows it.
        let _ = port.post_message(&message);
    }
}
