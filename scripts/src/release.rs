//! The release binary; the guided one is optimised for what an instrumented one has shown under load.
//!
//! A small answer runs through half a megabyte of code, many times what a processor's instruction cache holds. With a profile
//! the compiler lays together what runs, which saves a sixth of the CPU time of an answer.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{ErrorContext, TaskResult};
use crate::{paths, print, process, setup, widget};

/// The word that asks for the guided binary.
const GUIDED: &str = "--guided";

const TRAINING_REMEDY: &str = "The message above says what is missing.";

/// Takes the word that asks for the guided binary out of others; tells if it was there.
pub(crate) fn take_guided(words: &mut Vec<&str>) -> bool {
    let all = words.len();
    words.retain(|word| *word != GUIDED);
    words.len() < all
}

/// Makes the release binary with the widget inside, and returns its path.
pub(crate) fn build(is_guided: bool) -> TaskResult<PathBuf> {
    widget::build()?;
    if is_guided {
        return build_guided();
    }
    print::step("Building the proxy (release)");
    let mut build = process::cargo(&["build", "--release", "--package", "porthole"]);
    process::run(&mut build, process::COMPILER_REMEDY)?;
    paths::proxy_binary("release")
}

fn build_guided() -> TaskResult<PathBuf> {
    let profiler = setup::ensure_profiler()?;
    let folder = paths::target()?.join("instrumented");
    let (counts, profile) = (folder.join("counts"), folder.join("porthole.profdata"));
    print::step("Building the proxy that counts what runs");
    let instrumented = compile("instrumented", &format!("-Cprofile-generate={}", counts.display()))?;
    if !is_newer(&profile, &instrumented) {
        train(&instrumented, &counts)?;
        let mut merge = Command::new(profiler);
        merge.args(["merge", "-o"]).arg(&profile).arg(&counts);
        process::run(&mut merge, TRAINING_REMEDY)?;
    }
    print::step("Building the proxy (release), optimised for that");
    compile("guided", &format!("-Cprofile-use={}", profile.display()))
}

/// Compiles the proxy with one more flag than the environment has, in a target folder of its own: a profile is one of
/// symbols, which are the same only where Cargo's profile is.
fn compile(folder: &str, flag: &str) -> TaskResult<PathBuf> {
    // Build scripts and macros run while others compile, and are not to be counted: beside a named target flags leave them
    // alone.
    let host = process::stdout_of("rustc", &["--print", "host-tuple"]).unwrap_or_default();
    let host = host.trim();
    let flags = env::var("RUSTFLAGS").unwrap_or_default();
    let mut build = process::cargo(&["build", "--release", "--package", "porthole", "--target", host]);
    build.arg("--target-dir").arg(paths::target()?.join(folder));
    build.env("RUSTFLAGS", format!("{flags} {flag}").trim());
    process::run(&mut build, process::COMPILER_REMEDY)?;
    paths::proxy_binary(&format!("{folder}/{host}/release"))
}

/// Runs the binary under load; it writes its counts into a folder.
fn train(instrumented: &Path, counts: &Path) -> TaskResult {
    print::step("Running it under load");
    if counts.exists() {
        fs::remove_dir_all(counts).context("remove the counts of an earlier run", paths::FILE_REMEDY)?;
    }
    let mut bench = process::cargo(&["run", "--release", "--package", "porthole-bench", "--", "train"]);
    process::run(bench.arg(instrumented), TRAINING_REMEDY)
}

/// Tells if a file is there and was written after another.
fn is_newer(file: &Path, other: &Path) -> bool {
    let written = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    written(file).is_some_and(|time| written(other).is_some_and(|other| time > other))
}

#[cfg(test)]
mod tests {
    use super::take_guided;

    #[test]
    fn the_word_is_taken_from_among_others() {
        for (words, is_guided) in [(&["--quick", "--guided"][..], true), (&["--quick"], false)] {
            let mut words = words.to_vec();
            assert_eq!((take_guided(&mut words), words), (is_guided, vec!["--quick"]));
        }
    }
}
