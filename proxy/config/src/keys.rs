//! Keys and secrets: read, checked for weakness, and generated where development permits it.

use porthole_domain::export::ExportSigner;
use porthole_domain::keys::{self, Keyring, NamedSecret};
use porthole_domain::workflow::WorkflowSigner;
use secrecy::{ExposeSecret as _, SecretString};

use crate::reader::SettingReader;
use crate::setting::{
    EXPORT_SIGNING_KEY, JWT_SECRET_KEY, METRICS_TOKEN, OPENAI_API_KEY, SESSION_SECRET_KEY, Setting,
    WEBHOOK_PASSWORD, WORKFLOW_SIGNING_KEY,
};
use crate::stage::Stage;

const REUSED: &str = "the secret serves another purpose too; every purpose needs its own";

/// The keys that the proxy signs with.
#[derive(Debug)]
pub struct KeyConfig {
    /// The keys of session tokens and everything else internal.
    pub keyring: Keyring,
    /// The signer of the tokens that the workflow checks; `None` where no secret for them is set.
    pub workflow: Option<WorkflowSigner>,
    /// The signer of exported transcripts; `None` where there is no key for them.
    pub export: Option<ExportSigner>,
    /// `true` where `JWT_SECRET_KEY` was generated: sessions then end with the process.
    pub generated: bool,
}

impl KeyConfig {
    /// Reads every part before any is missed; `None` only together with a mistake.
    pub(crate) fn read(reader: &mut SettingReader<'_>, stage: Stage) -> Option<Self> {
        let internal = reader.secret(&JWT_SECRET_KEY).map(|list| keys::parse_secrets(list.expose_secret()));
        let shared = reader.secret(&SESSION_SECRET_KEY);
        if stage == Stage::Production {
            reject_weak_secrets(reader, internal.as_deref().unwrap_or_default(), shared.as_ref());
            reader.require(&JWT_SECRET_KEY, "required: make one with `porthole keys`");
        }
        let generated = internal.is_none() && stage == Stage::Development;
        let keyring = internal
            .or_else(|| generated.then(|| vec![random_secret()]))
            .and_then(|secrets| keyring(reader, &secrets));
        let workflow = workflow(reader, shared.as_ref());
        let export = export(reader, workflow.as_ref());
        Some(Self { keyring: keyring?, workflow, export, generated })
    }
}

fn keyring(reader: &mut SettingReader<'_>, secrets: &[SecretString]) -> Option<Keyring> {
    Keyring::new(secrets).map_err(|error| reader.reject(&JWT_SECRET_KEY, error)).ok()
}

/// Returns a signer for ES256 where there is a key for it, else for HS256.
fn workflow(reader: &mut SettingReader<'_>, shared: Option<&SecretString>) -> Option<WorkflowSigner> {
    let Some(pem) = reader.secret(&WORKFLOW_SIGNING_KEY) else {
        return shared.map(WorkflowSigner::hs256);
    };
    WorkflowSigner::es256(&pem).map_err(|error| reader.reject(&WORKFLOW_SIGNING_KEY, error)).ok()
}

/// Returns the signer of exports. Its keys serve nothing else, at any stage: n8n checks no `typ`, so an export signed with
/// the workflow's key would be a credential that never expires.
fn export(reader: &mut SettingReader<'_>, workflow: Option<&WorkflowSigner>) -> Option<ExportSigner> {
    let pem = reader.secret(&EXPORT_SIGNING_KEY)?;
    let signer = ExportSigner::new(&pem).map_err(|error| reader.reject(&EXPORT_SIGNING_KEY, error)).ok()?;
    let is_workflow = signer.jwks().any(|jwk| workflow.and_then(WorkflowSigner::jwk) == Some(jwk));
    let others = [&JWT_SECRET_KEY, &SESSION_SECRET_KEY, &METRICS_TOKEN, &WEBHOOK_PASSWORD, &OPENAI_API_KEY];
    let mut others = others.into_iter().filter_map(|other| reader.secret(other));
    if is_workflow || others.any(|other| other.expose_secret() == pem.expose_secret()) {
        reader.reject(&EXPORT_SIGNING_KEY, REUSED);
    }
    Some(signer)
}

/// Rejects secrets that can be guessed and secrets that serve two purposes.
fn reject_weak_secrets(
    reader: &mut SettingReader<'_>,
    internal: &[SecretString],
    shared: Option<&SecretString>,
) {
    let token = reader.secret(&METRICS_TOKEN);
    let own: Vec<NamedSecret<'_>> = internal
        .iter()
        .map(named(&JWT_SECRET_KEY))
        .chain(shared.map(named(&SESSION_SECRET_KEY)))
        .chain(token.as_ref().map(named(&METRICS_TOKEN)))
        .collect();
    for weakness in keys::find_weaknesses(&own) {
        let checked = [&JWT_SECRET_KEY, &SESSION_SECRET_KEY, &METRICS_TOKEN];
        for setting in checked.iter().filter(|setting| setting.name == weakness.setting) {
            reader.reject(setting, &weakness.cause);
        }
    }
    reject_reused_passwords(reader, &own);
}

fn named(setting: &'static Setting) -> impl Fn(&SecretString) -> NamedSecret<'_> {
    move |secret| NamedSecret { setting: setting.name, secret }
}

/// Rejects a password of an upstream that opens something of ours; a weak one is the choice of the upstream's operator.
fn reject_reused_passwords(reader: &mut SettingReader<'_>, own: &[NamedSecret<'_>]) {
    for setting in [&WEBHOOK_PASSWORD, &OPENAI_API_KEY] {
        let password = reader.secret(setting);
        let is_own = |password: &SecretString| {
            own.iter().any(|named| named.secret.expose_secret() == password.expose_secret())
        };
        if password.as_ref().is_some_and(is_own) {
            reader.reject(setting, REUSED);
        }
    }
}

/// Generates 256 random bits from the operating system, as 64 hex digits.
#[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "the system has random bytes")]
#[must_use]
pub fn random_secret() -> SecretString {
    let bits = || getrandom::u64().expect("the system has random bytes");
    SecretString::from(format!("{:016x}{:016x}{:016x}{:016x}", bits(), bits(), bits(), bits()))
}
