//! Addresses: their distance, their text in findings, and others of the same server.

use url::{Host, Url};

/// Endings of names that no public server resolves.
const PRIVATE_SUFFIXES: [&str; 5] = [".local", ".internal", ".localhost", ".lan", ".home.arpa"];

/// Returns `true` for an address of this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Returns `true` for an address on the open internet, as far as its name tells.
pub(crate) fn is_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            name.contains('.') && !PRIVATE_SUFFIXES.iter().any(|ending| name.ends_with(ending))
        }
        Some(Host::Ipv4(address)) => {
            !(address.is_private() || address.is_loopback() || address.is_link_local())
        }
        Some(Host::Ipv6(address)) => {
            !(address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local())
        }
        None => false,
    }
}

/// Returns the address without user, password and query, which may hold a secret.
pub(crate) fn without_secrets(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    let query = if url.query().is_some() { "?…" } else { "" };
    format!("{origin}{}{query}", url.path())
}

/// Returns the address of a path below a base, which may have a path itself.
pub(crate) fn with_path(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}

/// Returns an address without a slash at its end.
pub(crate) fn without_slash(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let table = [
            ("https://shop.example", "https://shop.example/"),
            ("https://me:canary@shop.example:8443/help", "https://shop.example:8443/help"),
            ("https://shop.example/help?token=canary#canary", "https://shop.example/help?…"),
        ];
        for (url, want) in table {
            assert_eq!(without_secrets(&Url::parse(url).unwrap()), want);
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
            assert_eq!((is_loopback(&parsed), is_public(&parsed)), (local, public), "{url}");
        }
    }
}
