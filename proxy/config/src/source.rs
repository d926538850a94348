//! The sources of a setting's text: flag, then environment, then `.env`, then the default.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use crate::error::SettingError;
use crate::setting::Setting;
use crate::warning::{self, SettingWarning};

/// A byte order mark, which Windows' editors write in front of a text.
const BOM: char = '\u{feff}';

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
        if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
            return Err(SettingError::in_file(path, "is UTF-16; save it as UTF-8"));
        }
        let text = text.strip_prefix(BOM.encode_utf8(&mut [0; 3]).as_bytes()).unwrap_or(text);
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
            (None, None) => {
                let fallback = setting.fallback.and_then(|name| self.find(name)).cloned();
                Ok(fallback.or_else(|| Some(SecretString::from(setting.default)).filter(is_set)))
            }
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

    /// Returns all that is most likely not meant so, in the order of the names.
    #[must_use]
    pub fn warnings(&self) -> Vec<SettingWarning> {
        let in_file = self.dotenv.keys().filter_map(|name| warning::unknown(name));
        let elsewhere = self.environment.keys().filter_map(|name| warning::misspelt(name));
        let layers = [&self.flags, &self.environment, &self.dotenv].into_iter().flatten();
        let quoted = layers.filter_map(|(name, value)| warning::quoted(name, value.expose_secret()));
        let mut warnings: Vec<_> = in_file.chain(elsewhere).chain(quoted).collect();
        warnings.sort_unstable();
        warnings.dedup();
        warnings
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
        .map(|text| SecretString::from(text.trim_start_matches(BOM).trim_end_matches(['\r', '\n'])))
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
    fn the_port_of_a_hosting_platform_is_taken_where_none_is_set() {
        let none = Path::new("/nonexistent/.env");
        let port = |environment: &[(&str, &str)]| {
            text(&SettingSource::gather(pairs(&[]), pairs(environment), none).unwrap(), &API_PORT)
        };
        assert_eq!(port(&[]).as_deref(), Some("8000"));
        assert_eq!(port(&[("PORT", "9000")]).as_deref(), Some("9000"));
        assert_eq!(port(&[("PORT", "9000"), ("API_PORT", "9001")]).as_deref(), Some("9001"));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_name() {
        let parse = |text: &[u8]| SettingSource::parse_dotenv(text, Path::new(".env"));
        let source = parse(b"\xef\xbb\xbfAPI_PORT=9000\r\nDEBUG=true\r\n").unwrap();
        assert_eq!(text(&source, &API_PORT).as_deref(), Some("9000"));
        assert_eq!(source.warnings(), []);
        let error = parse(b"\xff\xfeA\0=\0").unwrap_err().to_string();
        assert_eq!(error, ".env: is UTF-16; save it as UTF-8");
    }

    #[test]
    fn each_layer_warns_of_its_own_mistakes_and_never_repeats_a_value() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"ALLOWED_ORIGIN=https://canary.example\nAPI_PORT_FILE=/x\nCHAT_TITLE='\"canary\"'\n")
            .unwrap();
        let environment =
            [("WEBHOOK_AUHT", "canary"), ("SESSION_SECRET_KEY", "'canary'"), ("EDITOR", "'canary'")];
        let source = SettingSource::gather(pairs(&[]), pairs(&environment), file.path()).unwrap();
        let texts: Vec<String> = source.warnings().iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "ALLOWED_ORIGIN is no setting of this proxy; is ALLOWED_ORIGINS meant?",
                "API_PORT_FILE is no setting of this proxy",
                "WEBHOOK_AUHT is no setting of this proxy; is WEBHOOK_AUTH meant?",
                "the value of CHAT_TITLE begins and ends with a quote, and both count as parts of it",
                "the value of SESSION_SECRET_KEY begins and ends with a quote, and both count as parts of it",
            ]
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
