//! The origin of a page: on the list or not, and mixed content.

use porthole_domain::origin::Origin;
use url::Url;

use super::Widget;
use crate::address::is_loopback;
use crate::finding::{self, Finding};

/// Finds a page over TLS that would load the chat without.
pub(super) fn mixed_content(page: &Url, own: &Origin) -> Option<Finding> {
    let is_local = Url::parse(own.as_str()).is_ok_and(|own| is_loopback(&own));
    (page.scheme() == "https" && own.as_str().starts_with("http:") && !is_local)
        .then(finding::page::mixed_content)
}

/// Judges the page's origin; `None` where the list has mistakes.
pub(super) fn judge(page: &Url, widget: &Widget<'_>) -> Option<Finding> {
    let origin = page.origin().ascii_serialization();
    let allowed = widget.allowed?;
    if origin == widget.origin.as_str() || allowed.permits(origin.as_bytes()).is_some() {
        return Some(finding::page::origin(origin));
    }
    let similar = widget.entries.iter().find(|entry| host(entry) == host(&origin));
    let similar = similar.map_or_else(String::new, |entry| {
        format!(" ({entry} is another origin: scheme, host and port all count)")
    });
    Some(finding::page::origin_not_allowed(origin, similar))
}

/// Returns the host without scheme, `www.`, `*.` and port, which people take for the whole origin.
fn host(origin: &str) -> &str {
    let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("*.")).unwrap_or(host);
    match host.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => host,
    }
}
