//! Addresses of n8n, recognised by their paths.

use url::Url;

/// Returns `true` for a test URL, which answers only while the editor listens.
pub(crate) fn is_test(url: &Url) -> bool {
    // n8n may be mounted below any path.
    url.path().contains("/webhook-test/")
}

/// Returns `true` for the page of a workflow in the editor.
pub(crate) fn is_editor(url: &Url) -> bool {
    url.path().starts_with("/workflow/")
}

/// Returns `true` for a Chat Trigger: `/webhook/<id>/chat`.
pub(crate) fn is_chat_trigger(url: &Url) -> bool {
    let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    matches!(segments.as_slice(), [.., "webhook" | "webhook-test", _, "chat"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_trigger_has_an_id_between_webhook_and_chat() {
        let table = [
            ("https://n8n.example.com/webhook/4f2a/chat", true),
            ("https://example.com/n8n/webhook/4f2a/chat", true),
            ("https://n8n.example.com/webhook/chat", false),
            ("https://n8n.example.com/webhook/4f2a/chat/more", false),
            ("https://api.example.com/v1/chat", false),
            ("https://api.example.com", false),
        ];
        for (url, want) in table {
            assert_eq!(is_chat_trigger(&Url::parse(url).unwrap()), want, "{url}");
        }
    }
}
