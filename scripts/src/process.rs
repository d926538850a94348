//! Child processes that are run to their end.

use std::process::Command;

use crate::error::{ErrorContext, TaskError, TaskResult};
use crate::{paths, print};

/// The remedy for a build that fails.
pub(crate) const COMPILER_REMEDY: &str = "The compiler's message above names the place. A missing C compiler is \
    installed on Debian by `apt-get install -y build-essential`, on macOS by `xcode-select --install`.";

/// Returns a command of Cargo in the root of the repository.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(paths::root());
    command
}

/// Builds the proxy in the dev profile.
pub(crate) fn build_proxy() -> TaskResult {
    print::step("Building the proxy");
    run(&mut cargo(&["build", "--package", "porthole"]), COMPILER_REMEDY)
}

/// Runs a program; `remedy` is that of its failure.
pub(crate) fn run(command: &mut Command, remedy: &str) -> TaskResult {
    let line = command_line(command);
    let status = command.status().context(&format!("start `{line}`"), remedy)?;
    if status.success() { Ok(()) } else { Err(TaskError::new(format!("`{line}` failed ({status})"), remedy)) }
}

/// Tells if a program is installed: started with `argument`, it exits with success.
pub(crate) fn is_installed(program: &str, argument: &str) -> bool {
    stdout_of(program, &[argument]).is_some()
}

/// Returns a program's stdout; `None` when it cannot be started or fails.
pub(crate) fn stdout_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(paths::root()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}
