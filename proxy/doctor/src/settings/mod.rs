//! Checks the settings without network calls: invalid values, and valid values that are usually mistakes.

mod exposure;
mod origins;
mod secrets;
mod snapshot;
mod upstream_url;

use porthole_config::{SettingError, SettingWarning};

pub(crate) use snapshot::SettingsSnapshot;

use crate::finding::{self, Finding};

/// Judges the settings.
pub(crate) fn judge(settings: &SettingsSnapshot<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = settings.mistakes.iter().map(mistake).collect();
    if findings.is_empty() {
        findings.push(finding::settings::read());
    }
    findings.extend(settings.source.warnings().iter().map(doubtful));
    findings.extend(exposure::stage(settings));
    findings.extend(secrets::judge(settings));
    findings.extend(exposure::public_url(settings));
    findings.extend(origins::judge(settings));
    findings.extend(exposure::trusted_proxies(settings));
    findings.extend(upstream_url::judge(settings));
    findings
}

/// Builds the finding for a setting that is most likely not meant so.
fn doubtful(warning: &SettingWarning) -> Finding {
    match warning {
        SettingWarning::Unknown { name, .. } => finding::settings::unknown(warning).about(name),
        SettingWarning::Quoted { name } => finding::settings::quoted(warning).about(name),
    }
}

/// Builds the finding for a mistake that would keep the proxy from starting.
pub(crate) fn mistake(error: &SettingError) -> Finding {
    finding::settings::mistake(error.place(), error).about(error.place())
}
