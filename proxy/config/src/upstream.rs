//! The source of answers: a webhook, an agent, models, or the documents of a folder.

use std::path::PathBuf;

use porthole_domain::reply::{AnswerPath, DecoderOptions, Thoughts};
use porthole_domain::workflow::audience;
use porthole_protocol::boot::Agent;
use secrecy::SecretString;
use url::Url;

use crate::credential::Credential;
use crate::models::{self, ModelsConfig};
use crate::reader::SettingReader;
use crate::setting::{
    AG_UI_URL, DOCS_DIR, N8N_WEBHOOK_URL, OPENAI_BASE_URL, REPLY_END, REPLY_FIELD, SESSION_SECRET_KEY,
    Setting, THOUGHTS, UPSTREAM_CONCURRENCY, WEBHOOK_AUTH, WEBHOOK_HEADER, WEBHOOK_PASSWORD, WEBHOOK_USER,
    WORKFLOW_SIGNING_KEY,
};

/// The source of a site's answers.
#[derive(Debug)]
pub enum UpstreamConfig {
    /// A workflow's webhook, or an agent that is called like one.
    Webhook(WebhookConfig),
    /// Models behind an interface like `OpenAI`'s.
    Models(ModelsConfig),
    /// A folder of documents; without one, every answer says that there are none.
    Docs(Option<PathBuf>),
}

/// The webhook and the proxy's credential there.
#[derive(Debug)]
pub struct WebhookConfig {
    /// The address, with user name, password and fragment refused.
    pub url: Url,
    /// The protocol of its calls.
    pub protocol: WebhookProtocol,
    /// `aud` of the tokens for it: the address without query.
    pub audience: String,
    /// The proxy's way to authenticate.
    pub credential: Credential,
    /// Calls at once; 0 for no limit.
    pub concurrency: usize,
    /// The reading of its answers.
    pub reading: DecoderOptions,
}

/// The protocol of a webhook's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookProtocol {
    /// The body of n8n's Chat Trigger, and actions beside messages.
    Workflow,
    /// A run of AG-UI 1.0; there are no actions.
    AgUi,
}

#[derive(Clone, Copy)]
enum AuthMethod {
    Jwt,
    Basic,
    Header,
    None,
}

impl UpstreamConfig {
    /// Returns the kind's name, as health and findings tell it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Webhook(WebhookConfig { protocol: WebhookProtocol::Workflow, .. }) => "webhook",
            Self::Webhook(WebhookConfig { protocol: WebhookProtocol::AgUi, .. }) => "ag-ui",
            Self::Models(_) => "openai",
            Self::Docs(_) => "docs",
        }
    }

    /// Returns the agents that a visitor may choose from; none where there is no choice.
    #[must_use]
    pub fn agents(&self) -> &[Agent] {
        match self {
            Self::Models(models) if models.offers_choice => &models.models,
            Self::Webhook(_) | Self::Models(_) | Self::Docs(_) => &[],
        }
    }
}

/// Reads every part before any is missed; `None` only together with a mistake.
pub(crate) fn read(reader: &mut SettingReader<'_>) -> Option<UpstreamConfig> {
    let credential = credential(reader);
    let reading = DecoderOptions {
        thoughts: thoughts(reader),
        answer_path: answer_path(reader),
        is_lenient: is_lenient(reader),
    };
    let concurrency = reader.number(&UPSTREAM_CONCURRENCY, 0..=10_000);
    let Some(place) = place(reader) else {
        models::reject_unused(reader);
        return Some(UpstreamConfig::Docs(reader.text(&DOCS_DIR).map(PathBuf::from)));
    };
    let url = address(&reader.text(place)?).map_err(|reason| reader.reject(place, reason));
    if *place == OPENAI_BASE_URL {
        return models::read(reader, url.ok(), concurrency, reading).map(UpstreamConfig::Models);
    }
    models::reject_unused(reader);
    let url = url.ok()?;
    if matches!(credential, Some(Credential::Jwt)) {
        require_signer(reader);
    }
    let is_agent = *place == AG_UI_URL;
    Some(UpstreamConfig::Webhook(WebhookConfig {
        audience: audience(&url),
        url,
        protocol: if is_agent { WebhookProtocol::AgUi } else { WebhookProtocol::Workflow },
        credential: credential?,
        concurrency,
        reading,
    }))
}

