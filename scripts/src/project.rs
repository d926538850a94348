//! Where things are.

use std::path::{Path, PathBuf};

use crate::failure::{OrFail, Outcome};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    // `scripts/` lies directly in the root, which holds as long as this crate was built there.
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// The folder of Cargo's output; this program itself lies in `<target>/debug`.
pub(crate) fn target() -> Outcome<PathBuf> {
    let program =
        std::env::current_exe().or_fail("find this program's own file", "Run it by `cargo xtask`.")?;
    Ok(program
        .ancestors()
        .nth(2)
        .map_or_else(|| root().join("target"), Path::to_path_buf))
}

/// The proxy's binary in a profile's folder.
pub(crate) fn proxy(profile: &str) -> Outcome<PathBuf> {
    Ok(target()?
        .join(profile)
        .join("porthole")
        .with_extension(std::env::consts::EXE_EXTENSION))
}
