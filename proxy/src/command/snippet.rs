//! `porthole snippet`: the tag that a site owner pastes.

use std::io::Write as _;

use porthole_protocol::path;

use super::Failed;
use porthole_config::{Config, setting};

/// Prints the tag for this proxy's address.
pub(super) fn print(config: &Config) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    let port = config.process.listen.port;
    let base = config
        .process
        .listen
        .public_origin
        .as_ref()
        .map_or_else(|| format!("http://127.0.0.1:{port}"), ToString::to_string);
    let accent = &config.site.appearance.accent;
    // The launcher is drawn before anything is asked of this proxy, so the tag tells it the colour.
    let colour = if accent == setting::CHAT_COLOR.default {
        String::new()
    } else {
        format!(" data-color=\"{accent}\"")
    };
    writeln!(
        out,
        "<script async src=\"{base}{}\"{colour}></script>",
        path::WIDGET_JS
    )?;
    if config.site.origins.is_empty() {
        writeln!(
            out,
            "\n<!-- Pages of other origins see the chat once ALLOWED_ORIGINS lists them. -->"
        )?;
    }
    Ok(())
}
