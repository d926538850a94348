//! Secrets: weak ones, and what was copied along with them.

use porthole_domain::keys::{self, NamedSecret};
use secrecy::ExposeSecret as _;

use super::finding::Finding;
use super::settings::Settings;
use porthole_config::Stage;
use porthole_config::setting::{JWT_SECRET_KEY, SESSION_SECRET_KEY, Setting, WEBHOOK_PASSWORD};

/// What the settings alone tell of the secrets.
pub(super) fn findings(settings: &Settings<'_>) -> Vec<Finding> {
    let mut findings = weak(settings);
    let shared = [&SESSION_SECRET_KEY, &WEBHOOK_PASSWORD];
    findings.extend(shared.into_iter().filter_map(|setting| padded(settings, setting)));
    findings
}

/// Such a secret is used to the byte, and the workflow's copy seldom has the same white space.
fn padded(settings: &Settings<'_>, setting: &'static Setting) -> Option<Finding> {
    let secret = settings.source.secret(setting).ok().flatten()?;
    let text = secret.expose_secret();
    (text.trim() != text).then(|| {
        Finding::warning(
            "keys.white_space",
            format!(
                "{} has a space or a line break around it, which counts.",
                setting.name
            ),
            "Take it out, unless the workflow's credential has the same.",
        )
        .about(setting.name)
    })
}

fn weak(settings: &Settings<'_>) -> Vec<Finding> {
    if settings.stage == Stage::Production {
        // Missing and weak ones are mistakes there.
        return Vec::new();
    }
    let mut findings = Vec::new();
    if settings
        .config
        .as_ref()
        .is_some_and(|config| config.process.keys.generated)
    {
        findings.push(Finding::warning(
            "keys.made_up",
            "JWT_SECRET_KEY is not set: one is made up at each start, and sessions end with the process.",
            "Take one from `porthole keys`.",
        ));
    }
    let secret = |setting: &'static Setting| settings.source.secret(setting).ok().flatten();
    let internal = secret(&JWT_SECRET_KEY).map(|list| keys::parse_secrets(list.expose_secret()));
    let shared = secret(&SESSION_SECRET_KEY);
    let internal = internal.as_deref().unwrap_or_default().iter();
    let named: Vec<NamedSecret<'_>> = internal
        .map(|secret| (JWT_SECRET_KEY.name, secret))
        .chain(shared.as_ref().map(|secret| (SESSION_SECRET_KEY.name, secret)))
        .map(|(setting, secret)| NamedSecret { setting, secret })
        .collect();
    findings.extend(keys::find_weaknesses(&named).into_iter().map(|weakness| {
        Finding::warning(
            "keys.weak",
            format!("{weakness}."),
            "Take one from `porthole keys`; without DEBUG=true nothing starts with this one.",
        )
    }));
    findings
}
