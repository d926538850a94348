//! Refusals with status 404: no such path, another method, or a workflow that is not active.

use url::Url;

use crate::client::TimedResponse;
use crate::finding::{Finding, webhook};
use crate::n8n_url::is_chat_trigger;

/// Judges an answer with status 404.
pub(super) fn judge(response: &TimedResponse, url: &Url) -> Finding {
    let body = response.beginning();
    let is_problem = response.media_type().starts_with("application/problem+json");
    if body.contains("Did you mean to make") {
        webhook::method("The webhook is there, but does not take POST")
    } else if body.contains("is not registered") {
        webhook::not_registered()
    } else if body.is_empty() && is_chat_trigger(url) {
        webhook::chat_private()
    } else if is_problem && body.contains("\"request_id\"") {
        webhook::itself()
    } else {
        webhook::not_found()
    }
}
