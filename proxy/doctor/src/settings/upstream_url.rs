//! Addresses of an upstream that are valid but usually mistakes.

use porthole_config::setting::{AG_UI_URL, DOCS_DIR, N8N_WEBHOOK_URL, OPENAI_BASE_URL, WEBHOOK_AUTH};
use url::Url;

use super::snapshot::SettingsSnapshot;
use crate::address::is_public;
use crate::finding::{Finding, documents, upstream, webhook};
use crate::n8n_url;

/// Judges the addresses that answers come from.
pub(super) fn judge(settings: &SettingsSnapshot<'_>) -> Vec<Finding> {
    let places = [&N8N_WEBHOOK_URL, &OPENAI_BASE_URL, &AG_UI_URL];
    let set = || places.into_iter().filter(|place| !settings.text(place).is_empty());
    let in_clear = set().filter(|place| is_in_clear(&settings.text(place)));
    let mut findings: Vec<_> = in_clear.map(|place| upstream::cleartext(place.name)).collect();
    if !settings.text(&DOCS_DIR).is_empty() {
        findings.extend(set().map(|place| documents::unused(place.name)));
    }
    if let Ok(url) = Url::parse(&settings.text(&N8N_WEBHOOK_URL)) {
        findings.extend(judge_webhook(&url, &settings.text(&WEBHOOK_AUTH)));
    }
    findings
}

/// Returns `true` for an address of plain http over the open internet.
fn is_in_clear(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.scheme() == "http" && is_public(&url))
}

fn judge_webhook(url: &Url, auth: &str) -> Vec<Finding> {
    let is_jwt = auth.eq_ignore_ascii_case("jwt");
    let found = [
        n8n_url::is_test(url).then(webhook::test_url),
        n8n_url::is_editor(url).then(webhook::editor_url),
        (n8n_url::is_chat_trigger(url) && is_jwt).then(webhook::chat_trigger_jwt),
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
        ];
        for (url, auth, want) in table {
            let findings = judge_webhook(&Url::parse(url).unwrap(), auth);
            let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
            assert_eq!(codes, want, "{url} {auth}");
        }
    }

    #[test]
    fn only_an_address_on_the_open_internet_is_read_on_the_way() {
        for (url, want) in [
            ("http://n8n.example.com/webhook/x", true),
            ("https://n8n.example.com/webhook/x", false),
            ("http://127.0.0.1:11434/v1", false),
            ("http://n8n:5678/webhook/x", false),
            ("", false),
        ] {
            assert_eq!(is_in_clear(url), want, "{url}");
        }
    }
}
