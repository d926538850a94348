//! Settings that are most likely not meant so: misspelt names, and quotes that became part of a value.

use std::fmt::{self, Display};

use crate::setting::ALL;

/// Edits between a misspelt name and the setting that it stands for.
const MAX_EDITS: usize = 3;

/// A setting that is most likely not meant so. It repeats no value, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingWarning {
    /// A name that is no setting.
    Unknown {
        /// The name as it was given.
        name: String,
        /// The setting whose name is nearest, if one is near.
        nearest: Option<String>,
    },
    /// A value between quotes, which count: `docker --env-file` and `systemctl set-environment` keep them.
    Quoted {
        /// The setting's name.
        name: String,
    },
}

impl Display for SettingWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, nearest: Some(nearest) } => {
                write!(f, "{name} is no setting of this proxy; is {nearest} meant?")
            }
            Self::Unknown { name, nearest: None } => write!(f, "{name} is no setting of this proxy"),
            Self::Quoted { name } => {
                write!(f, "the value of {name} begins and ends with a quote, and both count as parts of it")
            }
        }
    }
}

/// Judges a name in `.env`, where every name should be a setting.
pub(crate) fn unknown(name: &str) -> Option<SettingWarning> {
    (!is_known(name)).then(|| SettingWarning::Unknown { name: name.to_owned(), nearest: nearest(name) })
}

/// Judges a variable of the environment, which has the names of many programs: only a near miss is worth a word.
pub(crate) fn misspelt(name: &str) -> Option<SettingWarning> {
    unknown(name).filter(|warning| matches!(warning, SettingWarning::Unknown { nearest: Some(_), .. }))
}

/// Judges a value, as it is once the quotes of `.env` are taken off.
pub(crate) fn quoted(name: &str, value: &str) -> Option<SettingWarning> {
    let value = value.trim();
    let between = |quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    let quoted = is_known(name) && (between('"') || between('\''));
    quoted.then(|| SettingWarning::Quoted { name: name.to_owned() })
}

fn is_known(name: &str) -> bool {
    names().any(|known| known == name)
}

/// Returns the names that are read.
fn names() -> impl Iterator<Item = String> {
    ALL.iter().flat_map(|setting| {
        let file = setting.secret.then(|| format!("{}_FILE", setting.name));
        [Some(setting.name.to_owned()), setting.fallback.map(str::to_owned), file].into_iter().flatten()
    })
}

/// Returns the name that is a few edits away; short names are near to everything, so they allow fewer.
fn nearest(name: &str) -> Option<String> {
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let with_edits = names().map(|known| (strsim::osa_distance(&known, &name), known));
    let near = with_edits.filter(|(edits, known)| *edits <= MAX_EDITS.min(known.len() / 4));
    near.min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_is_told_with_the_setting_that_is_meant() {
        for (name, meant) in [
            ("ALLOWED_ORIGIN", Some("ALLOWED_ORIGINS")),
            ("PUBLIC_ULR", Some("PUBLIC_URL")),
            ("n8n-webhook-url", Some("N8N_WEBHOOK_URL")),
            ("N8N_WEBHOOKURL", Some("N8N_WEBHOOK_URL")),
            ("JWT_SECRET_KEYS", Some("JWT_SECRET_KEY")),
            ("JWT_SECRET_FILE", None),
            ("SESSION_SECRET_KEY_FIL", Some("SESSION_SECRET_KEY_FILE")),
            ("COLOUR_OF_THE_CHAT", None),
        ] {
            let nearest = meant.map(str::to_owned);
            let warning = SettingWarning::Unknown { name: name.to_owned(), nearest };
            assert_eq!(unknown(name), Some(warning), "{name}");
            assert_eq!(misspelt(name).is_some(), meant.is_some(), "{name}");
        }
    }

    #[test]
    fn variables_of_other_programs_pass_in_the_environment() {
        for name in
            ["PATH", "HOME", "PORT", "HOST", "DEBUG", "N8N_HOST", "N8N_PORT", "LOG_FILE", "MEMORY", "LC_ALL"]
        {
            assert_eq!(misspelt(name), None, "{name}");
        }
    }

    #[test]
    fn quotes_around_a_value_are_told_but_not_quotes_within() {
        for (value, is_told) in [
            ("\"a secret\"", true),
            ("'a secret'", true),
            (" \"a secret\"\r", true),
            ("\"", false),
            ("", false),
            ("it's \"so\"", false),
            ("\"so\" it's", false),
            ("'mixed\"", false),
        ] {
            assert_eq!(quoted("SESSION_SECRET_KEY", value).is_some(), is_told, "{value}");
        }
        assert_eq!(quoted("PS1", "'$ '"), None, "the variable of another program");
    }
}
