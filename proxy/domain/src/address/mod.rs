//! The visitor's address, and the group of addresses that share a limit.

use std::net::IpAddr;

use ipnet::IpNet;
use thiserror::Error;

mod forwarded;
mod group;

pub use group::{AddressGroup, AddressNetwork};

/// The proxies that are trusted to report the client's address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// The error of an entry that is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{entry:?} is no address or network, such as 10.0.0.0/8")]
pub struct InvalidNetwork {
    /// The entry as it was written.
    pub entry: String,
}

impl TrustedProxies {
    /// Parses addresses and networks; white space around an entry and empty entries are ignored.
    ///
    /// Every mistake is reported, not only the first.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<InvalidNetwork>> {
        let mut networks = Vec::new();
        let mut errors = Vec::new();
        for entry in entries.into_iter().map(str::trim).filter(|entry| !entry.is_empty()) {
            match network(entry) {
                Some(network) => networks.push(network),
                None => errors.push(InvalidNetwork { entry: entry.to_owned() }),
            }
        }
        if errors.is_empty() { Ok(Self(networks)) } else { Err(errors) }
    }

    /// Returns `true` where `address` is that of a trusted proxy.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

fn network(entry: &str) -> Option<IpNet> {
    let address = entry.parse().ok().map(|address: IpAddr| IpNet::from(address.to_canonical()));
    address.or_else(|| entry.parse().ok())
}

/// The lines of the headers that proxies write, in the order of their arrival.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forwarding<'a> {
    /// The values of `Forwarded` (RFC 7239).
    pub forwarded: &'a [&'a [u8]],
    /// The values of `X-Forwarded-For`.
    pub x_forwarded_for: &'a [&'a [u8]],
}

/// Determines the client's address: the peer's, or the one that trusted proxies report.
///
/// Each proxy appends the address of its own peer, so the chain is walked from the right, through entries that are
/// trusted themselves, to the first that is not. An entry that cannot be parsed ends the walk at the last good one. Most
/// proxies write one of the two headers and let the other through as the client sent it; where both are there and
/// disagree, neither is believed.
#[must_use]
pub fn client_address(peer: IpAddr, trusted: &TrustedProxies, headers: &Forwarding<'_>) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contain(peer) {
        return peer;
    }
    let forwarded = || walk(peer, trusted, forwarded::forwarded_from_right(headers.forwarded));
    let x_forwarded = || walk(peer, trusted, forwarded::x_forwarded_from_right(headers.x_forwarded_for));
    match (headers.forwarded.is_empty(), headers.x_forwarded_for.is_empty()) {
        (true, true) => peer,
        (false, true) => forwarded(),
        (true, false) => x_forwarded(),
        (false, false) => Some(forwarded()).filter(|address| *address == x_forwarded()).unwrap_or(peer),
    }
}

fn walk(peer: IpAddr, trusted: &TrustedProxies, from_right: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
    let mut last_good = peer;
    for entry in from_right {
        let Some(address) = entry else {
            return last_good;
        };
        last_good = address.to_canonical();
        if !trusted.contain(last_good) {
            return last_good;
        }
    }
    last_good
}

#[cfg(test)]
mod tests;
