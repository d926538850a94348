//! Addresses: where the proxy listens, its origin, and the load balancers in front of it.

use std::net::{IpAddr, Ipv4Addr};

use porthole_domain::address::TrustedProxies;
use porthole_domain::origin::Origin;
use porthole_protocol::path;

use crate::reader::SettingReader;
use crate::setting::{API_HOST, API_PORT, PUBLIC_URL, TRUSTED_PROXIES};
use crate::stage::Stage;

/// The proxy's own addresses and those in front of it.
#[derive(Debug)]
pub struct ListenConfig {
    /// The address to bind.
    pub host: IpAddr,
    /// The port to bind; 0 for a free one.
    pub port: u16,
    /// The origin under which browsers reach the proxy; `None` in development, where it is taken from
    /// a loopback `Host`.
    pub public_origin: Option<Origin>,
    /// The path of `PUBLIC_URL`, such as `/chat`, below which all routes are; empty where the proxy has a host of its own.
    pub base_path: String,
    /// Load balancers whose forwarding headers are believed.
    pub trusted_proxies: TrustedProxies,
}

impl ListenConfig {
    /// Reads every part before any is missed; `None` only together with a mistake.
    pub(crate) fn read(reader: &mut SettingReader<'_>, stage: Stage) -> Option<Self> {
        let host = host(reader);
        let port = reader.number(&API_PORT, 0..=u16::MAX);
        let (public_origin, base_path) = public_url(reader).unzip();
        if stage == Stage::Production {
            reader.require(
                &PUBLIC_URL,
                "required: the origin under which browsers reach this proxy (or DEBUG=true on your own machine)",
            );
        }
        let trusted_proxies = trusted_proxies(reader);
        Some(Self {
            host: host?,
            port,
            public_origin,
            base_path: base_path.unwrap_or_default(),
            trusted_proxies: trusted_proxies?,
        })
    }

    /// Returns `PUBLIC_URL` without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> Option<String> {
        let origin = self.public_origin.as_ref()?;
        Some(format!("{origin}{}", self.base_path))
    }
}

fn host(reader: &mut SettingReader<'_>) -> Option<IpAddr> {
    let host = reader.text(&API_HOST).unwrap_or_default();
    // The usual host name; others would need a resolver.
    if host == "localhost" {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    reader.parsed(&API_HOST, "an IP address such as 127.0.0.1, 0.0.0.0 or ::")
}

/// Reads origin and path of `PUBLIC_URL`, which may be missing.
fn public_url(reader: &mut SettingReader<'_>) -> Option<(Origin, String)> {
    let url = reader.text(&PUBLIC_URL)?;
    let (origin, path) = split_path(&url);
    if let Err(reason) = check_path(path) {
        reader.reject(&PUBLIC_URL, reason);
        return None;
    }
    let reject = |error| {
        reader.reject(
            &PUBLIC_URL,
            format_args!("{error}; expected an address such as https://chat.example.com"),
        );
    };
    Some((Origin::normalise(origin).map_err(reject).ok()?, path.to_owned()))
}

/// Splits an address in front of its path, which loses a slash at its end.
fn split_path(url: &str) -> (&str, &str) {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let path = url[authority..].find(['/', '?', '#']).map_or(url.len(), |at| authority + at);
    let (origin, path) = url.split_at(path);
    (origin, path.strip_suffix('/').unwrap_or(path))
}

/// Checks that a path means the same to every intermediary, and that no route of ours begins with it.
fn check_path(path: &str) -> Result<(), &'static str> {
    let is_plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    let Some(path) = path.strip_prefix('/') else {
        return if path.is_empty() { Ok(()) } else { Err("expected an address without query and fragment") };
    };
    if !path.split('/').all(is_plain) {
        return Err("the path may have letters, digits and `-._~` only, such as https://shop.example/chat");
    }
    let first = path.split('/').next().unwrap_or_default();
    if path::FIRST_SEGMENTS.contains(&first) {
        return Err("the proxy has a route of this name itself: choose another path, such as /chat");
    }
    Ok(())
}

fn trusted_proxies(reader: &mut SettingReader<'_>) -> Option<TrustedProxies> {
    let networks = reader.list(&TRUSTED_PROXIES, ',');
    TrustedProxies::parse(networks.iter().map(String::as_str))
        .map_err(|errors| reader.reject_each(&TRUSTED_PROXIES, errors))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_plain_path_that_is_no_route_of_ours() {
        for (url, split, is_right) in [
            ("https://shop.example", ("https://shop.example", ""), true),
            ("https://shop.example/", ("https://shop.example", ""), true),
            ("https://shop.example/chat/", ("https://shop.example", "/chat"), true),
            ("https://shop.example/help/chat.2", ("https://shop.example", "/help/chat.2"), true),
            ("https://shop.example?x", ("https://shop.example", "?x"), false),
            ("https://shop.example/chat?x", ("https://shop.example", "/chat?x"), false),
            ("https://shop.example//", ("https://shop.example", "/"), false),
            ("https://shop.example/a//b", ("https://shop.example", "/a//b"), false),
            ("https://shop.example/../b", ("https://shop.example", "/../b"), false),
            ("https://shop.example/%61", ("https://shop.example", "/%61"), false),
            ("https://shop.example/api", ("https://shop.example", "/api"), false),
            ("https://shop.example/assets/x", ("https://shop.example", "/assets/x"), false),
            ("shop.example/chat", ("shop.example", "/chat"), true),
        ] {
            assert_eq!(split_path(url), split);
            assert_eq!(check_path(split.1).is_ok(), is_right, "{url}");
        }
    }
}
