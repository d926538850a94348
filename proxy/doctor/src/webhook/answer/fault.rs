//! Answers of status 2xx that a visitor could not read.

use porthole_domain::reply::{EmptyCause, ReplyError};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::pace;
use crate::client::TimedResponse;
use crate::finding::{Finding, answer, workflow};

/// Characters of a node's name that are shown.
const MAX_NODE_NAME: usize = 60;

/// Judges an answer that cannot be decoded, or not after it `has_begun`.
pub(super) fn undecodable(error: ReplyError, response: &TimedResponse, has_begun: bool) -> Finding {
    match error {
        ReplyError::Empty(cause) => empty(cause, response),
        ReplyError::TooLarge => answer::too_large(),
        ReplyError::Markup => answer::markup(),
        ReplyError::Reported => reported(response, has_begun),
        ReplyError::Unfinished => answer::broken(),
    }
}

/// Reports a workflow's own error with the node's name, which is the owner's own; the cause stays in n8n.
fn reported(response: &TimedResponse, has_begun: bool) -> Finding {
    let node =
        failed_node(&response.body()).map_or_else(String::new, |name| format!(" in its node \"{name}\""));
    let when = if has_begun { "after it began to answer" } else { "before a word of its answer" };
    workflow::failed(format_args!("The workflow reported an error{node}, {when}"))
}

fn failed_node(body: &str) -> Option<String> {
    let mut lines = body.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    // After an earlier error the workflow went on.
    let error = lines.rfind(|line| line["type"] == "error")?;
    let name = error["metadata"]["nodeName"].as_str()?;
    Some(name.chars().take(MAX_NODE_NAME).collect())
}

fn empty(cause: EmptyCause, response: &TimedResponse) -> Finding {
    match cause {
        EmptyCause::StartedOnly => answer::started_only(),
        EmptyCause::HumanInTheLoop => answer::human_in_the_loop(),
        EmptyCause::NoBody if response.status == 204 => answer::no_data(),
        EmptyCause::NoBody => answer::empty(),
        EmptyCause::Receipt => answer::receipt(),
        EmptyCause::ThoughtsOnly => answer::thoughts_only(),
        EmptyCause::File => answer::file(),
        EmptyCause::NoText => no_text(&response.body()),
    }
}

fn no_text(body: &str) -> Finding {
    if body.contains("\"type\":\"begin\"") && !body.contains("\"type\":\"item\"") {
        answer::begun_only()
    } else if is_broken_json(body) {
        answer::broken_json()
    } else {
        answer::no_text()
    }
}

/// Tells if a body begins as JSON, and is none to its end.
pub(super) fn is_broken_json(body: &str) -> bool {
    let values = serde_json::Deserializer::from_str(body).into_iter::<IgnoredAny>();
    !pace::is_stream(body)
        && body.trim_start().starts_with(['{', '['])
        && values.last().is_some_and(|last| last.is_err())
}
