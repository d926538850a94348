//! Origins in `ALLOWED_ORIGINS` that are valid but usually mistakes.

use porthole_config::Stage;
use porthole_config::setting::ALLOWED_ORIGINS;
use porthole_domain::origin::Origin;
use url::Url;

use super::snapshot::SettingsSnapshot;
use crate::address::is_loopback;
use crate::finding::{Finding, origins};

/// Judges the list.
pub(super) fn judge(settings: &SettingsSnapshot<'_>) -> Vec<Finding> {
    let entries = settings.list(&ALLOWED_ORIGINS);
    if entries.is_empty() {
        return vec![origins::none()];
    }
    let own = settings.config.as_ref().and_then(|config| config.process.listen.public_origin.clone());
    entries.iter().filter_map(|entry| judge_entry(entry, own.as_ref(), settings.stage)).collect()
}

fn judge_entry(entry: &str, own: Option<&Origin>, stage: Stage) -> Option<Finding> {
    if entry == "*" {
        // In production it is a mistake.
        return (stage == Stage::Development).then(origins::any);
    }
    let listed = Origin::normalise(entry).ok();
    // An entry that is no origin at all is reported as a mistake.
    let url = Url::parse(Origin::normalise(&entry.replace('*', "any")).ok()?.as_str()).ok()?;
    if listed.is_some() && listed.as_ref() == own {
        return Some(origins::own(entry));
    }
    // The page of an app, such as capacitor://localhost, is no server of the machine.
    match (is_loopback(&url) && url.scheme().starts_with("http"), stage) {
        (true, Stage::Production) => Some(origins::local(entry)),
        (true, Stage::Development) => None,
        (false, _) => (url.scheme() == "http").then(|| origins::cleartext(entry)),
    }
}
