//! Limits on messages, sessions and calls (contract §8).

use crate::reader::SettingReader;
use crate::setting;

/// The limits of a site; zero turns one off.
#[derive(Clone, Debug)]
pub struct LimitConfig {
    /// Messages a minute and session.
    pub session_per_minute: u32,
    /// Actions (history, forget, feedback) a minute and session.
    pub actions_per_minute: u32,
    /// Messages and actions a minute and address.
    pub address_per_minute: u32,
    /// Messages and actions an hour and address.
    pub address_per_hour: u32,
    /// Messages and actions a minute and network.
    pub network_per_minute: u32,
    /// Messages and actions a minute and site.
    pub site_per_minute: u32,
    /// New sessions a minute and address.
    pub create_per_minute: u32,
    /// New sessions a minute and network.
    pub network_creations_per_minute: u32,
    /// Calls a minute and address, refused ones included.
    pub calls_per_minute: u32,
    /// Calls of the workflow at once (replies and actions) for one address.
    pub streams_per_address: u32,
    /// The same for one network.
    pub streams_per_network: u32,
    /// The same for one site.
    pub streams_per_site: u32,
}

/// The largest share of the workflow's concurrency that an address has by default.
const MAX_DEFAULT_STREAMS: u32 = 20;

impl LimitConfig {
    pub(crate) fn read(reader: &mut SettingReader<'_>) -> Self {
        let own = reader.parsed(&setting::RATE_LIMIT_NETWORK_PER_MINUTE, "a whole number");
        let streams_per_address = streams_per_address(reader);
        let streams_per_network = reader.parsed(&setting::MAX_STREAMS_PER_NETWORK, "a whole number");
        let streams_per_network = streams_per_network.unwrap_or(streams_per_address.saturating_mul(2));
        let mut limit = |setting| reader.number(setting, 0..=1_000_000);
        let site_per_minute = limit(&setting::RATE_LIMIT_SITE_PER_MINUTE);
        let address_per_minute = limit(&setting::RATE_LIMIT_PER_MINUTE);
        let create_per_minute = limit(&setting::RATE_LIMIT_CREATE_PER_MINUTE);
        let network = own.unwrap_or(site_per_minute / 4);
        Self {
            session_per_minute: limit(&setting::RATE_LIMIT_SESSION_PER_MINUTE),
            actions_per_minute: limit(&setting::RATE_LIMIT_ACTIONS_PER_MINUTE),
            address_per_minute,
            address_per_hour: limit(&setting::RATE_LIMIT_PER_HOUR),
            network_per_minute: at_least(network, address_per_minute),
            site_per_minute,
            create_per_minute,
            network_creations_per_minute: at_least(network, create_per_minute),
            calls_per_minute: limit(&setting::RATE_LIMIT_CALLS_PER_MINUTE),
            streams_per_address,
            streams_per_network: at_least(streams_per_network, streams_per_address),
            streams_per_site: limit(&setting::MAX_STREAMS_PER_SITE),
        }
    }
}

/// Returns the limit of a network: never less than one address of it has, and none where an address has none.
fn at_least(network: u32, address: u32) -> u32 {
    if network == 0 || address == 0 { 0 } else { network.max(address) }
}

/// Reads the share of one address: by default a quarter of the workflow's concurrency, so that others are always served.
fn streams_per_address(reader: &mut SettingReader<'_>) -> u32 {
    // A mistake in it is named where the upstream is read.
    let concurrency = reader.text(&setting::UPSTREAM_CONCURRENCY).and_then(|text| text.parse::<u32>().ok());
    let own = reader.parsed(&setting::MAX_STREAMS_PER_ADDRESS, "a whole number");
    own.unwrap_or(match concurrency {
        None | Some(0) => MAX_DEFAULT_STREAMS,
        Some(concurrency) => (concurrency / 4).clamp(1, MAX_DEFAULT_STREAMS),
    })
}

#[cfg(test)]
mod tests;
