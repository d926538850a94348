//! Failures of a workflow (status 5xx), in n8n's words.

use crate::client::TimedResponse;
use crate::finding::{Finding, FindingCode};

/// A failure that is known.
struct KnownFailure {
    /// n8n's words.
    words: &'static str,
    code: FindingCode,
    meaning: &'static str,
    remedy: &'static str,
}

const KNOWN: &[KnownFailure] = &[
    KnownFailure {
        words: "No Respond to Webhook node found",
        code: FindingCode::WorkflowNoRespondNode,
        meaning: "the Webhook node waits for a Respond to Webhook node, and the workflow has none",
        remedy: FindingCode::WorkflowNoRespondNode.remedy(),
    },
    KnownFailure {
        words: "No item to return was found",
        code: FindingCode::WorkflowNoItem,
        meaning: "the workflow's last node gave no item",
        remedy: FindingCode::WorkflowNoItem.remedy(),
    },
    KnownFailure {
        words: "Error in workflow",
        code: FindingCode::WorkflowFailed,
        meaning: "a node of the workflow failed",
        remedy: "See the last execution in n8n; the node that failed is marked.",
    },
    KnownFailure {
        words: "There was a problem executing",
        code: FindingCode::WorkflowFailed,
        meaning: "the execution was stopped, perhaps by its time limit",
        remedy: "See the last execution in n8n, and the workflow's time limit.",
    },
    KnownFailure {
        words: "Database is not ready",
        code: FindingCode::N8nOverloaded,
        meaning: "n8n does not reach its database, or is overloaded",
        remedy: FindingCode::N8nOverloaded.remedy(),
    },
];

/// Judges an answer with status 5xx.
pub(super) fn judge(response: &TimedResponse) -> Finding {
    let (body, status) = (response.beginning(), response.status);
    if let Some(known) = KNOWN.iter().find(|known| body.contains(known.words)) {
        let message = format!("The webhook fails (status {status}): {}.", known.meaning);
        return known.code.with_message(message).remedy(known.remedy);
    }
    match status {
        // From 520 on they are those of a content delivery network.
        502..=504 | 520..=530 => FindingCode::WebhookGateway.with_message(format!(
            "What stands in front of the webhook does not reach it in time (status {status})."
        )),
        _ => FindingCode::WebhookFailed.with_message(format!("The webhook fails (status {status}).")),
    }
}
