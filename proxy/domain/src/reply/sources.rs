//! Sources of an answer.

use porthole_protocol::Source;
use porthole_protocol::limits::{MAX_NOTICE_CHARS, MAX_SOURCE_URL_BYTES, MAX_TITLE_CHARS};

/// Makes a source, whose number the reply gives; `None` where it has neither title nor web address.
pub(super) fn source(title: Option<String>, url: Option<String>, quote: Option<String>) -> Option<Source> {
    let url = url.filter(|url| is_web_address(url) && url.len() <= MAX_SOURCE_URL_BYTES);
    let title = title.or_else(|| url.clone())?;
    let quote = quote.map(|quote| within(&quote, MAX_NOTICE_CHARS));
    Some(Source { id: String::new(), title: within(&title, MAX_TITLE_CHARS), url, quote })
}

/// Returns the first characters of a text.
pub(super) fn within(text: &str, max_chars: usize) -> String {
    text.trim().chars().take(max_chars).collect()
}

/// Tells if an address has a scheme of the web and, behind it, the beginning of a host.
fn is_web_address(url: &str) -> bool {
    let host = ["https://", "http://"].iter().find_map(|scheme| {
        let (head, host) = url.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(host)
    });
    host.is_some_and(|host| host.starts_with(|first: char| first.is_alphanumeric() || first == '['))
}
