//! The page beside a message, and a whole reply as one document (contract §4, §5).

use serde::{Deserialize, Serialize};

use crate::{Done, Source};

/// The page that the visitor is on; to the workflow it is unverified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitedPage {
    /// The page's address; query and fragment are removed by the proxy.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// The page's title.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
}

/// A whole reply as one JSON document (`Accept: application/json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyDocument {
    /// The message that was answered.
    pub message_id: String,
    /// UUID of the session.
    pub session_id: String,
    /// The concatenated text of the reply.
    pub text: String,
    /// The follow-up questions of the workflow.
    pub suggestions: Vec<String>,
    /// The sources of the answer.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// The seal; its members stand beside the others.
    #[serde(flatten)]
    pub done: Done,
}
