//! The settings that `cargo xtask run` reads, and the defaults that it gives the proxy.

use crate::error::TaskResult;
use crate::{env_file, pages, ports};

/// The port of the example pages; a setting of this program, not of the proxy.
pub(crate) const PAGES_PORT: &str = "PAGES_PORT";
/// The settings that choose an upstream.
const UPSTREAMS: [&str; 2] = ["N8N_WEBHOOK_URL", "DOCS_DIR"];
/// The lamp shop of the example pages, as far as `.env` says nothing else.
const LAMP_SHOP: [(&str, &str); 6] = [
    ("DOCS_DIR", "examples/documents"),
    ("CHAT_TITLE", "The Lamp Shop"),
    ("CHAT_AVATAR", "LS"),
    ("CHAT_COLOR", "#8a4b08"),
    ("CHAT_GREETING", "Welcome to **The Lamp Shop**. Ask about lamps, delivery, returns or repairs."),
    (
        "CHAT_STARTERS",
        "How long does delivery take?|Can I return a lamp that I have used?|Which bulb does the Heron need?",
    ),
];

/// Addresses of the proxy and of the example pages.
pub(crate) struct RunSettings {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) pages_port: u16,
}

impl RunSettings {
    /// Reads the environment and `.env`.
    pub(crate) fn read() -> TaskResult<Self> {
        let port = |name: &str, default: u16| {
            env_file::value_of(name).map_or(Ok(default), |value| ports::parse(name, &value))
        };
        Ok(Self {
            host: env_file::value_of("API_HOST").unwrap_or_else(|| "127.0.0.1".into()),
            port: port("API_PORT", 8000)?,
            pages_port: port(PAGES_PORT, 8001)?,
        })
    }

    /// Returns the address of the proxy for a browser on this machine.
    pub(crate) fn local_address(&self) -> String {
        let host = match self.host.as_str() {
            "0.0.0.0" | "::" | "[::]" => "127.0.0.1",
            host => host,
        };
        format!("{host}:{}", self.port)
    }

    /// Returns settings that a fresh machine lacks: the lamp shop's answers and words, and the example pages among the permitted
    /// origins.
    pub(crate) fn defaults(&self) -> Vec<(&'static str, String)> {
        let mut defaults = Vec::new();
        if UPSTREAMS.iter().all(|name| env_file::value_of(name).is_none()) {
            let unset = LAMP_SHOP.iter().filter(|(name, _)| env_file::value_of(name).is_none());
            defaults.extend(unset.map(|(name, value)| (*name, (*value).to_owned())));
        }
        if env_file::value_of("ALLOWED_ORIGINS").is_none() {
            defaults.push(("ALLOWED_ORIGINS", pages::origin(self.pages_port)));
        }
        defaults
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use crate::paths;

    /// Variables of this program and of others, and a constant of the standard library.
    const OTHERS: [&str; 14] = [
        "ASTRO_TELEMETRY_DISABLED",
        "CARGO_HOME",
        "CARGO_MANIFEST_DIR",
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "DEBIAN_FRONTEND",
        "EXE_EXTENSION",
        "PAGES_PORT",
        "PORTHOLE_AGENTS",
        "PORTHOLE_BIN",
        "PORTHOLE_FRAMEWORKS",
        "PORTHOLE_KILLS",
        "PORTHOLE_N8N",
        "RUSTC_BOOTSTRAP",
        "XDG_CACHE_HOME",
    ];

    fn sources(folder: &Path) -> String {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let texts = entries
            .map(|path| if path.is_dir() { sources(&path) } else { fs::read_to_string(&path).unwrap() });
        texts.collect()
    }

    /// Returns the words of a text that are written as settings are: capitals with an underscore between them.
    fn capitals(text: &str) -> impl Iterator<Item = &str> {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        words.filter(|word| {
            word.contains('_')
                && word.starts_with(|c: char| c.is_ascii_uppercase())
                && !word.contains(|c: char| c.is_ascii_lowercase())
        })
    }

    #[test]
    fn every_setting_that_is_named_here_is_one_of_the_proxys() {
        let example = fs::read_to_string(paths::root().join(".env.example")).unwrap();
        let settings: BTreeSet<&str> =
            example.lines().filter_map(|line| Some(line.strip_prefix('#')?.split_once('=')?.0)).collect();
        let sources = sources(&paths::root().join("scripts/src"));
        let constants: BTreeSet<&str> = ["const ", "static "]
            .iter()
            .flat_map(|keyword| sources.split(keyword).skip(1))
            .filter_map(|after| after.split(':').next())
            .collect();
        let unknown: BTreeSet<&str> = capitals(&sources)
            .filter(|word| !settings.contains(word) && !constants.contains(word) && !OTHERS.contains(word))
            .collect();
        assert_eq!(unknown, BTreeSet::new());
    }
}
