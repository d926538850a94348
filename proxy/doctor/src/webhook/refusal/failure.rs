//! Failures of a workflow (status 5xx), in n8n's words.

use crate::client::TimedResponse;
use crate::finding::{Finding, FindingCode};

/// n8n's words for failures that are known, and their meaning.
const KNOWN: &[(&str, FindingCode, &str)] = &[
    (
        "No Respond to Webhook node found",
        FindingCode::WorkflowNoRespondNode,
        "the Webhook node waits for a Respond to Webhook node, and the workflow has none",
    ),
    ("No item to return was found", FindingCode::WorkflowNoItem, "the workflow's last node gave no item"),
    ("Error in workflow", FindingCode::WorkflowFailed, "a node of the workflow failed"),
    (
        "There was a problem executing",
        FindingCode::WorkflowFailed,
        "the execution was stopped, perhaps by its time limit",
    ),
    (
        "Database is not ready",
        FindingCode::N8nOverloaded,
        "n8n does not reach its database, or is overloaded",
    ),
];

/// Judges an answer with status 5xx.
pub(super) fn judge(response: &TimedResponse) -> Finding {
    let (body, status) = (response.beginning(), response.status);
    if let Some((_, code, meaning)) = KNOWN.iter().find(|(words, ..)| body.contains(words)) {
        return code.with_message(format!("The webhook fails (status {status}): {meaning}."));
    }
    match status {
        // From 520 on they are those of a content delivery network.
        502..=504 | 520..=530 => FindingCode::WebhookGateway.with_message(format!(
            "What stands in front of the webhook does not reach it in time (status {status})."
        )),
        _ => FindingCode::WebhookFailed.with_message(format!("The webhook fails (status {status}).")),
    }
}
