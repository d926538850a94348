//! Origins in `ALLOWED_ORIGINS` that are valid but usually mistakes.

use porthole_config::Stage;
use porthole_config::setting::ALLOWED_ORIGINS;
use porthole_domain::origin::Origin;
use url::Url;

use super::snapshot::SettingsSnapshot;
use crate::address::is_loopback;
use crate::finding::{Finding, FindingCode};

const CLEARTEXT: &str = ": whoever stands on the way can change such a page, and the chat in it cannot use secure \
                         storage";

/// Judges the list.
pub(super) fn judge(settings: &SettingsSnapshot<'_>) -> Vec<Finding> {
    let entries = settings.list(&ALLOWED_ORIGINS);
    if entries.is_empty() {
        return vec![FindingCode::OriginsNone.finding()];
    }
    let own = settings.config.as_ref().and_then(|config| config.process.listen.public_origin.clone());
    entries.iter().filter_map(|entry| judge_entry(entry, own.as_ref(), settings.stage)).collect()
}

fn judge_entry(entry: &str, own: Option<&Origin>, stage: Stage) -> Option<Finding> {
    if entry == "*" {
        // In production it is a mistake.
        return (stage == Stage::Development).then(|| FindingCode::OriginsAny.finding());
    }
    let listed = Origin::normalise(entry).ok();
    // An entry that is no origin at all is reported as a mistake.
    let url = Url::parse(Origin::normalise(&entry.replace('*', "any")).ok()?.as_str()).ok()?;
    let (code, danger) = if listed.is_some() && listed.as_ref() == own {
        (FindingCode::OriginsOwn, ", which is PUBLIC_URL: own pages need no entry")
    } else {
        danger(&url, stage)?
    };
    Some(code.with_message(format!("ALLOWED_ORIGINS lists {entry}{danger}.")))
}

fn danger(url: &Url, stage: Stage) -> Option<(FindingCode, &'static str)> {
    // The page of an app, such as capacitor://localhost, is no server of the machine.
    match (is_loopback(url) && url.scheme().starts_with("http"), stage) {
        (true, Stage::Production) => {
            let local = ": whatever runs on a visitor's own machine may show the chat";
            Some((FindingCode::OriginsLocal, local))
        }
        (true, Stage::Development) => None,
        (false, _) => (url.scheme() == "http").then_some((FindingCode::OriginsCleartext, CLEARTEXT)),
    }
}
