//! `cargo xtask run`, `cargo xtask build` and `cargo xtask bench`.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::error::{TaskError, TaskResult};
use crate::settings::{PAGES_PORT, RunSettings};
use crate::{env_file, paths, ports, print, process, release, sidecar, widget};

/// Makes the release binary, and prints its path.
pub(crate) fn build(words: &[&str]) -> TaskResult {
    let mut words = words.to_vec();
    let is_guided = release::take_guided(&mut words);
    if let Some(unknown) = words.first() {
        return Err(TaskError::new(format!("`{unknown}` is not understood"), "cargo xtask build [--guided]"));
    }
    print::line(&release::build(is_guided)?.display().to_string());
    Ok(())
}

/// Measures the release binary; built together with the bench it would share features that the shipped one has not.
pub(crate) fn bench(options: &[&str]) -> TaskResult {
    let mut options = options.to_vec();
    let is_guided = release::take_guided(&mut options);
    let binary = release::build(is_guided)?;
    print::step("Building the bench");
    let mut bench = process::cargo(&["run", "--release", "--package", "porthole-bench", "--", "run"]);
    process::run(bench.arg(binary).args(options), "The message above says what is missing.")
}

/// Builds everything and becomes the proxy, so that a signal to `cargo xtask run` shuts the proxy down gracefully.
pub(crate) fn run() -> TaskResult {
    let settings = RunSettings::read()?;
    drop(ports::bind(&settings.host, settings.port, "API_PORT")?);
    drop(ports::bind("127.0.0.1", settings.pages_port, PAGES_PORT)?);
    env_file::create_if_missing()?;
    widget::build()?;
    process::build_proxy()?;
    print::step("Starting the proxy");
    sidecar::spawn(&settings)?;
    let mut proxy = Command::new(paths::proxy_binary("debug")?);
    let error = proxy.current_dir(paths::root()).envs(settings.defaults()).exec();
    Err(TaskError::new(
        format!("could not start the proxy: {error}"),
        "Build it again: cargo build -p porthole",
    ))
}
