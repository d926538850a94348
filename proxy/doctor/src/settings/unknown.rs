//! Names in `.env` that are no settings: nothing else reports a misspelt one.

use porthole_config::SettingSource;
use porthole_config::setting::ALL;

use crate::finding::{Finding, FindingCode};

/// Judges the names in `.env`.
pub(super) fn judge(source: &SettingSource) -> Vec<Finding> {
    let mut names: Vec<&str> = source.names_in_file().filter(|name| !is_known(name)).collect();
    names.sort_unstable();
    let message = |name: &&str| format!("{name} in .env is no setting of this proxy.");
    names.iter().map(|name| FindingCode::SettingsUnknown.with_message(message(name))).collect()
}

fn is_known(name: &str) -> bool {
    let file_of = name.strip_suffix("_FILE");
    ALL.iter().any(|setting| setting.name == name || (setting.secret && file_of == Some(setting.name)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_name_in_the_file_that_is_no_setting_is_reported_without_its_value() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let lines = "API_PORT=8000\nALLOWED_ORIGIN=https://canary.example\nJWT_SECRET_KEY_FILE=/run/key\nAPI_PORT_FILE=/x\n";
        file.write_all(lines.as_bytes()).unwrap();
        let none = || std::iter::empty();
        let source = SettingSource::gather(none(), none(), file.path()).unwrap();
        let messages: Vec<String> = judge(&source).into_iter().map(|finding| finding.message).collect();
        assert_eq!(
            messages,
            [
                "ALLOWED_ORIGIN in .env is no setting of this proxy.",
                "API_PORT_FILE in .env is no setting of this proxy.",
            ]
        );
    }
}
