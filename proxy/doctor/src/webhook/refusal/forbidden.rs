//! Refusals with status 401 or 403: credentials, tokens, and a reverse proxy in front.

use super::token;
use crate::client::TimedResponse;
use crate::finding::{Finding, jwt, webhook};
use crate::webhook::credential_kind::CredentialKind;

/// Judges a refusal of the proxy's credentials.
pub(super) fn judge(response: &TimedResponse, kind: CredentialKind) -> Finding {
    let (body, status) = (response.beginning(), response.status);
    let is_malformed = body.contains("jwt malformed") && !kind.is_token();
    if is_markup(&body) {
        webhook::guarded(status)
    } else if body.contains("IP is not allowed") {
        webhook::ip_allowlist(status)
    } else if body.contains("No token provided") || is_malformed {
        if kind.is_token() { jwt::lost(status) } else { jwt::wanted(status) }
    } else if body.contains("Authorization data is wrong") || body.contains("Authorization is required") {
        wrong_data(status, kind)
    } else {
        token::judge(response, kind).unwrap_or_else(|| unexplained(status, kind))
    }
}

fn wrong_data(status: u16, kind: CredentialKind) -> Finding {
    let (reason, remedy) = match kind {
        CredentialKind::Basic | CredentialKind::Header => {
            return webhook::wrong_credentials(status);
        }
        CredentialKind::SharedSecret | CredentialKind::OwnKey => (
            "it expects Basic or Header Auth and gets a token, or its Ignore Bots option is on",
            "Set the Webhook node's Authentication to JWT Auth, or WEBHOOK_AUTH to basic or header.",
        ),
        CredentialKind::None => (
            "it expects credentials, or its Ignore Bots option is on",
            "Set WEBHOOK_AUTH to what the Webhook node's Authentication says.",
        ),
    };
    webhook::other_auth(status, reason, remedy)
}

/// Reports a refusal without a known reason, with the most likely ones.
fn unexplained(status: u16, kind: CredentialKind) -> Finding {
    const TOKEN: &str = "it does not accept our token, and gives no reason that is known here";
    let (reason, remedy) = match kind {
        CredentialKind::SharedSecret => (
            TOKEN,
            "Compare SESSION_SECRET_KEY with the secret that it checks with, its algorithm with HS256, its `aud` with N8N_WEBHOOK_URL, and the clocks; then look at what stands in front of it.",
        ),
        CredentialKind::OwnKey => (
            TOKEN,
            "Compare the public key that it checks with with that of `porthole keys`, its algorithm with ES256, its `aud` with N8N_WEBHOOK_URL, and the clocks; then look at what stands in front of it.",
        ),
        CredentialKind::Basic | CredentialKind::Header => (
            "it does not accept our credentials, and gives no reason that is known here",
            "Compare WEBHOOK_AUTH, WEBHOOK_USER or WEBHOOK_HEADER, and WEBHOOK_PASSWORD with what it expects.",
        ),
        CredentialKind::None => (
            "it wants credentials, or does not want this machine, and gives no reason that is known here",
            "Set WEBHOOK_AUTH to what it expects, and look at what stands in front of it.",
        ),
    };
    webhook::refused(status, reason, remedy)
}

fn is_markup(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(9).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<!doctype") || start.starts_with("<html")
}
