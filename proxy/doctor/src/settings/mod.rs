//! Checks the settings without network calls: invalid values, and valid values that are usually mistakes.

mod exposure;
mod origins;
mod secrets;
mod snapshot;
mod webhook_url;

use porthole_config::{SettingError, SettingWarning};

pub(crate) use snapshot::SettingsSnapshot;

use crate::finding::{Finding, FindingCode};

/// Judges the settings.
pub(crate) fn judge(settings: &SettingsSnapshot<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = settings.mistakes.iter().map(mistake).collect();
    if findings.is_empty() {
        findings.push(FindingCode::SettingsRead.finding());
    }
    findings.extend(settings.source.warnings().iter().map(doubtful));
    findings.extend(exposure::stage(settings));
    findings.extend(secrets::judge(settings));
    findings.extend(exposure::public_url(settings));
    findings.extend(origins::judge(settings));
    findings.extend(exposure::trusted_proxies(settings));
    findings.extend(webhook_url::judge(settings));
    findings
}

/// Builds the finding for a setting that is most likely not meant so.
fn doubtful(warning: &SettingWarning) -> Finding {
    let (code, name) = match warning {
        SettingWarning::Unknown { name, .. } => (FindingCode::SettingsUnknown, name),
        SettingWarning::Quoted { name } => (FindingCode::SettingsQuoted, name),
    };
    code.with_message(format!("{warning}.")).about(name)
}

/// Builds the finding for a mistake that would keep the proxy from starting.
pub(crate) fn mistake(error: &SettingError) -> Finding {
    let place = error.place();
    FindingCode::SettingsMistake
        .with_message(format!("{error}."))
        .remedy(format!("Correct {place}; .env.example describes every setting."))
        .about(place)
}
