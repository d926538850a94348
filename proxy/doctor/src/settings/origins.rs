//! Origins in `ALLOWED_ORIGINS` that are permitted but seldom meant.

use porthole_config::Stage;
use porthole_config::setting::{ALLOWED_ORIGINS, PUBLIC_URL};
use porthole_domain::origin::Origin;
use url::Url;

use super::snapshot::SettingsSnapshot;
use crate::address::is_loopback;
use crate::finding::{Code, Finding};

/// Judges the list.
pub(super) fn judge(settings: &SettingsSnapshot<'_>) -> Vec<Finding> {
    let entries = settings.list(&ALLOWED_ORIGINS);
    if entries.is_empty() {
        return vec![Code::OriginsNone.finding()];
    }
    let own = Origin::normalise(&settings.text(&PUBLIC_URL)).ok();
    entries
        .iter()
        .filter_map(|entry| judge_entry(entry, own.as_ref(), settings.stage))
        .collect()
}

fn judge_entry(entry: &str, own: Option<&Origin>, stage: Stage) -> Option<Finding> {
    if entry == "*" {
        // In production it is a mistake.
        return (stage == Stage::Development).then(any);
    }
    let listed = Origin::normalise(entry).ok();
    if listed.is_some() && listed.as_ref() == own {
        return Some(Finding::new(
            Code::OriginsOwn,
            format!("ALLOWED_ORIGINS lists {entry}, which is PUBLIC_URL: own pages need no entry."),
        ));
    }
    // An entry that is no origin at all is reported as a mistake.
    let url = Url::parse(Origin::normalise(&entry.replace('*', "any")).ok()?.as_str()).ok()?;
    let is_local = is_loopback(&url);
    if is_top_level(entry) {
        Some(wide(entry))
    } else if is_local && stage == Stage::Production {
        Some(local(entry))
    } else {
        (url.scheme() == "http" && !is_local).then(|| cleartext(entry))
    }
}

/// Returns `true` for a wildcard right below a top-level domain.
fn is_top_level(entry: &str) -> bool {
    let rest = entry.split_once("*.");
    rest.is_some_and(|(_, rest)| !rest.contains('.'))
}

fn any() -> Finding {
    Code::OriginsAny.finding()
}

fn wide(entry: &str) -> Finding {
    Finding::new(
        Code::OriginsWide,
        format!("ALLOWED_ORIGINS lists {entry}: every site of a whole top-level domain may show the chat."),
    )
}

fn local(entry: &str) -> Finding {
    Finding::new(
        Code::OriginsLocal,
        format!("ALLOWED_ORIGINS lists {entry}: whatever runs on a visitor's own machine may show the chat."),
    )
}

fn cleartext(entry: &str) -> Finding {
    Finding::new(
        Code::OriginsCleartext,
        format!(
            "ALLOWED_ORIGINS lists {entry}: whoever stands on the way can change such a page, and the chat in it cannot \
             use secure storage."
        ),
    )
}
