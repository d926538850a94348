//! The list of origins: what is no mistake in it, but seldom meant.

use porthole_domain::origin::Origin;
use url::Url;

use super::address::is_loopback;
use super::finding::Finding;
use super::settings::Settings;
use porthole_config::Stage;
use porthole_config::setting::{ALLOWED_ORIGINS, PUBLIC_URL};

/// What the settings alone tell of the origins.
pub(super) fn findings(settings: &Settings<'_>) -> Vec<Finding> {
    let entries = settings.list(&ALLOWED_ORIGINS);
    if entries.is_empty() {
        return vec![Finding::warning(
            "origins.none",
            "ALLOWED_ORIGINS is empty: the chat shows on this proxy's own pages only.",
            "List the origins of the pages that shall show it, such as https://shop.example.",
        )];
    }
    let own = Origin::normalise(&settings.text(&PUBLIC_URL)).ok();
    entries
        .iter()
        .filter_map(|entry| origin(settings, entry, own.as_ref()))
        .collect()
}

fn origin(settings: &Settings<'_>, entry: &str, own: Option<&Origin>) -> Option<Finding> {
    if entry == "*" {
        return (settings.stage == Stage::Development).then(|| {
            Finding::warning(
                "origins.any",
                "ALLOWED_ORIGINS is `*`: every page of the world may show the chat.",
                "List the sites; without DEBUG=true nothing starts with `*`.",
            )
        });
    }
    let listed = Origin::normalise(entry).ok();
    if listed.is_some() && listed.as_ref() == own {
        return Some(Finding::warning(
            "origins.own",
            format!("ALLOWED_ORIGINS lists {entry}, which is PUBLIC_URL: own pages need no entry."),
            "List the origin of the page that has the tag, not that of the proxy.",
        ));
    }
    // What is no origin at all is named as a mistake.
    let url = Url::parse(Origin::normalise(&entry.replace('*', "any")).ok()?.as_str()).ok()?;
    if entry
        .split_once("*.")
        .is_some_and(|(_, rest)| !rest.contains('.'))
    {
        return Some(Finding::warning(
            "origins.wide",
            format!(
                "ALLOWED_ORIGINS lists {entry}: every site of a whole top-level domain may show the chat."
            ),
            "List the sites.",
        ));
    }
    let local = is_loopback(&url);
    if local && settings.stage == Stage::Production {
        return Some(Finding::warning(
            "origins.local",
            format!(
                "ALLOWED_ORIGINS lists {entry}: whatever runs on a visitor's own machine may show the chat."
            ),
            "Take it out where the proxy is in production.",
        ));
    }
    (url.scheme() == "http" && !local).then(|| {
        Finding::warning(
            "origins.cleartext",
            format!("ALLOWED_ORIGINS lists {entry}: whoever stands on the way can change such a page, and the chat in it cannot use secure storage."),
            "Serve the page with TLS, and list its https:// origin.",
        )
    })
}
