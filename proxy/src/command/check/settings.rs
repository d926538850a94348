//! The settings: every mistake, and what is no mistake but seldom meant.

use secrecy::ExposeSecret as _;
use url::Url;

use super::address::is_loopback;
use super::finding::Finding;
use super::{origins, secrets, webhook};
use crate::embedded;
use porthole_config::setting::{
    ALL, DEBUG, DOCS_DIR, N8N_WEBHOOK_URL, PUBLIC_URL, Setting, TRUSTED_PROXIES, WEBHOOK_AUTH,
};
use porthole_config::{Config, SettingError, SettingSource, Stage};

/// The settings as far as they can be used, and every mistake in them.
pub(super) struct Settings<'a> {
    pub(super) source: &'a SettingSource,
    pub(super) stage: Stage,
    /// What is wrong is left out or, in a production's settings, judged as in development; `None` where that is not
    /// enough to go on.
    pub(super) config: Option<Config>,
    mistakes: Vec<SettingError>,
}

impl<'a> Settings<'a> {
    pub(super) fn read(source: &'a SettingSource) -> Self {
        let (config, mistakes) = match Config::read(source) {
            Ok(config) => (Some(config), Vec::new()),
            Err(mistakes) => (usable(source), mistakes),
        };
        let debug = text(source, &DEBUG);
        let stage = if ["true", "1"].iter().any(|word| debug.eq_ignore_ascii_case(word)) {
            Stage::Development
        } else {
            Stage::Production
        };
        Self {
            source,
            stage,
            config,
            mistakes,
        }
    }

    /// Whether one of these settings has a mistake.
    pub(super) fn is_mistaken(&self, names: &[&Setting]) -> bool {
        names.iter().any(|setting| {
            self.mistakes
                .iter()
                .any(|mistake| mistake.place() == setting.name)
        })
    }

    /// The text of a setting that is no secret.
    pub(super) fn text(&self, setting: &Setting) -> String {
        text(self.source, setting)
    }

    /// The entries of a setting that is a list.
    pub(super) fn list(&self, setting: &Setting) -> Vec<String> {
        let entries = self.text(setting);
        let entries = entries
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        entries.map(str::to_owned).collect()
    }

    /// Everything that can be said without asking anybody.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = mistakes(&self.mistakes);
        if findings.is_empty() {
            findings.push(Finding::ok("settings.read", "The settings have no mistakes."));
        }
        findings.extend(unknown(self.source));
        findings.extend(self.stage());
        findings.extend(secrets::findings(self));
        findings.extend(self.public_url());
        findings.extend(origins::findings(self));
        findings.extend(self.trusted_proxies());
        findings.extend(webhook::from_settings(self));
        findings.push(widget());
        findings
    }

    fn stage(&self) -> Option<Finding> {
        let open = Url::parse(&self.text(&PUBLIC_URL)).is_ok_and(|url| !is_loopback(&url));
        match (self.stage, open) {
            (Stage::Production, _) => None,
            (Stage::Development, true) => Some(Finding::problem(
                "settings.debug_in_public",
                "DEBUG=true, and PUBLIC_URL is not this machine's own: development rules on the open internet.",
                "Take DEBUG out, and correct what is then named.",
            )),
            (Stage::Development, false) => Some(Finding::warning(
                "settings.debug",
                "DEBUG=true: development rules.",
                "Take DEBUG out before others can reach this proxy.",
            )),
        }
    }

    fn public_url(&self) -> Option<Finding> {
        let url = Url::parse(&self.text(&PUBLIC_URL)).ok()?;
        if is_loopback(&url) {
            return (self.stage == Stage::Production).then(|| {
                Finding::warning(
                    "public_url.local",
                    "PUBLIC_URL is this machine's own: nobody else's browser reaches it.",
                    "Set PUBLIC_URL to the address under which visitors reach this proxy.",
                )
            });
        }
        (url.scheme() == "http").then(|| {
            Finding::problem(
                "public_url.cleartext",
                "PUBLIC_URL is http: everybody on the way reads the chats, and https pages load neither script nor frame.",
                "Terminate TLS in front of the proxy, and let PUBLIC_URL begin with https://.",
            )
        })
    }

    fn trusted_proxies(&self) -> Option<Finding> {
        let entries = self.list(&TRUSTED_PROXIES);
        if let Some(all) = entries.iter().find(|entry| entry.ends_with("/0")) {
            return Some(Finding::problem(
                "trusted_proxies.all",
                format!(
                    "TRUSTED_PROXIES has {all}: every visitor may claim any address, and no limit holds."
                ),
                "Name the addresses of the load balancer alone.",
            ));
        }
        (entries.is_empty() && self.text(&PUBLIC_URL).starts_with("https:")).then(|| {
            Finding::problem(
                "trusted_proxies.none",
                "PUBLIC_URL is https, so TLS ends in front of this proxy, but TRUSTED_PROXIES is empty: all visitors \
                 share one address and its limits.",
                "Set TRUSTED_PROXIES to the address from which the load balancer connects, such as 127.0.0.1.",
            )
        })
    }
}

