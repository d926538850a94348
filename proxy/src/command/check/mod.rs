//! `porthole check`: everything that operators and integrators get wrong, each with its remedy.

mod address;
mod answer;
mod clock;
mod csp;
mod documents;
mod exchange;
mod fetch;
mod finding;
mod markup;
mod origins;
mod page;
pub(crate) mod parsers;
mod policy;
mod port;
mod public;
mod refusal;
mod report;
mod secrets;
mod settings;
mod tag;
#[cfg(test)]
mod tests;
mod tls;
mod token;
mod trouble;
mod visitor;
mod webhook;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use porthole_domain::origin::Origin;
use reqwest::Client;
use url::Url;

use self::finding::{Finding, Level};
use self::report::Format;
use self::settings::Settings;
use super::Failed;
use crate::upstream::Webhook;
use porthole_config::setting::{ALLOWED_ORIGINS, N8N_WEBHOOK_URL, PUBLIC_URL};
use porthole_config::{Config, SettingSource, UpstreamConfig};

/// The command's own flags; those of the settings come on top.
pub(super) fn arguments() -> [Arg; 4] {
    [
        Arg::new("page")
            .long("page")
            .value_name("URL")
            .value_parser(web_address)
            .help("Fetches this page and judges whether the chat would show there"),
        Arg::new("json")
            .long("json")
            .action(ArgAction::SetTrue)
            .help("Writes the findings as JSON"),
        Arg::new("no-message")
            .long("no-message")
            .action(ArgAction::SetTrue)
            .help("Sends the workflow no message: it does not run, and less is known"),
        Arg::new("timeout")
            .long("timeout")
            .value_name("SECONDS")
            .value_parser(value_parser!(u64).range(1..=300))
            .default_value("30")
            .help("How long the workflow's answer may take"),
    ]
}

fn web_address(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "expected a full address, such as https://shop.example/help")?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err("expected an http or https address"),
    }
}

/// Looks at everything and writes what it found; fails where there is a problem.
pub(super) async fn run(arguments: &ArgMatches) -> Result<ExitCode, Failed> {
    let findings = match super::config_source(arguments) {
        Ok(source) => all(&source, arguments).await,
        // Without the file nothing else can be known.
        Err(Failed::Settings(mistakes)) => settings::mistakes(&mistakes),
        Err(failed) => return Err(failed),
    };
    let format = if arguments.get_flag("json") {
        Format::Json
    } else {
        Format::Text
    };
    report::write(&findings, format, &mut std::io::stdout().lock())?;
    Ok(match report::count(&findings, Level::Problem) {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

async fn all(source: &SettingSource, arguments: &ArgMatches) -> Vec<Finding> {
    let settings = Settings::read(source);
    let mut findings = settings.findings();
    // The proxy's own client, so that names, certificates and limits are those of its calls.
    match (&settings.config, Webhook::client()) {
        (Some(config), Ok(client)) => findings.extend(asked(&settings, config, &client, arguments).await),
        (None, Ok(_)) => {}
        (_, Err(_)) => findings.push(Finding::problem(
            "tls.no_authorities",
            "TLS cannot be set up: this machine knows no certificate authorities, and the proxy will not start.",
            "Install them (Debian: apt-get install ca-certificates), or correct SSL_CERT_FILE and SSL_CERT_DIR.",
        )),
    }
    findings
}

/// What others say: the public address, the webhook, the page.
async fn asked(
    settings: &Settings<'_>,
    config: &Config,
    client: &Client,
    arguments: &ArgMatches,
) -> Vec<Finding> {
    let Some(own) = own_origin(config) else {
        return port::check(client, config).await;
    };
    // Whoever is silent costs its time, but not that of the others.
    let (ports, public, upstream, page) = tokio::join!(
        port::check(client, config),
        ask_public(settings, config, client),
        ask_upstream(settings, config, &own, client, arguments),
        ask_page(settings, config, &own, client, arguments),
    );
    [ports, public, upstream, page].concat()
}

async fn ask_public(settings: &Settings<'_>, config: &Config, client: &Client) -> Vec<Finding> {
    let Some(origin) = &config.process.listen.public_origin else {
        return Vec::new();
    };
    let upstream = match &config.site.upstream {
        UpstreamConfig::Webhook(_) => "webhook",
        UpstreamConfig::Docs(_) => "docs",
    };
    let mut findings = public::check(client, origin, upstream).await;
    if findings.iter().any(|finding| finding.code == public::REACHED) {
        findings.extend(visitor::check(client, origin, &settings.list(&ALLOWED_ORIGINS)).await);
    }
    findings
}

async fn ask_page(
    settings: &Settings<'_>,
    config: &Config,
    own: &Origin,
    client: &Client,
    arguments: &ArgMatches,
) -> Vec<Finding> {
    let Some(page) = arguments.get_one::<Url>("page") else {
        return Vec::new();
    };
    if settings.is_mistaken(&[&PUBLIC_URL]) {
        return vec![Finding::warning(
            "page.not_judged",
            "The page was not judged: PUBLIC_URL leaves open which tag it needs.",
            "Correct PUBLIC_URL, and check again.",
        )];
    }
    let widget = page::Widget {
        origin: own,
        listed: (!settings.is_mistaken(&[&ALLOWED_ORIGINS])).then_some(&config.site.origins),
        entries: &settings.list(&ALLOWED_ORIGINS),
    };
    page::check(client, page, &widget).await
}

async fn ask_upstream(
    settings: &Settings<'_>,
    config: &Config,
    own: &Origin,
    client: &Client,
    arguments: &ArgMatches,
) -> Vec<Finding> {
    let limit = arguments.get_one::<u64>("timeout").copied().unwrap_or(30);
    match &config.site.upstream {
        // What is wrong with such an address is said already.
        UpstreamConfig::Webhook(webhook) if webhook::is_of_the_editor(&webhook.url) => Vec::new(),
        UpstreamConfig::Webhook(webhook) => {
            let webhook = webhook::Webhook {
                client,
                config: webhook,
                signer: config.process.keys.workflow.as_ref(),
                issuer: own,
                limit: Duration::from_secs(limit),
            };
            if arguments.get_flag("no-message") {
                webhook.look().await
            } else {
                webhook.ask().await
            }
        }
        UpstreamConfig::Docs(_) if !settings.text(&N8N_WEBHOOK_URL).is_empty() => vec![Finding::warning(
            "webhook.not_asked",
            "The webhook was not asked: the settings leave open how.",
            "Correct the settings named above, and check again.",
        )],
        UpstreamConfig::Docs(folder) => documents::check(folder.as_deref()),
    }
}

/// `PUBLIC_URL`, or in development the address that `porthole snippet` names.
fn own_origin(config: &Config) -> Option<Origin> {
    let listen = &config.process.listen;
    let local = || match listen.port {
        // A port that is chosen at the start cannot be known.
        0 => Origin::normalise("http://127.0.0.1").ok(),
        port => Origin::normalise(&format!("http://127.0.0.1:{port}")).ok(),
    };
    listen.public_origin.clone().or_else(local)
}
