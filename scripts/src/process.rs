//! Other programs, run to their end.

use std::process::{Command, Stdio};

use crate::failure::{Failure, OrFail, Outcome};
use crate::project;

/// Cargo, in the root of the repository.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(project::root());
    command
}

/// Runs a program to its end; `remedy` says what to do when it fails.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Outcome {
    let words = words(command);
    let status = command.status().or_fail(&format!("start `{words}`"), remedy)?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("`{words}` failed ({status})"), remedy))
    }
}

/// Whether a program is there at all: it starts and says that it ended well.
pub(crate) fn works(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What a program prints; `None` when it cannot be started or fails.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(project::root())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn words(command: &Command) -> String {
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy().into_owned());
    let program = command.get_program().to_string_lossy().into_owned();
    std::iter::once(program)
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}