/// One finding for each mistake.
pub(super) fn mistakes(mistakes: &[SettingError]) -> Vec<Finding> {
    let finding = |mistake: &SettingError| {
        Finding::problem(
            "settings.mistake",
            format!("{mistake}."),
            format!(
                "Correct {}; .env.example describes every setting.",
                mistake.place()
            ),
        )
        .about(mistake.place())
    };
    mistakes.iter().map(finding).collect()
}

/// The settings without what is wrong in them.
fn usable(source: &SettingSource) -> Option<Config> {
    // Development forgives what is missing or weak, which says nothing of the rest.
    let lenient = source.with(&DEBUG, "true");
    let mistakes = match Config::read(&lenient) {
        Ok(config) => return Some(config),
        Err(mistakes) => mistakes,
    };
    let names: Vec<&str> = mistakes.iter().map(SettingError::place).collect();
    let less = lenient.without(&names);
    // How to call the webhook may be what is missing.
    let least = || less.without(&[N8N_WEBHOOK_URL.name, WEBHOOK_AUTH.name, DOCS_DIR.name]);
    Config::read(&less).or_else(|_| Config::read(&least())).ok()
}

fn text(source: &SettingSource, setting: &Setting) -> String {
    let text = source.secret(setting).ok().flatten();
    text.map_or_else(String::new, |text| text.expose_secret().trim().to_owned())
}

/// Names in `.env` that are no settings: a slip of the pen is silent otherwise.
fn unknown(source: &SettingSource) -> Vec<Finding> {
    let is_known = |name: &str| {
        let file_of = name.strip_suffix("_FILE");
        ALL.iter()
            .any(|setting| setting.name == name || (setting.secret && file_of == Some(setting.name)))
    };
    let mut names: Vec<&str> = source.names_in_file().filter(|name| !is_known(name)).collect();
    names.sort_unstable();
    let finding = |name: &&str| {
        Finding::warning(
            "settings.unknown",
            format!("{name} in .env is no setting of this proxy."),
            "Correct the name, or leave it if it is another program's.",
        )
    };
    names.iter().map(finding).collect()
}

fn widget() -> Finding {
    if embedded::HASH.is_some() {
        Finding::ok("widget.built", "The widget is in this binary.")
    } else {
        Finding::problem(
            "widget.missing",
            "This binary was built before the widget: pages get no script.",
            "Build it with `cargo xtask build`.",
        )
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use porthole_config::UpstreamConfig;
    use porthole_config::setting::JWT_SECRET_KEY;

    #[test]
    fn a_name_in_the_file_that_is_no_setting_is_told_without_its_value() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let lines = "API_PORT=8000\nALLOWED_ORIGIN=https://canary.example\nJWT_SECRET_KEY_FILE=/run/key\nAPI_PORT_FILE=/x\n";
        file.write_all(lines.as_bytes()).unwrap();
        let none = || std::iter::empty();
        let source = SettingSource::gather(none(), none(), file.path()).unwrap();
        let messages: Vec<String> = unknown(&source)
            .into_iter()
            .map(|finding| finding.message)
            .collect();
        assert_eq!(
            messages,
            [
                "ALLOWED_ORIGIN in .env is no setting of this proxy.",
                "API_PORT_FILE in .env is no setting of this proxy.",
            ]
        );
    }

    #[test]
    fn what_is_wrong_does_not_keep_the_rest_from_being_used() {
        let settings = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            let source = SettingSource::gather(
                pairs.into_iter(),
                std::iter::empty(),
                std::path::Path::new("/nonexistent/.env"),
            );
            source.unwrap()
        };
        let table: [(&[(&str, &str)], &str); 4] = [
            // settings, what answers in spite of them
            (
                &[
                    ("N8N_WEBHOOK_URL", "http://n8n/webhook/x"),
                    ("SESSION_SECRET_KEY", "weak"),
                ],
                "webhook",
            ),
            (
                &[("N8N_WEBHOOK_URL", "n8n/webhook/x"), ("DOCS_DIR", "docs")],
                "docs",
            ),
            (
                &[
                    ("N8N_WEBHOOK_URL", "http://n8n/webhook/x"),
                    ("WEBHOOK_AUTH", "basic"),
                ],
                "nothing",
            ),
            (
                &[
                    ("DEBUG", "perhaps"),
                    ("DOCS_DIR", "docs"),
                    ("MEMORY", "transcript"),
                ],
                "docs",
            ),
        ];
        for (pairs, want) in table {
            let source = settings(pairs);
            let settings = Settings::read(&source);
            let upstream = match settings.config.as_ref().map(|config| &config.site.upstream) {
                Some(UpstreamConfig::Webhook(_)) => "webhook",
                Some(UpstreamConfig::Docs(Some(_))) => "docs",
                Some(UpstreamConfig::Docs(None)) | None => "nothing",
            };
            assert_eq!(upstream, want, "{pairs:?}");
            assert!(
                settings.is_mistaken(&[&JWT_SECRET_KEY]),
                "it is required: {pairs:?}"
            );
        }
    }
}
