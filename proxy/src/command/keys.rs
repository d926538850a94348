//! `porthole keys`: new secrets for `.env`, and the public half of the workflow's key.

use std::io::Write as _;

use porthole_config::{SettingError, SettingSource, random_secret, setting};
use porthole_domain::workflow::WorkflowSigner;
use secrecy::{ExposeSecret as _, SecretString};

use super::CommandError;

/// Prints new secrets, and the public key of `WORKFLOW_SIGNING_KEY` as a JWK where it is set.
pub(super) fn print(source: &SettingSource) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "# Fresh secrets for .env; keep them out of version control.")?;
    for name in [setting::JWT_SECRET_KEY.name, setting::SESSION_SECRET_KEY.name] {
        writeln!(out, "{name}={}", random_secret().expose_secret())?;
    }
    if let Some(pem) = source.secret(&setting::WORKFLOW_SIGNING_KEY).map_err(one)? {
        let jwk = jwk(&pem)?;
        writeln!(out, "\n# The public half of WORKFLOW_SIGNING_KEY, also at /.well-known/jwks.json:\n{jwk}")?;
    }
    Ok(())
}

fn jwk(pem: &SecretString) -> Result<String, CommandError> {
    let signer = WorkflowSigner::es256(pem)
        .map_err(|error| one(SettingError::new(&setting::WORKFLOW_SIGNING_KEY, error)))?;
    serde_json::to_string_pretty(&signer.jwk()).map_err(|error| CommandError::Output(error.into()))
}

fn one(error: SettingError) -> CommandError {
    CommandError::Settings(vec![error])
}
