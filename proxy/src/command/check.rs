//! `porthole check`: the options of the check, its report, and the exit status.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use porthole_doctor::{CheckOptions, ReportFormat, WebhookProbe};
use url::Url;

use super::CommandError;
use crate::embedded::WIDGET;

/// Returns the command's own flags; those of the settings come on top.
pub(super) fn arguments() -> [Arg; 4] {
    [
        Arg::new("page")
            .long("page")
            .value_name("URL")
            .value_parser(web_address)
            .help("Fetches this page and judges whether the chat would show there"),
        Arg::new("json").long("json").action(ArgAction::SetTrue).help("Writes the findings as JSON"),
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

/// Checks everything and writes the report; the exit status fails where there is a problem.
pub(super) async fn run(arguments: &ArgMatches) -> Result<ExitCode, CommandError> {
    let report = match super::gather(arguments) {
        Ok(source) => porthole_doctor::check(&source, &options(arguments)).await,
        Err(error) => porthole_doctor::unreadable(&error),
    };
    let format = if arguments.get_flag("json") { ReportFormat::Json } else { ReportFormat::Text };
    report.write(format, &mut std::io::stdout().lock())?;
    Ok(if report.has_problems() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn options(arguments: &ArgMatches) -> CheckOptions {
    let seconds = arguments.get_one::<u64>("timeout").copied().unwrap_or(30);
    CheckOptions {
        page: arguments.get_one("page").cloned(),
        probe: if arguments.get_flag("no-message") { WebhookProbe::Get } else { WebhookProbe::Message },
        timeout: Duration::from_secs(seconds),
        has_widget: WIDGET.is_some(),
    }
}
