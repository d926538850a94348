//! `cargo xtask bench`.

use std::process::Command;

use crate::error::TaskResult;
use crate::{paths, print, process, run};

/// Builds the release binary and the bench, and runs it; `options` are its own.
///
/// The two are built one after the other: together they would share the features of their dependencies, and the proxy
/// would not be the one that is shipped.
pub(crate) fn bench(options: &[&str]) -> TaskResult {
    run::build_release()?;
    print::step("Building the bench");
    let build = &["build", "--release", "--package", "porthole-bench"];
    process::run(&mut process::cargo(build), process::COMPILER_REMEDY)?;
    let program =
        paths::target()?.join("release/porthole-bench").with_extension(std::env::consts::EXE_EXTENSION);
    let mut bench = Command::new(program);
    bench.arg("run").arg(paths::proxy_binary("release")?).args(options);
    process::run(&mut bench, "The message above says what is missing.")
}
