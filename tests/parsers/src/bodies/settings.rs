use std::path::Path;

use porthole_config::{Config, SettingError, SettingSource};

use crate::input;

/// A secret that stands in the seeds.
const CANARY: &str = "q8Zr1vXoPf0mJc7u";
const SECRETS: [&str; 4] = ["JWT_SECRET_KEY=", "SESSION_SECRET_KEY=", "METRICS_TOKEN=", "WEBHOOK_PASSWORD="];

/// Reads settings from a `.env` file: every mistake is named, and no secret is in one.
pub fn settings(input: &[u8]) {
    let text = input::text(input);
    // Another file would be read, which an input is not to choose.
    if text.contains("_FILE") {
        return;
    }
    let Err(mistakes) = read(text.as_bytes()) else {
        return;
    };
    let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    assert!(!mistakes.is_empty() && mistakes.iter().all(|mistake| mistake.contains(": ")));
    let is_secret = |line: &str| !line.contains(CANARY) || SECRETS.iter().any(|name| line.starts_with(name));
    let is_plain = !text.contains(['\'', '"', '\\', '$', '\r']);
    if is_plain && text.lines().all(is_secret) {
        assert!(!mistakes.iter().any(|mistake| mistake.contains(CANARY)), "{mistakes:?}");
    }
}

fn read(dotenv: &[u8]) -> Result<Config, Vec<SettingError>> {
    let source = SettingSource::parse_dotenv(dotenv, Path::new(".env")).map_err(|mistake| vec![mistake])?;
    Config::read(&source)
}