/// Returns the setting with the upstream's address; a second one is a mistake.
fn place(reader: &mut SettingReader<'_>) -> Option<&'static Setting> {
    let places = [&N8N_WEBHOOK_URL, &OPENAI_BASE_URL, &AG_UI_URL];
    let set: Vec<_> = places.into_iter().filter(|place| reader.text(place).is_some()).collect();
    let (first, others) = set.split_first()?;
    for other in others {
        reader.reject(other, format_args!("{} is set as well: answers come from one place", first.name));
    }
    Some(first)
}

fn thoughts(reader: &mut SettingReader<'_>) -> Thoughts {
    let choices = [
        ("hide", Thoughts::Hide),
        ("step", Thoughts::Step),
        ("show", Thoughts::Show),
        ("keep", Thoughts::Keep),
    ];
    reader.choice(&THOUGHTS, &choices).unwrap_or_default()
}

fn is_lenient(reader: &mut SettingReader<'_>) -> bool {
    reader.choice(&REPLY_END, &[("required", false), ("lenient", true)]).unwrap_or_default()
}

fn answer_path(reader: &mut SettingReader<'_>) -> Option<AnswerPath> {
    let path = AnswerPath::parse(&reader.text(&REPLY_FIELD)?);
    if path.is_none() {
        let expected = "expected a member's path such as data.outputs.0.text: up to 8 names, 128 characters";
        reader.reject(&REPLY_FIELD, expected);
    }
    path
}

fn address(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text)
        .map_err(|_| "expected the full address, such as https://n8n.example.com/webhook/chat")?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err("expected an http or https address");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("no user name or password in the address: use WEBHOOK_AUTH=basic, or OPENAI_API_KEY");
    }
    if url.fragment().is_some() {
        return Err("no fragment in the address");
    }
    Ok(url)
}

fn credential(reader: &mut SettingReader<'_>) -> Option<Credential> {
    let methods = [
        ("jwt", AuthMethod::Jwt),
        ("basic", AuthMethod::Basic),
        ("header", AuthMethod::Header),
        ("none", AuthMethod::None),
    ];
    match reader.choice(&WEBHOOK_AUTH, &methods)? {
        AuthMethod::Jwt => Some(Credential::Jwt),
        AuthMethod::None => Some(Credential::None),
        AuthMethod::Basic => basic(reader),
        AuthMethod::Header => header(reader),
    }
}

fn basic(reader: &mut SettingReader<'_>) -> Option<Credential> {
    let (user, password) = named_secret(reader, &WEBHOOK_USER)?;
    if user.contains(':') {
        reader.reject(&WEBHOOK_USER, "HTTP Basic has no colon in a user name");
    }
    Some(Credential::Basic { user, password })
}

fn header(reader: &mut SettingReader<'_>) -> Option<Credential> {
    let (name, value) = named_secret(reader, &WEBHOOK_HEADER)?;
    let credential = Credential::header(&name, &value);
    if credential.is_none() {
        reader.reject(&WEBHOOK_HEADER, "this name and the value in WEBHOOK_PASSWORD make no header");
    }
    credential
}

/// Reads the name in a setting, and the secret in `WEBHOOK_PASSWORD`.
fn named_secret(reader: &mut SettingReader<'_>, setting: &Setting) -> Option<(String, SecretString)> {
    for required in [setting, &WEBHOOK_PASSWORD] {
        reader.require(required, "required by WEBHOOK_AUTH");
    }
    reader.text(setting).zip(reader.secret(&WEBHOOK_PASSWORD))
}

fn require_signer(reader: &mut SettingReader<'_>) {
    let signing_key = reader.secret(&WORKFLOW_SIGNING_KEY);
    // A key that is set but cannot be read is not missing.
    if signing_key.is_none() && !reader.is_rejected(&WORKFLOW_SIGNING_KEY) {
        reader.require(
            &SESSION_SECRET_KEY,
            "required by WEBHOOK_AUTH=jwt: the text of the workflow's JWT credential (or set WORKFLOW_SIGNING_KEY)",
        );
    }
}
