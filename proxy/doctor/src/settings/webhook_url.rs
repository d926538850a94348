//! Addresses of a webhook that are valid but usually mistakes.

use porthole_config::setting::{DOCS_DIR, N8N_WEBHOOK_URL, WEBHOOK_AUTH};
use url::Url;

use super::snapshot::SettingsSnapshot;
use crate::address::is_public;
use crate::finding::{Finding, documents, webhook};
use crate::n8n_url;

/// Judges `N8N_WEBHOOK_URL`.
pub(super) fn judge(settings: &SettingsSnapshot<'_>) -> Vec<Finding> {
    let Ok(url) = Url::parse(&settings.text(&N8N_WEBHOOK_URL)) else {
        return Vec::new();
    };
    let mut findings = judge_address(&url, &settings.text(&WEBHOOK_AUTH));
    if !settings.text(&DOCS_DIR).is_empty() {
        findings.push(documents::unused());
    }
    findings
}

fn judge_address(url: &Url, auth: &str) -> Vec<Finding> {
    let is_jwt = auth.eq_ignore_ascii_case("jwt");
    let found = [
        n8n_url::is_test(url).then(webhook::test_url),
        n8n_url::is_editor(url).then(webhook::editor_url),
        (n8n_url::is_chat_trigger(url) && is_jwt).then(webhook::chat_trigger_jwt),
        (url.scheme() == "http" && is_public(url)).then(webhook::cleartext),
    ];
    found.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_what_it_cannot_be() {
        let table = [
            ("http://n8n:5678/webhook/x", "jwt", vec![]),
            ("http://n8n:5678/webhook-test/x", "jwt", vec!["webhook.test_url"]),
            ("https://n8n.example.com/workflow/x/executions", "jwt", vec!["webhook.editor_url"]),
            ("https://n8n.example.com/webhook/x/chat", "JWT", vec!["webhook.chat_trigger_jwt"]),
            ("https://n8n.example.com/webhook/x/chat", "basic", vec![]),
            ("https://api.example.com/chat", "jwt", vec![]),
            ("http://n8n.example.com/webhook/x", "jwt", vec!["webhook.cleartext"]),
        ];
        for (url, auth, want) in table {
            let findings = judge_address(&Url::parse(url).unwrap(), auth);
            let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
            assert_eq!(codes, want, "{url} {auth}");
        }
    }
}
