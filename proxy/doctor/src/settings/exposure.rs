//! The proxy's place in the network, as the settings tell it: development rules in public, missing TLS, load balancers.

use porthole_config::Stage;
use porthole_config::setting::{PUBLIC_URL, TRUSTED_PROXIES};
use url::Url;

use super::snapshot::SettingsSnapshot;
use crate::address::is_loopback;
use crate::finding::{Code, Finding};

/// Judges `DEBUG`.
pub(super) fn stage(settings: &SettingsSnapshot<'_>) -> Option<Finding> {
    if settings.stage == Stage::Production {
        return None;
    }
    let is_public = Url::parse(&settings.text(&PUBLIC_URL)).is_ok_and(|url| !is_loopback(&url));
    Some(if is_public {
        Finding::new(
            Code::SettingsDebugInPublic,
            "DEBUG=true, and PUBLIC_URL is not this machine's own: development rules on the open internet.",
        )
    } else {
        Finding::new(Code::SettingsDebug, "DEBUG=true: development rules.")
    })
}

/// Judges `PUBLIC_URL`.
pub(super) fn public_url(settings: &SettingsSnapshot<'_>) -> Option<Finding> {
    let url = Url::parse(&settings.text(&PUBLIC_URL)).ok()?;
    if is_loopback(&url) {
        return (settings.stage == Stage::Production).then(|| {
            Finding::new(
                Code::PublicUrlLocal,
                "PUBLIC_URL is this machine's own: nobody else's browser reaches it.",
            )
        });
    }
    (url.scheme() == "http").then(|| {
        Finding::new(
            Code::PublicUrlCleartext,
            "PUBLIC_URL is http: everybody on the way reads the chats, and https pages load neither script nor frame.",
        )
    })
}

/// Judges `TRUSTED_PROXIES`.
pub(super) fn trusted_proxies(settings: &SettingsSnapshot<'_>) -> Option<Finding> {
    let entries = settings.list(&TRUSTED_PROXIES);
    if let Some(all) = entries.iter().find(|entry| entry.ends_with("/0")) {
        return Some(Finding::new(
            Code::TrustedProxiesAll,
            format!("TRUSTED_PROXIES has {all}: every visitor may claim any address, and no limit holds."),
        ));
    }
    (entries.is_empty() && settings.text(&PUBLIC_URL).starts_with("https:")).then(|| {
        Finding::new(
            Code::TrustedProxiesNone,
            "PUBLIC_URL is https, so TLS ends in front of this proxy, but TRUSTED_PROXIES is empty: all visitors share \
             one address and its limits.",
        )
    })
}
