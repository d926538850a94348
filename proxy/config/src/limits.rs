//! Limits on messages, sessions and calls (contract §8).

use crate::reader::SettingReader;
use crate::setting;

/// The limits of a site; zero turns one off.
#[derive(Clone, Debug)]
pub struct LimitConfig {
    /// Messages a minute and session.
    pub session_per_minute: u32,
    /// Messages a minute and address.
    pub address_per_minute: u32,
    /// Messages an hour and address.
    pub address_per_hour: u32,
    /// Messages a minute and site.
    pub site_per_minute: u32,
    /// New sessions a minute and address.
    pub create_per_minute: u32,
    /// Calls a minute and address, refused ones included.
    pub calls_per_minute: u32,
    /// Calls of the workflow at once (replies, history, forget, feedback) for one address.
    pub streams_per_address: u32,
    /// Calls of the workflow at once (replies, history, forget, feedback) for one site.
    pub streams_per_site: u32,
}

impl LimitConfig {
    pub(crate) fn read(reader: &mut SettingReader<'_>) -> Self {
        let mut limit = |setting| reader.number(setting, 0..=1_000_000);
        Self {
            session_per_minute: limit(&setting::RATE_LIMIT_SESSION_PER_MINUTE),
            address_per_minute: limit(&setting::RATE_LIMIT_PER_MINUTE),
            address_per_hour: limit(&setting::RATE_LIMIT_PER_HOUR),
            site_per_minute: limit(&setting::RATE_LIMIT_SITE_PER_MINUTE),
            create_per_minute: limit(&setting::RATE_LIMIT_CREATE_PER_MINUTE),
            calls_per_minute: limit(&setting::RATE_LIMIT_CALLS_PER_MINUTE),
            streams_per_address: limit(&setting::MAX_STREAMS_PER_ADDRESS),
            streams_per_site: limit(&setting::MAX_STREAMS_PER_SITE),
        }
    }
}
