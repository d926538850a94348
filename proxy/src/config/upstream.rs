//! Who answers: a webhook, or the documents of a folder.

use std::path::PathBuf;

use porthole_domain::workflow::audience;
use secrecy::SecretString;
use url::Url;

use super::reader::Reader;
use super::setting;
use crate::upstream::Credential;

/// Who answers the visitors.
#[derive(Debug)]
pub(crate) enum UpstreamConfig {
    /// A workflow's webhook.
    Webhook(WebhookConfig),
    /// A folder of documents; none set answers that there are none.
    Docs(Option<PathBuf>),
}

/// The webhook and how we show who we are.
#[derive(Debug)]
pub(crate) struct WebhookConfig {
    /// The address, with user name, password and fragment refused.
    pub(crate) url: Url,
    /// `aud` of the tokens that it gets: the address without query.
    pub(crate) audience: String,
    /// How the webhook knows us.
    pub(crate) credential: Credential,
    /// Calls at once.
    pub(crate) concurrency: usize,
}

#[derive(Clone, Copy)]
enum Method {
    Jwt,
    Basic,
    Header,
    None,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<UpstreamConfig> {
    let credential = credential(reader);
    let concurrency = reader.number(&setting::UPSTREAM_CONCURRENCY, 0..=10_000);
    let Some(text) = reader.text(&setting::N8N_WEBHOOK_URL) else {
        return Some(UpstreamConfig::Docs(
            reader.text(&setting::DOCS_DIR).map(PathBuf::from),
        ));
    };
    let url = match webhook_url(&text) {
        Ok(url) => url,
        Err(what) => {
            reader.object(&setting::N8N_WEBHOOK_URL, what);
            return None;
        }
    };
    if matches!(credential, Some(Credential::Jwt)) {
        require_signer(reader);
    }
    Some(UpstreamConfig::Webhook(WebhookConfig {
        audience: audience(&url),
        url,
        credential: credential?,
        concurrency,
    }))
}

fn webhook_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text)
        .map_err(|_| "expected the webhook's full address, such as https://n8n.example.com/webhook/chat")?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err("expected an http or https address");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("no user name or password in the address: use WEBHOOK_AUTH=basic");
    }
    if url.fragment().is_some() {
        return Err("no fragment in the address");
    }
    Ok(url)
}

fn credential(reader: &mut Reader<'_>) -> Option<Credential> {
    let methods = [
        ("jwt", Method::Jwt),
        ("basic", Method::Basic),
        ("header", Method::Header),
        ("none", Method::None),
    ];
    match reader.choice(&setting::WEBHOOK_AUTH, &methods)? {
        Method::Jwt => Some(Credential::Jwt),
        Method::None => Some(Credential::Nothing),
        Method::Basic => {
            let (user, password) = named_secret(reader, &setting::WEBHOOK_USER)?;
            if user.contains(':') {
                reader.object(&setting::WEBHOOK_USER, "HTTP Basic has no colon in a user name");
            }
            Some(Credential::Basic { user, password })
        }
        Method::Header => {
            let (name, value) = named_secret(reader, &setting::WEBHOOK_HEADER)?;
            let credential = Credential::header(&name, &value);
            if credential.is_none() {
                reader.object(
                    &setting::WEBHOOK_HEADER,
                    "this name and the value in WEBHOOK_PASSWORD make no header",
                );
            }
            credential
        }
    }
}

/// What a setting names, and the secret in `WEBHOOK_PASSWORD`.
fn named_secret(reader: &mut Reader<'_>, named: &setting::Setting) -> Option<(String, SecretString)> {
    let name = reader.text(named);
    let secret = reader.secret(&setting::WEBHOOK_PASSWORD);
    for (setting, missing) in [
        (named, name.is_none()),
        (&setting::WEBHOOK_PASSWORD, secret.is_none()),
    ] {
        if missing {
            reader.miss(setting, "required by WEBHOOK_AUTH");
        }
    }
    name.zip(secret)
}

fn require_signer(reader: &mut Reader<'_>) {
    let there = reader
        .secret(&setting::SESSION_SECRET_KEY)
        .or_else(|| reader.secret(&setting::WORKFLOW_SIGNING_KEY));
    // One that is set, and could not be read, is not missing.
    if there.is_none() && !reader.has_objected(&setting::WORKFLOW_SIGNING_KEY) {
        reader.miss(
            &setting::SESSION_SECRET_KEY,
            "required by WEBHOOK_AUTH=jwt: the text of the workflow's JWT credential (or set WORKFLOW_SIGNING_KEY)",
        );
    }
}
