//! `porthole check`: the mistakes of operators and integrators, each with its remedy. It may not know the edge.
//!
//! It reads settings with [`porthole_config`] and sends the requests of the upstream itself, so that it cannot drift
//! from the proxy; it changes nothing anywhere.

mod address;
mod client;
mod documents;
mod finding;
mod listen;
mod message;
mod models;
mod n8n_url;
mod page;
#[cfg(feature = "parsers")]
pub mod parsers;
mod public;
mod report;
mod settings;
mod webhook;

use std::time::Duration;

use porthole_config::setting::{ALLOWED_ORIGINS, N8N_WEBHOOK_URL, PUBLIC_URL};
use porthole_config::{Config, ModelsConfig, SettingError, SettingSource, UpstreamConfig, WebhookConfig};
use porthole_domain::origin::Origin;
use porthole_upstream::{NO_AUTHORITIES, client};
use reqwest::Client;
use url::Url;

pub use report::{Report, ReportFormat};

use finding::{Finding, tls};
use models::ModelsCheck;
use page::Widget;
use settings::SettingsSnapshot;
use webhook::WebhookCheck;

/// The options of a check, beside the settings.
#[derive(Debug)]
pub struct CheckOptions {
    /// A page that shall show the chat.
    pub page: Option<Url>,
    /// The request that probes the webhook.
    pub probe: WebhookProbe,
    /// Timeout of the workflow's answer.
    pub timeout: Duration,
    /// `true` where the binary has the widget inside.
    pub has_widget: bool,
}

/// The request that probes the webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookProbe {
    /// A real message. A workflow that checks the token itself runs twice.
    Message,
    /// A GET: the workflow does not run, and less is known.
    Get,
}

/// Checks the settings, and asks the public address, the webhook and the page.
pub async fn check(source: &SettingSource, options: &CheckOptions) -> Report {
    let settings = SettingsSnapshot::read(source);
    let mut findings = settings::judge(&settings);
    findings.push(widget(options));
    // The proxy's own client, so that names, certificates and limits are those of its calls.
    match &settings.config {
        Some(config) => findings.extend(check_network(&settings, config, options).await),
        // Whatever the settings, TLS must be possible.
        None if client(NO_AUTHORITIES).is_err() => findings.push(tls::no_authorities()),
        None => {}
    }
    Report::new(findings)
}

async fn check_network(
    settings: &SettingsSnapshot<'_>,
    config: &Config,
    options: &CheckOptions,
) -> Vec<Finding> {
    let Ok(client_of_machine) = client(NO_AUTHORITIES) else {
        return vec![tls::no_authorities()];
    };
    let Ok(webhook_client) = client(&config.process.webhook_authorities) else {
        return vec![tls::webhook_authority()];
    };
    let check = NetworkCheck {
        settings,
        config,
        options,
        client: &client_of_machine,
        webhook_client: &webhook_client,
    };
    check.run().await
}

/// Reports a `.env` file that cannot be read: without it nothing else can be known.
#[must_use]
pub fn unreadable(error: &SettingError) -> Report {
    Report::new(vec![settings::mistake(error)])
}

fn widget(options: &CheckOptions) -> Finding {
    if options.has_widget { finding::widget::built() } else { finding::widget::missing() }
}

/// The part of a check that uses the network.
struct NetworkCheck<'a> {
    settings: &'a SettingsSnapshot<'a>,
    config: &'a Config,
    options: &'a CheckOptions,
    client: &'a Client,
    /// The client that also trusts `WEBHOOK_CA`.
    webhook_client: &'a Client,
}

impl NetworkCheck<'_> {
    async fn run(&self) -> Vec<Finding> {
        let Some(own) = own_origin(self.config) else {
            return listen::check(self.client, self.config).await;
        };
        // All at once: a silent peer costs its own timeout, not that of the others.
        let (ports, public, upstream, page) = tokio::join!(
            listen::check(self.client, self.config),
            self.public(),
            self.upstream(&own),
            self.page(&own),
        );
        [ports, public, upstream, page].concat()
    }

    async fn public(&self) -> Vec<Finding> {
        let listen = &self.config.process.listen;
        let base = listen.public_url().and_then(|url| Url::parse(&url).ok());
        let Some((origin, base)) = listen.public_origin.as_ref().zip(base) else {
            return Vec::new();
        };
        let upstream = self.config.site.upstream.kind();
        let entries = self.settings.list(&ALLOWED_ORIGINS);
        public::check(self.client, (origin, &base), upstream, &entries).await
    }

    async fn page(&self, own: &Origin) -> Vec<Finding> {
        let Some(page) = &self.options.page else {
            return Vec::new();
        };
        if self.settings.has_mistake(&PUBLIC_URL) {
            return vec![finding::page::not_judged()];
        }
        let origins = &self.config.site.origins;
        let widget = Widget {
            origin: own,
            base_path: &self.config.process.listen.base_path,
            allowed: (!self.settings.has_mistake(&ALLOWED_ORIGINS)).then_some(origins),
            entries: &self.settings.list(&ALLOWED_ORIGINS),
        };
        page::check(self.client, page, &widget).await
    }

    async fn upstream(&self, own: &Origin) -> Vec<Finding> {
        match &self.config.site.upstream {
            // The settings' findings say already that nothing answers at such an address.
            UpstreamConfig::Webhook(webhook) if is_editor_only(&webhook.url) => Vec::new(),
            UpstreamConfig::Webhook(webhook) => self.webhook(webhook, own).await,
            UpstreamConfig::Models(models) => self.models(models, own).await,
            UpstreamConfig::Docs(_) if !self.settings.text(&N8N_WEBHOOK_URL).is_empty() => {
                vec![finding::webhook::not_asked()]
            }
            UpstreamConfig::Docs(folder) => documents::check(folder.as_deref()),
        }
    }

    async fn models(&self, models: &ModelsConfig, own: &Origin) -> Vec<Finding> {
        let keys = &self.config.process.keys;
        let check = ModelsCheck { client: self.webhook_client, models, keys, timeout: self.options.timeout };
        let call = message::call(&self.config.site, keys, own);
        match call.filter(|_| self.options.probe == WebhookProbe::Message) {
            Some(call) => check.send(&call).await,
            None => vec![finding::models::not_asked()],
        }
    }

    async fn webhook(&self, webhook: &WebhookConfig, own: &Origin) -> Vec<Finding> {
        let check = WebhookCheck {
            client: self.webhook_client,
            webhook,
            site: &self.config.site,
            keys: &self.config.process.keys,
            issuer: own,
            timeout: self.options.timeout,
        };
        match self.options.probe {
            WebhookProbe::Message => check.send_message().await,
            WebhookProbe::Get => check.get().await,
        }
    }
}

/// Returns `true` for an editor or test URL, which serves no production webhook.
fn is_editor_only(url: &Url) -> bool {
    n8n_url::is_test(url) || n8n_url::is_editor(url)
}

/// Returns `PUBLIC_URL`, or in development the address that `porthole snippet` names.
fn own_origin(config: &Config) -> Option<Origin> {
    let listen = &config.process.listen;
    let local = || match listen.port {
        // A port that is chosen at the start cannot be known.
        0 => Origin::normalise("http://127.0.0.1").ok(),
        port => Origin::normalise(&format!("http://127.0.0.1:{port}")).ok(),
    };
    listen.public_origin.clone().or_else(local)
}
