//! `cargo xtask`: the repository's own commands, beyond plain cargo; nothing of it is shipped.
//!
//! Each command prints its steps, and an error says what to do about it.

mod agents;
mod axe;
mod check;
mod env_file;
mod error;
mod frameworks;
mod kills;
mod n8n;
mod npm;
mod pages;
mod paths;
mod ports;
mod print;
mod process;
mod release;
mod run;
mod settings;
mod setup;
mod sidecar;
mod test;
mod widget;

use std::process::ExitCode;

use crate::error::{TaskError, TaskResult};

const USAGE: &str = "\
cargo xtask <command>

  run         builds everything, starts the proxy and prints the address of a page to open
  test        runs every test, those in a real browser among them
  n8n         runs the workflows and the proxy against a real n8n, and prints a table; installs n8n once (3 GB)
  frameworks  visits pages of htmx, Turbo, React, Vue and Astro; installs them once (200 MB)
  agents      asks agents of the AI SDK and of AG-UI, as examples/agents has them; installs them once (400 MB)
  kills       kills the proxy and the browser at random moments of replies, and prints what was lost: nothing
  bench       measures the release proxy and the widget beside their floors, and prints a table
  check       format, lints, documentation, licences and sizes: what CI runs besides the tests
  build       makes the release binary, with the widget inside; --guided: twice, and a sixth faster
  widget      builds the widget alone, into widget/dist
  size        prints what the widget weighs, and fails beyond its budget";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[&str]) -> TaskResult {
    match arguments {
        ["run"] => run::run(),
        [sidecar::COMMAND, address] => sidecar::run(address),
        ["test", filters @ ..] => test::test(filters),
        ["n8n", filters @ ..] => n8n::test(filters),
        ["frameworks"] => frameworks::test(),
        ["agents"] => agents::test(),
        ["axe"] => axe::ensure(),
        ["kills", options @ ..] => kills::test(options),
        ["bench", options @ ..] => run::bench(options),
        ["check"] => check::check(),
        ["build", words @ ..] => run::build(words),
        ["widget"] => widget::build().map(drop),
        ["size"] => widget::report_size(),
        ["help" | "--help" | "-h"] => {
            print::line(USAGE);
            Ok(())
        }
        [] => Err(TaskError::new("no command was given", USAGE)),
        [unknown, ..] => {
            Err(TaskError::new(format!("`{unknown}` is no command, or has too many words"), USAGE))
        }
    }
}
