//! The command line: `serve` (default), `check`, `keys`, `snippet`, `verify`.

mod check;
mod keys;
mod serve;
mod snippet;
mod verify;

use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use porthole_config::{Config, SettingError, SettingSource, setting};
use porthole_domain::export::ExportFault;

/// The failure of a command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("the settings have mistakes:\n{}", list(.0))]
    Settings(Vec<SettingError>),
    #[error(
        "cannot listen on {0}: {1}. Is another program using it? Set API_PORT to a free port, or to 0 for any."
    )]
    Bind(String, std::io::Error),
    #[error(
        "cannot make a client for the webhook: {0:?}. Are there CA certificates (Debian: ca-certificates), and is WEBHOOK_CA one?"
    )]
    Client(#[from] porthole_upstream::ClientError),
    #[error("cannot listen for signals: {0}")]
    Signals(std::io::Error),
    #[error("the server failed: {0}")]
    Server(std::io::Error),
    #[error("a worker panicked")]
    Worker,
    #[error("cannot read the documents of DOCS_DIR: {0}")]
    Documents(#[from] porthole_library::LibraryError),
    #[error("the transcript does not hold: {0}")]
    Transcript(ExportFault),
    #[error("there is no key to verify with: give the issuer's key set by --keys, or set EXPORT_SIGNING_KEY")]
    NoKeys,
    #[error("the key set cannot be read: expected the JSON of /.well-known/transcript-jwks.json")]
    KeySet,
    #[error("cannot read {0}: {1}")]
    Input(String, std::io::Error),
    #[error("cannot write: {0}")]
    Output(#[from] std::io::Error),
}

fn list(errors: &[SettingError]) -> String {
    let lines: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
    lines.join("\n")
}

/// Runs the command of the process.
pub async fn run() -> ExitCode {
    let arguments = command().get_matches();
    match dispatch(&arguments).await {
        Ok(code) => code,
        Err(error) => {
            #[expect(
                clippy::print_stderr,
                reason = "the person who typed the command reads its failure there"
            )]
            {
                eprintln!("porthole: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(arguments: &ArgMatches) -> Result<ExitCode, CommandError> {
    match arguments.subcommand() {
        Some(("check", arguments)) => return check::run(arguments).await,
        Some(("keys", arguments)) => keys::print(&setting_source(arguments)?),
        Some(("verify", arguments)) => verify::run(&setting_source(arguments)?, arguments),
        Some(("snippet", arguments)) => snippet::print(&config(arguments)?),
        Some((_, arguments)) => serve::serve(&setting_source(arguments)?).await,
        None => serve::serve(&setting_source(arguments)?).await,
    }?;
    Ok(ExitCode::SUCCESS)
}

fn config(arguments: &ArgMatches) -> Result<Config, CommandError> {
    Config::read(&setting_source(arguments)?).map_err(CommandError::Settings)
}

fn setting_source(arguments: &ArgMatches) -> Result<SettingSource, CommandError> {
    gather(arguments).map_err(|error| CommandError::Settings(vec![error]))
}

fn gather(arguments: &ArgMatches) -> Result<SettingSource, SettingError> {
    let flags = setting::ALL.iter().filter_map(|setting| {
        let value: &String = arguments.get_one(setting.name)?;
        Some((setting.name.to_owned(), value.clone()))
    });
    // A variable that is no Unicode text is no setting.
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    SettingSource::gather(flags, environment, Path::new(".env"))
}

/// Builds the command line, with a flag for every setting.
fn command() -> Command {
    let settings = || setting::ALL.iter().map(|setting| argument(setting));
    let described =
        |name: &'static str, about: &'static str| Command::new(name).about(about).args(settings());
    Command::new("porthole")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Stands between the visitors of a site and a workflow webhook, with the chat widget inside.")
        .after_help("Settings come from flags, the environment and `.env`, in this order. Secrets also from the file that NAME_FILE names.")
        .args(settings())
        .subcommand(described("serve", "Serves the widget and the API (the default)"))
        .subcommand(
            described("check", "Looks for what is wrong with the settings, the webhook, the public address and a page")
                .args(check::arguments()),
        )
        .subcommand(described("keys", "Makes secrets, and shows the public keys of workflow tokens and signed transcripts"))
        .subcommand(described("snippet", "Prints the tag for a page"))
        .subcommand(described("verify", "Verifies a signed transcript").args(verify::arguments()))
}

fn argument(setting: &'static setting::Setting) -> Arg {
    let default =
        if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
    Arg::new(setting.name)
        .long(setting.flag())
        .value_name("VALUE")
        // A key in PEM begins with hyphens; taken for a flag, it would be printed as a mistake.
        .allow_hyphen_values(setting.secret)
        .help(format!("{}: {}{default}", setting.name, setting.help))
}

#[cfg(test)]
mod tests {
    #[test]
    fn clap_accepts_the_command_line() {
        super::command().debug_assert();
    }
}
