//! Addresses: where we listen, who we are to browsers, who stands in front of us.

use std::net::IpAddr;

use porthole_domain::address::TrustedProxies;
use porthole_domain::origin::{Origin, OriginList};

use super::reader::Reader;
use super::{Stage, setting};

/// Where the proxy listens and how it is reached.
#[derive(Debug)]
pub(crate) struct Listen {
    /// The address to bind.
    pub(crate) host: IpAddr,
    /// The port to bind; 0 for a free one.
    pub(crate) port: u16,
    /// The origin under which browsers reach us; `None` in development, where it is taken from
    /// a loopback `Host`.
    pub(crate) public_origin: Option<Origin>,
    /// Load balancers whose forwarding headers are believed.
    pub(crate) trusted_proxies: TrustedProxies,
}

pub(super) fn read(reader: &mut Reader<'_>, stage: Stage) -> Option<Listen> {
    let host = reader.text(&setting::API_HOST).unwrap_or_default();
    // A name that everybody types is worth understanding; others would need a resolver.
    let host = if host == "localhost" {
        Ok(IpAddr::from([127, 0, 0, 1]))
    } else {
        host.parse()
    };
    if host.is_err() {
        reader.object(
            &setting::API_HOST,
            "expected an IP address such as 127.0.0.1, 0.0.0.0 or ::",
        );
    }
    let port = reader.number(&setting::API_PORT, 0..=u16::MAX);
    let public_origin = public_origin(reader, stage);
    let trusted = reader.list(&setting::TRUSTED_PROXIES);
    let trusted_proxies = match TrustedProxies::parse(trusted.iter().map(String::as_str)) {
        Ok(proxies) => Some(proxies),
        Err(errors) => {
            for error in errors {
                reader.object(&setting::TRUSTED_PROXIES, error);
            }
            None
        }
    };
    Some(Listen {
        host: host.ok()?,
        port,
        public_origin: public_origin?,
        trusted_proxies: trusted_proxies?,
    })
}

/// The outer `None` is a mistake, the inner one development without `PUBLIC_URL`.
#[expect(
    clippy::option_option,
    reason = "the two absences mean different things and are told apart at once"
)]
fn public_origin(reader: &mut Reader<'_>, stage: Stage) -> Option<Option<Origin>> {
    let Some(url) = reader.text(&setting::PUBLIC_URL) else {
        return match stage {
            Stage::Development => Some(None),
            Stage::Production => {
                reader.object(
                    &setting::PUBLIC_URL,
                    "required: the origin under which browsers reach this proxy (or DEBUG=true on your own machine)",
                );
                None
            }
        };
    };
    match Origin::normalise(&url) {
        Ok(origin) => Some(Some(origin)),
        Err(error) => {
            reader.object(
                &setting::PUBLIC_URL,
                format_args!("{error}; expected an origin such as https://chat.example.com, without a path"),
            );
            None
        }
    }
}

pub(super) fn origins(reader: &mut Reader<'_>, stage: Stage) -> Option<OriginList> {
    let entries = reader.list(&setting::ALLOWED_ORIGINS);
    if stage == Stage::Production && entries.iter().any(|entry| entry == "*") {
        reader.object(
            &setting::ALLOWED_ORIGINS,
            "`*` is for development (DEBUG=true) only; list the sites",
        );
    }
    match OriginList::parse(entries.iter().map(String::as_str)) {
        Ok(list) => Some(list),
        Err(errors) => {
            for error in errors {
                reader.object(&setting::ALLOWED_ORIGINS, error);
            }
            None
        }
    }
}
