//! Secrets: weak ones, and white space that was copied along with them.

use porthole_config::Stage;
use porthole_config::setting::{JWT_SECRET_KEY, SESSION_SECRET_KEY, Setting, WEBHOOK_PASSWORD};
use porthole_domain::keys::{self, NamedSecret};
use secrecy::ExposeSecret as _;

use super::snapshot::SettingsSnapshot;
use crate::finding::{self, Finding};

/// Judges the secrets.
pub(super) fn judge(settings: &SettingsSnapshot<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // In production a missing or weak secret is a mistake.
    if settings.stage == Stage::Development {
        findings.extend(generated(settings));
        findings.extend(weak(settings));
    }
    let shared = [&SESSION_SECRET_KEY, &WEBHOOK_PASSWORD];
    findings.extend(shared.into_iter().filter_map(|setting| padded(settings, setting)));
    findings
}

fn generated(settings: &SettingsSnapshot<'_>) -> Option<Finding> {
    let config = settings.config.as_ref()?;
    config.process.keys.generated.then(finding::keys::made_up)
}

fn weak(settings: &SettingsSnapshot<'_>) -> Vec<Finding> {
    let internal = settings.secret(&JWT_SECRET_KEY);
    let internal = internal.map(|list| keys::parse_secrets(list.expose_secret()));
    let shared = settings.secret(&SESSION_SECRET_KEY);
    let internal = internal.as_deref().unwrap_or_default().iter();
    let named: Vec<NamedSecret<'_>> = internal
        .map(|secret| (JWT_SECRET_KEY.name, secret))
        .chain(shared.as_ref().map(|secret| (SESSION_SECRET_KEY.name, secret)))
        .map(|(setting, secret)| NamedSecret { setting, secret })
        .collect();
    keys::find_weaknesses(&named).iter().map(finding::keys::weak).collect()
}

/// Finds white space around a secret that is used to the byte: the workflow's copy seldom has the same.
fn padded(settings: &SettingsSnapshot<'_>, setting: &'static Setting) -> Option<Finding> {
    let secret = settings.secret(setting)?;
    let text = secret.expose_secret();
    (text.trim() != text).then(|| finding::keys::white_space(setting.name).about(setting.name))
}
