//! `cargo xtask run`, `cargo xtask build` and `cargo xtask bench`.

use std::process::{Child, Command};

use crate::error::{TaskError, TaskResult};
use crate::settings::{PAGES_PORT, RunSettings};
use crate::{env_file, paths, ports, print, process, sidecar, widget};

/// Makes the release binary with the widget inside.
pub(crate) fn build_release() -> TaskResult {
    widget::build()?;
    print::step("Building the proxy (release)");
    process::run(
        &mut process::cargo(&["build", "--release", "--package", "porthole"]),
        process::COMPILER_REMEDY,
    )?;
    print::line(&paths::proxy_binary("release")?.display().to_string());
    Ok(())
}

/// Measures the release binary; built together with the bench it would share features that the shipped one has not.
pub(crate) fn bench(options: &[&str]) -> TaskResult {
    build_release()?;
    print::step("Building the bench");
    let mut bench = process::cargo(&["run", "--release", "--package", "porthole-bench", "--", "run"]);
    bench.arg(paths::proxy_binary("release")?).args(options);
    process::run(&mut bench, "The message above says what is missing.")
}

/// Builds everything and becomes the proxy.
pub(crate) fn run() -> TaskResult {
    let settings = RunSettings::read()?;
    drop(ports::bind(&settings.host, settings.port, "API_PORT")?);
    drop(ports::bind("127.0.0.1", settings.pages_port, PAGES_PORT)?);
    env_file::create_if_missing()?;
    widget::build()?;
    process::build_proxy()?;
    print::step("Starting the proxy");
    let mut proxy = Command::new(paths::proxy_binary("debug")?);
    proxy.current_dir(paths::root()).envs(settings.defaults());
    let sidecar = sidecar::spawn(&settings)?;
    become_proxy(proxy, sidecar)
}

/// Replaces this process by the proxy, so that a signal to `cargo xtask run` shuts the proxy down gracefully.
#[cfg(unix)]
fn become_proxy(mut proxy: Command, _sidecar: Child) -> TaskResult {
    let error = std::os::unix::process::CommandExt::exec(&mut proxy);
    Err(TaskError::new(
        format!("could not start the proxy: {error}"),
        "Build it again: cargo build -p porthole",
    ))
}

#[cfg(not(unix))]
fn become_proxy(mut proxy: Command, mut sidecar: Child) -> TaskResult {
    use crate::error::ErrorContext;

    let ended = process::run(&mut proxy, "The proxy's message above says why it ended.");
    sidecar.kill().context("end the server of the example pages", "End `xtask` by hand.")?;
    ended
}
