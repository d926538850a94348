//! The `.env` of a development machine.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::error::{ErrorContext, TaskResult};
use crate::{paths, print};

/// The length that the proxy asks of a key.
const KEY_BYTES: usize = 32;

/// Writes `.env` with fresh keys and development rules, unless there is one.
pub(crate) fn create_if_missing() -> TaskResult {
    let path = paths::root().join(".env");
    if path.exists() {
        return Ok(());
    }
    print::step("Writing development keys to .env");
    let remedy =
        "Copy .env.example to .env and set JWT_SECRET_KEY, SESSION_SECRET_KEY and DEBUG=true yourself.";
    let text = development_settings().context("get random bytes for the keys", remedy)?;
    create_private(&path).and_then(|mut file| file.write_all(text.as_bytes())).context("write .env", remedy)
}

/// Reads a setting from the environment or from `.env`; an empty value counts as unset.
pub(crate) fn value_of(name: &str) -> Option<String> {
    let from_file = || find(&std::fs::read_to_string(paths::root().join(".env")).ok()?, name);
    std::env::var(name).ok().or_else(from_file).filter(|value| !value.is_empty())
}

fn development_settings() -> io::Result<String> {
    Ok(format!(
        "# Written by `cargo xtask run` for this machine. .env.example explains every setting.\n\
         DEBUG=true\n\
         JWT_SECRET_KEY={}\n\
         SESSION_SECRET_KEY={}\n",
        random_key()?,
        random_key()?
    ))
}

/// Creates a file that only its owner may read.
fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn random_key() -> io::Result<String> {
    let mut bytes = [0; KEY_BYTES];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.map(|byte| format!("{byte:02x}")).concat())
}

fn find(text: &str, name: &str) -> Option<String> {
    let mut values =
        text.lines().filter_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('='));
    values.next().map(|value| value.trim().trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{development_settings, find};

    #[test]
    fn the_first_run_gets_two_different_keys_of_thirty_two_bytes() {
        let text = development_settings().unwrap();
        let keys = ["JWT_SECRET_KEY", "SESSION_SECRET_KEY"].map(|name| find(&text, name).unwrap());
        assert_eq!(keys.each_ref().map(String::len), [64, 64]);
        assert_ne!(keys[0], keys[1]);
        assert_eq!(find(&text, "DEBUG").as_deref(), Some("true"));
    }

    #[test]
    fn only_the_whole_name_of_a_setting_counts() {
        assert_eq!(find("DEBUGGER=1\n# DEBUG=2\nDEBUG = \"3\"\n", "DEBUG").as_deref(), Some("3"));
    }
}
