//! The widget as a page knows it.

use porthole_domain::origin::{Origin, OriginList};

/// The proxy's widget, and the origins that may show it.
#[derive(Debug)]
pub(crate) struct Widget<'a> {
    /// The proxy's own origin.
    pub(crate) origin: &'a Origin,
    /// The path of `PUBLIC_URL`, or an empty text.
    pub(crate) base_path: &'a str,
    /// The origins that may show it; `None` where the list has mistakes.
    pub(crate) allowed: Option<&'a OriginList>,
    /// The list as it is written.
    pub(crate) entries: &'a [String],
}
