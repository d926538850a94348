//! What an address tells of the way to it.

use url::{Host, Url};

/// Endings of names that no public server resolves.
const INNER: [&str; 5] = [".local", ".internal", ".localhost", ".lan", ".home.arpa"];

/// Whether it is this machine's own.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether it is reached over the open internet, as far as its name tells.
pub(super) fn is_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && !INNER.iter().any(|ending| name.ends_with(ending)),
        Some(Host::Ipv4(address)) => {
            !(address.is_private() || address.is_loopback() || address.is_link_local())
        }
        Some(Host::Ipv6(address)) => {
            !(address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local())
        }
        None => false,
    }
}

/// Whether it is that of a Chat Trigger in n8n: `/webhook/<id>/chat`.
pub(super) fn is_chat_trigger(url: &Url) -> bool {
    let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    matches!(segments.as_slice(), [.., "webhook" | "webhook-test", _, "chat"])
}

/// As findings name it: a password in it, or a token in its query, stays out.
pub(super) fn shown(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    let query = if url.query().is_some() { "?…" } else { "" };
    format!("{origin}{}{query}", url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_what_may_be_secret() {
        let table = [
            ("https://shop.example", "https://shop.example/"),
            (
                "https://me:canary@shop.example:8443/help",
                "https://shop.example:8443/help",
            ),
            (
                "https://shop.example/help?token=canary#canary",
                "https://shop.example/help?…",
            ),
        ];
        for (url, want) in table {
            assert_eq!(shown(&Url::parse(url).unwrap()), want);
        }
    }

    #[test]
    fn names_tell_how_far_a_host_is() {
        let table = [
            ("http://localhost:8000", true, false),
            ("http://shop.localhost", true, false),
            ("http://127.0.0.1", true, false),
            ("http://[::1]:1", true, false),
            ("http://n8n:5678", false, false),
            ("http://n8n.internal", false, false),
            ("http://192.168.1.2", false, false),
            ("http://10.0.0.1", false, false),
            ("http://[fd00::1]", false, false),
            ("http://8.8.8.8", false, true),
            ("http://[2001:4860::1]", false, true),
            ("https://n8n.example.com", false, true),
        ];
        for (url, local, public) in table {
            let parsed = Url::parse(url).unwrap();
            assert_eq!(
                (is_loopback(&parsed), is_public(&parsed)),
                (local, public),
                "{url}"
            );
        }
    }

    #[test]
    fn a_chat_trigger_has_an_id_between_webhook_and_chat() {
        let table = [
            ("https://n8n.example.com/webhook/4f2a/chat", true),
            ("https://example.com/n8n/webhook/4f2a/chat", true),
            ("https://n8n.example.com/webhook/chat", false),
            ("https://n8n.example.com/webhook/4f2a/chat/more", false),
            ("https://api.example.com/v1/chat", false),
            ("https://api.example.com", false),
        ];
        for (url, want) in table {
            assert_eq!(is_chat_trigger(&Url::parse(url).unwrap()), want, "{url}");
        }
    }
}
