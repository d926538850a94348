//! The boot document: the JSON in `#porthole-boot`, which the frame has before its first request (contract §10).

use serde::{Deserialize, Serialize};

use crate::session::SessionLimits;

/// The appearance and the texts of the chat, set by the site in the proxy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appearance {
    /// The heading of the panel and the accessible name of the dialog.
    pub title: String,
    /// An emoji or initials in the head of the panel; an icon stands there where it is empty.
    pub avatar: String,
    /// The greeting of the assistant, Markdown.
    pub greeting: String,
    /// Up to four questions to start with.
    pub starters: Vec<String>,
    /// The line that says that an AI answers; it is left out where it is empty.
    pub disclosure: String,
    /// The accent colour as `#rrggbb`; the page's `data-color` takes precedence.
    pub accent: String,
}

/// An agent or a model that a visitor may choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its name in a message's `agent`.
    pub id: String,
    /// Its name for people.
    pub label: String,
}

/// The frame's ticket, and all that the chat needs to be ready without a further request.
/// The members that are the same for all visitors of a site stand first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// The version of this structure, 1.
    pub v: u8,
    /// The site's id.
    pub site: String,
    /// `true` for a page of its own, with no page around it.
    pub full_page: bool,
    /// The limits of this site.
    pub limits: SessionLimits,
    /// The agents to choose from, the site's own first; empty where there is no choice.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub agents: Vec<Agent>,
    /// Texts and colours.
    pub appearance: Appearance,
    /// The origin of the page around the frame; the proxy's own for a full page.
    pub origin: String,
    /// The ticket, which opens one new session (contract §2).
    pub ticket: String,
    /// The nonce of the first key proof; none where sessions are not bound (contract §2).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nonce: Option<String>,
}
