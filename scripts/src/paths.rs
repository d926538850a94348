//! Paths of the repository and of Cargo's output.

use std::path::{Path, PathBuf};

use crate::error::{ErrorContext, TaskResult};

/// The remedy for a file of the repository that cannot be read or written.
pub(crate) const FILE_REMEDY: &str =
    "Look at the path in the message; `git status` shows whether a file is missing.";

/// Returns the root of the repository.
pub(crate) fn root() -> &'static Path {
    // `scripts/` lies directly in the root, which holds as long as this crate was built there.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Returns the folder of Cargo's output; this program itself lies in `<target>/debug`.
pub(crate) fn target() -> TaskResult<PathBuf> {
    let program =
        std::env::current_exe().context("find this program's own file", "Run it by `cargo xtask`.")?;
    Ok(program.ancestors().nth(2).map_or_else(|| root().join("target"), Path::to_path_buf))
}

/// Returns the path of the proxy's binary in a profile's folder.
pub(crate) fn proxy_binary(profile: &str) -> TaskResult<PathBuf> {
    Ok(target()?.join(profile).join("porthole").with_extension(std::env::consts::EXE_EXTENSION))
}
