//! The widget as it was when this binary was built; the build script writes the values.

use porthole_protocol::path;

/// A build of the widget.
#[derive(Debug)]
pub(crate) struct WidgetBuild {
    /// The name of the build, 16 hex digits.
    pub(crate) hash: &'static str,
    /// The files that the frame loads from `/assets/<hash>/`.
    pub(crate) files: &'static [Asset],
    /// `/widget.js`.
    pub(crate) loader: Asset,
    /// The chat document, with placeholders.
    pub(crate) template: &'static str,
}

impl WidgetBuild {
    /// Returns the folder of the files below the path of `PUBLIC_URL`.
    pub(crate) fn folder(&self, base_path: &str) -> String {
        format!("{base_path}{}/{}", path::ASSETS, self.hash)
    }
}

/// A file of the widget, as it is and compressed.
#[derive(Debug)]
pub(crate) struct Asset {
    /// The last segment of its path.
    pub(crate) name: &'static str,
    /// The value of `Content-Type`.
    pub(crate) media_type: &'static str,
    /// The bytes as they are.
    pub(crate) raw: &'static [u8],
    /// The bytes in the encoding `br`.
    pub(crate) br: &'static [u8],
    /// The bytes in the encoding `gzip`.
    pub(crate) gz: &'static [u8],
}

/// The page in place of a refused chat.
#[derive(Debug)]
pub(crate) struct ErrorPage {
    /// The page with its words, and placeholders for the rest.
    pub(crate) template: &'static str,
    /// The heading where the chat is refused.
    pub(crate) refused: &'static str,
    /// The heading where it is refused for a moment.
    pub(crate) refused_for_now: &'static str,
}

/// The widget, or `None` where it was not built.
pub(crate) static WIDGET: Option<WidgetBuild> = include!(concat!(env!("OUT_DIR"), "/widget.rs"));

pub(crate) static ERROR_PAGE: ErrorPage = include!(concat!(env!("OUT_DIR"), "/error_page.rs"));
