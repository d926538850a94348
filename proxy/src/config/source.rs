//! Where a setting's text comes from: flag, then environment, then `.env`, then the default.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use super::Mistake;
use super::setting::Setting;

/// The texts of all settings, before anything is read from them.
///
/// Values are kept as secrets, so that no `Debug` can show one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    flags: HashMap<String, SecretString>,
    environment: HashMap<String, SecretString>,
    dotenv: HashMap<String, SecretString>,
}

impl Source {
    /// Gathers flags (by setting name), the environment and the `.env` file, where there is one.
    pub(crate) fn gather(
        flags: impl Iterator<Item = (String, String)>,
        environment: impl Iterator<Item = (String, String)>,
        dotenv: &Path,
    ) -> Result<Self, Mistake> {
        let secret = |(name, value): (String, String)| (name, SecretString::from(value));
        Ok(Self {
            flags: flags.map(secret).collect(),
            environment: environment.map(secret).collect(),
            dotenv: read_dotenv(dotenv)?,
        })
    }

    /// Reads nothing but the text of a `.env` file.
    pub(crate) fn of_dotenv(text: &[u8]) -> Result<Self, Mistake> {
        Ok(Self {
            dotenv: named(dotenvy::from_read_iter(text), Path::new(".env"))?,
            ..Self::default()
        })
    }

    /// The text of a setting: a flag goes before the environment, the environment before `.env`.
    ///
    /// An empty text counts as not set. A secret may stand in a file that `<NAME>_FILE` names;
    /// its last line break is left out.
    pub(crate) fn secret(&self, setting: &Setting) -> Result<Option<SecretString>, Mistake> {
        let direct = self.find(setting.name);
        let file = setting
            .secret
            .then(|| self.find(&format!("{}_FILE", setting.name)))
            .flatten();
        match (direct, file) {
            (Some(_), Some(_)) => Err(Mistake::new(
                setting,
                format!("both {0} and {0}_FILE are set; keep one", setting.name),
            )),
            (Some(text), None) => Ok(Some(text.clone())),
            (None, Some(path)) => read_secret(setting, path.expose_secret()).map(Some),
            (None, None) => Ok(Some(SecretString::from(setting.default)).filter(is_set)),
        }
    }

    /// The same with one setting given as a flag.
    pub(crate) fn with(&self, setting: &Setting, text: &str) -> Self {
        let mut source = self.clone();
        source
            .flags
            .insert(setting.name.to_owned(), SecretString::from(text));
        source
    }

    /// The same without these settings, wherever they are given.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let mut source = self.clone();
        for layer in [&mut source.flags, &mut source.environment, &mut source.dotenv] {
            layer.retain(|given, _| {
                let of_file = given.strip_suffix("_FILE").unwrap_or(given);
                !names.contains(&given.as_str()) && !names.contains(&of_file)
            });
        }
        source
    }

    /// The names that stand in the `.env` file.
    pub(crate) fn names_in_file(&self) -> impl Iterator<Item = &str> {
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

fn read_secret(setting: &Setting, path: &str) -> Result<SecretString, Mistake> {
    std::fs::read_to_string(path)
        .map(|text| SecretString::from(text.trim_end_matches(['\r', '\n'])))
        .map_err(|error| Mistake::new(setting, format!("{}_FILE: {path}: {error}", setting.name)))
}

fn read_dotenv(path: &Path) -> Result<HashMap<String, SecretString>, Mistake> {
    match dotenvy::from_path_iter(path) {
        Ok(lines) => named(lines, path),
        Err(error) if error.not_found() => Ok(HashMap::new()),
        Err(error) => Err(Mistake::of_file(path, &error)),
    }
}

fn named(lines: dotenvy::Iter<impl Read>, path: &Path) -> Result<HashMap<String, SecretString>, Mistake> {
    lines
        .map(|line| line.map(|(name, value)| (name, SecretString::from(value))))
        .collect::<Result<_, _>>()
        .map_err(|error| Mistake::of_file(path, &error))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::setting::{API_PORT, JWT_SECRET_KEY};
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        list.iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn shown(source: &Source, setting: &Setting) -> Option<String> {
        source
            .secret(setting)
            .unwrap()
            .map(|text| text.expose_secret().to_owned())
    }

    #[test]
    fn a_flag_goes_before_the_environment_and_that_before_the_file() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "API_PORT=1\n").unwrap();
        let all = |flags, environment| Source::gather(pairs(flags), pairs(environment), file.path()).unwrap();
        assert_eq!(
            shown(&all(&[("API_PORT", "3")], &[("API_PORT", "2")]), &API_PORT).as_deref(),
            Some("3")
        );
        assert_eq!(
            shown(&all(&[], &[("API_PORT", "2")]), &API_PORT).as_deref(),
            Some("2")
        );
        assert_eq!(
            shown(&all(&[], &[("API_PORT", "")]), &API_PORT).as_deref(),
            Some("1")
        );
    }

    #[test]
    fn a_secret_may_stand_in_a_file_but_not_in_two_places() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "from a file").unwrap();
        let path = file.path().to_str().unwrap();
        let none = Path::new("/nonexistent/.env");
        let source = Source::gather(pairs(&[]), pairs(&[("JWT_SECRET_KEY_FILE", path)]), none).unwrap();
        assert_eq!(shown(&source, &JWT_SECRET_KEY).as_deref(), Some("from a file"));
        let both = [("JWT_SECRET_KEY_FILE", path), ("JWT_SECRET_KEY", "x")];
        assert!(
            Source::gather(pairs(&[]), pairs(&both), none)
                .unwrap()
                .secret(&JWT_SECRET_KEY)
                .is_err()
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_is_numbered_and_not_repeated() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "API_PORT=1\n\nJWT_SECRET_KEY=two words").unwrap();
        let mistake = Source::gather(pairs(&[]), pairs(&[]), file.path()).unwrap_err();
        let text = mistake.to_string();
        assert!(text.contains(": line 3 cannot be read"), "{text}");
        assert!(!text.contains("words"), "{text}");
    }
}
