//! The settings as far as they can be used, and every mistake in them.

use porthole_config::setting::{
    AG_UI_URL, DEBUG, DOCS_DIR, N8N_WEBHOOK_URL, OPENAI_BASE_URL, OPENAI_MODELS, SYSTEM_PROMPT, Setting,
    WEBHOOK_AUTH,
};
use porthole_config::{Config, SettingError, SettingSource, Stage};
use secrecy::{ExposeSecret as _, SecretString};

/// The settings as far as they can be used, and every mistake in them.
pub(crate) struct SettingsSnapshot<'a> {
    pub(crate) source: &'a SettingSource,
    pub(crate) stage: Stage,
    /// The settings without those that have a mistake, if need be by the rules of development; `None` where too little
    /// is left to go on.
    pub(crate) config: Option<Config>,
    pub(crate) mistakes: Vec<SettingError>,
}

impl<'a> SettingsSnapshot<'a> {
    pub(crate) fn read(source: &'a SettingSource) -> Self {
        let (config, mistakes) = match Config::read(source) {
            Ok(config) => (Some(config), Vec::new()),
            Err(mistakes) => (usable(source), mistakes),
        };
        let debug = text(source, &DEBUG);
        let is_development = debug.eq_ignore_ascii_case("true") || debug == "1";
        Self {
            source,
            stage: if is_development { Stage::Development } else { Stage::Production },
            config,
            mistakes,
        }
    }

    /// Returns `true` if this setting has a mistake.
    pub(crate) fn has_mistake(&self, setting: &Setting) -> bool {
        let mut mistakes = self.mistakes.iter();
        mistakes.any(|mistake| mistake.place() == setting.name)
    }

    /// Returns the text of a setting that is no secret.
    pub(crate) fn text(&self, setting: &Setting) -> String {
        text(self.source, setting)
    }

    /// Returns a secret to the byte; `None` where it is missing or cannot be read.
    pub(crate) fn secret(&self, setting: &Setting) -> Option<SecretString> {
        self.source.secret(setting).ok().flatten()
    }

    /// Returns the entries of a setting that is a list.
    pub(crate) fn list(&self, setting: &Setting) -> Vec<String> {
        self.text(setting)
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// Returns the settings without those that have a mistake.
fn usable(source: &SettingSource) -> Option<Config> {
    // Development forgives a missing or weak secret, which says nothing of the rest.
    let lenient = source.with(&DEBUG, "true");
    let mistakes = match Config::read(&lenient) {
        Ok(config) => return Some(config),
        Err(mistakes) => mistakes,
    };
    let names: Vec<&str> = mistakes.iter().map(SettingError::place).collect();
    let less = lenient.without(&names);
    // The way to call the upstream may be incomplete now.
    let upstream = [
        &N8N_WEBHOOK_URL,
        &WEBHOOK_AUTH,
        &OPENAI_BASE_URL,
        &OPENAI_MODELS,
        &SYSTEM_PROMPT,
        &AG_UI_URL,
        &DOCS_DIR,
    ];
    let least = || less.without(&upstream.map(|setting| setting.name));
    Config::read(&less).or_else(|_| Config::read(&least())).ok()
}

fn text(source: &SettingSource, setting: &Setting) -> String {
    let text = source.secret(setting).ok().flatten();
    text.map_or_else(String::new, |text| text.expose_secret().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use porthole_config::UpstreamConfig;
    use porthole_config::setting::JWT_SECRET_KEY;

    use super::*;

    #[test]
    fn what_is_wrong_does_not_keep_the_rest_from_being_used() {
        let settings = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let source = SettingSource::gather(
                pairs.into_iter(),
                std::iter::empty(),
                std::path::Path::new("/nonexistent/.env"),
            );
            source.unwrap()
        };
        let table: [(&[(&str, &str)], &str); 4] = [
            // settings, what answers in spite of them
            (&[("N8N_WEBHOOK_URL", "http://n8n/webhook/x"), ("SESSION_SECRET_KEY", "weak")], "webhook"),
            (&[("N8N_WEBHOOK_URL", "n8n/webhook/x"), ("DOCS_DIR", "docs")], "docs"),
            (&[("N8N_WEBHOOK_URL", "http://n8n/webhook/x"), ("WEBHOOK_AUTH", "basic")], "nothing"),
            (&[("DEBUG", "perhaps"), ("DOCS_DIR", "docs"), ("MEMORY", "transcript")], "docs"),
        ];
        for (pairs, want) in table {
            let source = settings(pairs);
            let settings = SettingsSnapshot::read(&source);
            let upstream = match settings.config.as_ref().map(|config| &config.site.upstream) {
                Some(UpstreamConfig::Docs(None)) | None => "nothing",
                Some(upstream) => upstream.kind(),
            };
            assert_eq!(upstream, want, "{pairs:?}");
            assert!(settings.has_mistake(&JWT_SECRET_KEY), "it is required: {pairs:?}");
        }
    }
}
