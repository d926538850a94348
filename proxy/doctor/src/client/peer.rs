//! The other side of a request.

use url::Url;

/// A server that is asked, and its name in findings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer<'a> {
    /// The beginning of a sentence, such as "The webhook".
    pub(crate) name: &'a str,
    pub(crate) url: &'a Url,
    /// The setting or flag that has its address.
    pub(crate) setting: &'a str,
}

impl Peer<'_> {
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Returns host and port.
    pub(super) fn place(&self) -> String {
        let port = self.url.port_or_known_default().unwrap_or_default();
        format!("{}:{port}", self.host())
    }
}
