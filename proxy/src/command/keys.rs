//! `porthole keys`: new secrets for `.env`, and the public halves of the keys that sign for others.

use std::io::Write as _;

use porthole_config::setting::{self, Setting};
use porthole_config::{SettingError, SettingSource, random_secret};
use porthole_domain::export::ExportSigner;
use porthole_domain::workflow::{PemError, WorkflowSigner};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::CommandError;

/// Prints new secrets, the public key of `WORKFLOW_SIGNING_KEY` as a JWK and those of `EXPORT_SIGNING_KEY` as a set, where
/// they are set.
pub(super) fn print(source: &SettingSource) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "# Fresh secrets for .env; keep them out of version control.")?;
    for name in [setting::JWT_SECRET_KEY.name, setting::SESSION_SECRET_KEY.name] {
        writeln!(out, "{name}={}", random_secret().expose_secret())?;
    }
    let workflow =
        public(source, &setting::WORKFLOW_SIGNING_KEY, |pem| Ok(json!(WorkflowSigner::es256(pem)?.jwk())))?;
    let export = public(source, &setting::EXPORT_SIGNING_KEY, |pem| {
        Ok(json!({ "keys": ExportSigner::new(pem)?.jwks().collect::<Vec<_>>() }))
    })?;
    for (name, file, public) in [
        (setting::WORKFLOW_SIGNING_KEY.name, "jwks.json", workflow),
        (setting::EXPORT_SIGNING_KEY.name, "transcript-jwks.json", export),
    ] {
        if let Some(public) = public {
            writeln!(out, "\n# The public half of {name}, also at /.well-known/{file}:\n{public:#}")?;
        }
    }
    Ok(())
}

/// Returns the public half of a signing key, where one is set.
fn public(
    source: &SettingSource,
    setting: &Setting,
    read: impl Fn(&SecretString) -> Result<Value, PemError>,
) -> Result<Option<Value>, CommandError> {
    let pem = source.secret(setting).map_err(one)?;
    pem.map(|pem| read(&pem)).transpose().map_err(|error| one(SettingError::new(setting, error)))
}

fn one(error: SettingError) -> CommandError {
    CommandError::Settings(vec![error])
}
