//! Addresses: where the proxy listens, its origin, and the load balancers in front of it.

use std::net::{IpAddr, Ipv4Addr};

use porthole_domain::address::TrustedProxies;
use porthole_domain::origin::Origin;

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
    /// Load balancers whose forwarding headers are believed.
    pub trusted_proxies: TrustedProxies,
}

impl ListenConfig {
    /// Reads every part before any is missed; `None` only together with a mistake.
    pub(crate) fn read(reader: &mut SettingReader<'_>, stage: Stage) -> Option<Self> {
        let host = host(reader);
        let port = reader.number(&API_PORT, 0..=u16::MAX);
        let public_origin = public_origin(reader);
        if stage == Stage::Production {
            reader.require(
                &PUBLIC_URL,
                "required: the origin under which browsers reach this proxy (or DEBUG=true on your own machine)",
            );
        }
        let trusted_proxies = trusted_proxies(reader);
        Some(Self { host: host?, port, public_origin, trusted_proxies: trusted_proxies? })
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

/// Reads the origin in `PUBLIC_URL`, which may be missing.
fn public_origin(reader: &mut SettingReader<'_>) -> Option<Origin> {
    let url = reader.text(&PUBLIC_URL)?;
    let reject = |error| {
        reader.reject(
            &PUBLIC_URL,
            format_args!("{error}; expected an origin such as https://chat.example.com, without a path"),
        );
    };
    Origin::normalise(&url).map_err(reject).ok()
}

fn trusted_proxies(reader: &mut SettingReader<'_>) -> Option<TrustedProxies> {
    let networks = reader.list(&TRUSTED_PROXIES);
    TrustedProxies::parse(networks.iter().map(String::as_str))
        .map_err(|errors| reader.reject_each(&TRUSTED_PROXIES, errors))
        .ok()
}
