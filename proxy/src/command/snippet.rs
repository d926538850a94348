//! `porthole snippet`: the tag that a site owner pastes.

use std::io::Write as _;

use porthole_config::{Config, setting};
use porthole_protocol::path;

use super::CommandError;

/// Prints the tag for this proxy's address.
pub(super) fn print(config: &Config) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    let listen = &config.process.listen;
    let base = listen.public_url().unwrap_or_else(|| format!("http://127.0.0.1:{}", listen.port));
    let accent = &config.site.appearance.accent;
    // The launcher is drawn before the first call of this proxy, so the tag gives it the colour.
    let colour = if accent == setting::CHAT_COLOR.default {
        String::new()
    } else {
        format!(" data-color=\"{accent}\"")
    };
    let script = path::WIDGET_JS;
    writeln!(out, "<script async src=\"{base}{script}\"{colour}></script>")?;
    if config.site.origins.is_empty() {
        let hint = "Pages of other origins see the chat once ALLOWED_ORIGINS lists them.";
        writeln!(out, "\n<!-- {hint} -->")?;
    }
    Ok(())
}
