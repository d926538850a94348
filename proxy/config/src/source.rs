//! The sources of a setting's text: flag, then environment, then `.env`, then the default.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use crate::error::SettingError;
use crate::setting::Setting;

type Texts = HashMap<String, SecretString>;

/// The texts of all settings, before anything is read from them.
///
/// Values are kept as secrets, so that no `Debug` can show one.
#[derive(Clone, Debug, Default)]
pub struct SettingSource {
    flags: Texts,
    environment: Texts,
    dotenv: Texts,
}

impl SettingSource {
    /// Gathers flags (by setting name), the environment and the `.env` file, where there is one.
    pub fn gather(
        flags: impl Iterator<Item = (String, String)>,
        environment: impl Iterator<Item = (String, String)>,
        dotenv: &Path,
    ) -> Result<Self, SettingError> {
        let text = match std::fs::read(dotenv) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(|error| SettingError::in_file(dotenv, error))?,
        };
        let secret = |(name, value): (String, String)| (name, SecretString::from(value));
        Ok(Self {
            flags: flags.map(secret).collect(),
            environment: environment.map(secret).collect(),
            ..Self::parse_dotenv(&text, dotenv)?
        })
    }

    /// Parses the text of a `.env` file; `path` names it in a mistake.
    pub fn parse_dotenv(text: &[u8], path: &Path) -> Result<Self, SettingError> {
        let dotenv = dotenvy::from_read_iter(text)
            .map(|line| line.map(|(name, value)| (name, SecretString::from(value))))
            .collect::<Result<_, _>>()
            .map_err(|error| SettingError::in_dotenv(path, text, &error))?;
        Ok(Self { dotenv, ..Self::default() })
    }

    /// Returns the text of a setting: a flag goes before the environment, the environment before `.env`.
    ///
    /// An empty text counts as not set. A secret may stand in a file that `<NAME>_FILE` names;
    /// its last line break is left out.
    pub fn secret(&self, setting: &Setting) -> Result<Option<SecretString>, SettingError> {
        let direct = self.find(setting.name);
        let file = setting.secret.then(|| self.find(&format!("{}_FILE", setting.name))).flatten();
        match (direct, file) {
            (Some(_), Some(_)) => Err(SettingError::new(
                setting,
                format_args!("both {0} and {0}_FILE are set; keep one", setting.name),
            )),
            (Some(text), None) => Ok(Some(text.clone())),
            (None, Some(path)) => read_secret(setting, path.expose_secret()).map(Some),
            (None, None) => Ok(Some(SecretString::from(setting.default)).filter(is_set)),
        }
    }

    /// Returns a copy with one setting given as a flag.
    #[must_use]
    pub fn with(&self, setting: &Setting, text: &str) -> Self {
        let mut source = self.clone();
        source.flags.insert(setting.name.to_owned(), SecretString::from(text));
        source
    }

    /// Returns a copy without these settings, wherever they are given.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let mut source = self.clone();
        for layer in [&mut source.flags, &mut source.environment, &mut source.dotenv] {
            layer.retain(|given, _| {
                let setting = given.strip_suffix("_FILE").unwrap_or(given);
                !names.contains(&given.as_str()) && !names.contains(&setting)
            });
        }
        source
    }

    /// Returns the names that stand in the `.env` file.
    pub fn names_in_file(&self) -> impl Iterator<Item = &str> {
        self.dotenv.keys().map(String::as_str)
    }

    fn find(&self, name: &str) -> Option<&SecretString> {
        [&self.flags, &self.environment, &self.dotenv]
            .into_iter()
            .find_map(|layer| layer.get(name).filter(|text| is_set(text)))
    }
}

fn is_set(text: &SecretString) -> bool {
    !text.expose_secret().trim().is_empty()
}

fn read_secret(setting: &Setting, path: &str) -> Result<SecretString, SettingError> {
    std::fs::read_to_string(path)
        .map(|text| SecretString::from(text.trim_end_matches(['\r', '\n'])))
        .map_err(|error| SettingError::new(setting, format_args!("{}_FILE: {path}: {error}", setting.name)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::setting::{API_PORT, JWT_SECRET_KEY};

    fn pairs(list: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        list.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect::<Vec<_>>().into_iter()
    }

    fn text(source: &SettingSource, setting: &Setting) -> Option<String> {
        source.secret(setting).unwrap().map(|text| text.expose_secret().to_owned())
    }

    #[test]
    fn a_flag_goes_before_the_environment_and_that_before_the_file() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "API_PORT=1\n").unwrap();
        let all = |flags, environment| {
            SettingSource::gather(pairs(flags), pairs(environment), file.path()).unwrap()
        };
        assert_eq!(text(&all(&[("API_PORT", "3")], &[("API_PORT", "2")]), &API_PORT).as_deref(), Some("3"));
        assert_eq!(text(&all(&[], &[("API_PORT", "2")]), &API_PORT).as_deref(), Some("2"));
        assert_eq!(text(&all(&[], &[("API_PORT", "")]), &API_PORT).as_deref(), Some("1"));
    }

    #[test]
    fn a_secret_may_stand_in_a_file_but_not_in_two_places() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "from a file").unwrap();
        let path = file.path().to_str().unwrap();
        let none = Path::new("/nonexistent/.env");
        let source =
            SettingSource::gather(pairs(&[]), pairs(&[("JWT_SECRET_KEY_FILE", path)]), none).unwrap();
        assert_eq!(text(&source, &JWT_SECRET_KEY).as_deref(), Some("from a file"));
        let both = [("JWT_SECRET_KEY_FILE", path), ("JWT_SECRET_KEY", "x")];
        assert!(
            SettingSource::gather(pairs(&[]), pairs(&both), none).unwrap().secret(&JWT_SECRET_KEY).is_err()
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_is_numbered_and_not_repeated() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "API_PORT=1\n\nJWT_SECRET_KEY=two words").unwrap();
        let error = SettingSource::gather(pairs(&[]), pairs(&[]), file.path()).unwrap_err();
        let message = error.to_string();
        assert!(message.contains(": line 3 cannot be read"), "{message}");
        assert!(!message.contains("words"), "{message}");
    }
}
