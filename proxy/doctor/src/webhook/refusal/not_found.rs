//! Refusals with status 404: no such path, another method, or a workflow that is not active.

use url::Url;

use crate::client::TimedResponse;
use crate::finding::{Finding, FindingCode};
use crate::n8n_url::is_chat_trigger;

/// Judges an answer with status 404.
pub(super) fn judge(response: &TimedResponse, url: &Url) -> Finding {
    let body = response.beginning();
    let is_problem = response.media_type().starts_with("application/problem+json");
    let code = if body.contains("Did you mean to make") {
        return FindingCode::WebhookMethod.with_message("The webhook is there, but does not take POST.");
    } else if body.contains("is not registered") {
        FindingCode::WebhookNotRegistered
    } else if body.is_empty() && is_chat_trigger(url) {
        FindingCode::WebhookChatPrivate
    } else if is_problem && body.contains("\"request_id\"") {
        FindingCode::WebhookItself
    } else {
        FindingCode::WebhookNotFound
    };
    code.finding()
}
