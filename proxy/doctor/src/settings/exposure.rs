//! The proxy's place in the network, as the settings tell it: development rules in public, missing TLS, load balancers.

use porthole_config::Stage;
use porthole_config::setting::{PUBLIC_URL, TRUSTED_PROXIES};
use url::Url;

use super::snapshot::SettingsSnapshot;
use crate::address::is_loopback;
use crate::finding::{self, Finding, trusted_proxies};

/// Judges `DEBUG`.
pub(super) fn stage(settings: &SettingsSnapshot<'_>) -> Option<Finding> {
    if settings.stage == Stage::Production {
        return None;
    }
    let is_public = Url::parse(&settings.text(&PUBLIC_URL)).is_ok_and(|url| !is_loopback(&url));
    Some(if is_public { finding::settings::debug_in_public() } else { finding::settings::debug() })
}

/// Judges `PUBLIC_URL`.
pub(super) fn public_url(settings: &SettingsSnapshot<'_>) -> Option<Finding> {
    let url = Url::parse(&settings.text(&PUBLIC_URL)).ok()?;
    if is_loopback(&url) {
        return (settings.stage == Stage::Production).then(finding::public_url::local);
    }
    (url.scheme() == "http").then(finding::public_url::cleartext)
}

/// Judges `TRUSTED_PROXIES`.
pub(super) fn trusted_proxies(settings: &SettingsSnapshot<'_>) -> Option<Finding> {
    let entries = settings.list(&TRUSTED_PROXIES);
    if let Some(all) = entries.iter().find(|entry| entry.ends_with("/0")) {
        return Some(trusted_proxies::all(all));
    }
    (entries.is_empty() && settings.text(&PUBLIC_URL).starts_with("https:")).then(trusted_proxies::none)
}
