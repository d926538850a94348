//! Failures of a workflow (status 5xx), in n8n's words.

use crate::client::TimedResponse;
use crate::finding::{Finding, n8n, webhook, workflow};

/// Judges an answer with status 5xx.
pub(super) fn judge(response: &TimedResponse) -> Finding {
    let (body, status) = (response.beginning(), response.status);
    let has = |words: &str| body.contains(words);
    if has("No Respond to Webhook node found") {
        workflow::no_respond_node(status)
    } else if has("No item to return was found") {
        workflow::no_item(status)
    } else if has("Error in workflow") {
        workflow::failed(format_args!("The webhook fails (status {status}): a node of the workflow failed"))
    } else if has("There was a problem executing") {
        workflow::failed(format_args!(
            "The webhook fails (status {status}): the execution was stopped, perhaps by its time limit"
        ))
    } else if has("Database is not ready") {
        n8n::overloaded(status)
    } else if matches!(status, 502..=504 | 520..=530) {
        // From 520 on they are those of a content delivery network.
        webhook::gateway(status)
    } else {
        webhook::failed(status)
    }
}
