//! What the frame knows before its first request: the JSON in `#porthole-boot`.

use serde::{Deserialize, Serialize};

use crate::session::SessionLimits;

/// How the chat looks and what it says, set by the site in the proxy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appearance {
    /// The heading of the panel and the accessible name of the dialog.
    pub title: String,
    /// The first words of the assistant, Markdown.
    pub greeting: String,
    /// Up to four questions to start with.
    pub starters: Vec<String>,
    /// The line that says that an AI answers; empty for none.
    pub disclosure: String,
    /// The accent colour as `#rrggbb`; the page's `data-color` goes before it.
    pub accent: String,
}

/// The frame's ticket and everything else that the chat needs to be ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// The version of this structure, 1.
    pub v: u8,
    /// The site's id.
    pub site: String,
    /// The origin of the page around the frame; the proxy's own for a full page.
    pub origin: String,
    /// Opens one new session (PROTOCOL §2).
    pub ticket: String,
    /// Whether this is a page of its own, with no page around it.
    pub full_page: bool,
    /// The address of the full page, where the operator offers one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub full_page_url: Option<String>,
    /// The limits of this site.
    pub limits: SessionLimits,
    /// Texts and colours.
    pub appearance: Appearance,
}
