//! Keys and secrets: read, judged, and made up where development permits it.

use porthole_domain::keys::{self, Keyring, NamedSecret};
use porthole_domain::workflow::WorkflowSigner;
use secrecy::{ExposeSecret as _, SecretString};

use super::reader::Reader;
use super::setting::{
    JWT_SECRET_KEY, METRICS_TOKEN, SESSION_SECRET_KEY, Setting, WEBHOOK_PASSWORD, WORKFLOW_SIGNING_KEY,
};
use super::{Stage, setting};

/// What the proxy signs with.
#[derive(Debug)]
pub(crate) struct Keys {
    /// Everything internal.
    pub(crate) keyring: Keyring,
    /// The tokens that the workflow checks; `None` where no secret for them is set.
    pub(crate) workflow: Option<WorkflowSigner>,
    /// Whether `JWT_SECRET_KEY` was made up: sessions then end with the process.
    pub(crate) made_up: bool,
}

pub(super) fn read(reader: &mut Reader<'_>, stage: Stage) -> Option<Keys> {
    let internal = reader
        .secret(&JWT_SECRET_KEY)
        .map(|list| keys::parse_list(list.expose_secret()));
    let shared = reader.secret(&SESSION_SECRET_KEY);
    if stage == Stage::Production {
        refuse_weak_secrets(reader, internal.as_deref().unwrap_or_default(), shared.as_ref());
    }
    let made_up = internal.is_none() && stage == Stage::Development;
    if internal.is_none() && !made_up {
        reader.miss(&JWT_SECRET_KEY, "required: make one with `porthole keys`");
    }
    let keyring = internal
        .or_else(|| made_up.then(|| vec![random_secret()]))
        .and_then(|secrets| {
            Keyring::new(&secrets)
                .map_err(|error| reader.object(&JWT_SECRET_KEY, error))
                .ok()
        });
    let workflow = workflow(reader, shared.as_ref())?;
    Some(Keys {
        keyring: keyring?,
        workflow,
        made_up,
    })
}

/// ES256 where there is a key for it, else HS256. The outer `None` is a mistake.
#[expect(
    clippy::option_option,
    reason = "no signer and a broken one are told apart at once"
)]
fn workflow(reader: &mut Reader<'_>, shared: Option<&SecretString>) -> Option<Option<WorkflowSigner>> {
    let Some(pem) = reader.secret(&WORKFLOW_SIGNING_KEY) else {
        return Some(shared.map(WorkflowSigner::hs256));
    };
    match WorkflowSigner::es256(&pem) {
        Ok(signer) => Some(Some(signer)),
        Err(error) => {
            reader.object(&WORKFLOW_SIGNING_KEY, error);
            None
        }
    }
}

fn refuse_weak_secrets(reader: &mut Reader<'_>, internal: &[SecretString], shared: Option<&SecretString>) {
    let token = reader.secret(&METRICS_TOKEN);
    let password = reader.secret(&WEBHOOK_PASSWORD);
    let named = |setting: &'static Setting| {
        move |secret| NamedSecret {
            setting: setting.name,
            secret,
        }
    };
    let own: Vec<NamedSecret<'_>> = internal
        .iter()
        .map(named(&JWT_SECRET_KEY))
        .chain(shared.map(named(&SESSION_SECRET_KEY)))
        .chain(token.as_ref().map(named(&METRICS_TOKEN)))
        .collect();
    for weakness in keys::check(&own) {
        let setting = setting::ALL
            .iter()
            .find(|setting| setting.name == weakness.setting);
        if let Some(setting) = setting {
            reader.object(setting, weakness.cause);
        }
    }
    // The webhook's password is somebody else's choice; only that it opens nothing of ours is ours to check.
    let reused = |password: &SecretString| {
        own.iter()
            .any(|named| named.secret.expose_secret() == password.expose_secret())
    };
    if password.as_ref().is_some_and(reused) {
        reader.object(
            &WEBHOOK_PASSWORD,
            "the secret serves another purpose too; every purpose needs its own",
        );
    }
}

/// 244 random bits from the operating system (two random UUIDs), as 64 hex digits.
#[must_use]
pub(crate) fn random_secret() -> SecretString {
    SecretString::from(format!(
        "{}{}",
        uuid::Uuid::new_v4().simple(),
        uuid::Uuid::new_v4().simple()
    ))
}
