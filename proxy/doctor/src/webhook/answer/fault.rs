//! Answers of status 2xx that a visitor could not read.

use porthole_domain::reply::{EmptyCause, ReplyError};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::pace;
use crate::client::TimedResponse;
use crate::finding::{Code, Finding};

/// Characters of a node's name that are shown.
const MAX_NODE_NAME: usize = 60;

/// Judges an answer that cannot be decoded; `chars` came before.
pub(super) fn undecodable(error: ReplyError, response: &TimedResponse, chars: usize) -> Finding {
    match error {
        ReplyError::Empty(cause) => empty(cause, response),
        ReplyError::TooLarge => too_large(),
        ReplyError::Markup => Finding::new(
            Code::AnswerMarkup,
            "The answer is an HTML page, with a status of success.",
        ),
        ReplyError::Reported => reported(response, chars),
        ReplyError::Unfinished => broken(),
    }
}

pub(super) fn broken() -> Finding {
    Finding::new(Code::AnswerBroken, "The answer breaks off before its end.")
}

pub(super) fn too_large() -> Finding {
    Finding::new(
        Code::AnswerTooLarge,
        "The answer is larger than a reply may be (1 MiB of text, 256 KiB a line).",
    )
}

pub(super) fn timed_out(chars: usize) -> Finding {
    match chars {
        0 => Finding::new(Code::AnswerSilent, "The answer began, and no text came in time."),
        _ => Finding::new(Code::AnswerEndless, "The answer did not end in time."),
    }
}

/// The finding about a workflow's own error, with the node's name, which is the owner's own; the cause stays in n8n.
fn reported(response: &TimedResponse, chars: usize) -> Finding {
    let node =
        failed_node(&response.body()).map_or_else(String::new, |name| format!(" in its node \"{name}\""));
    let when = if chars == 0 {
        "before a word of its answer"
    } else {
        "after it began to answer"
    };
    let message = format!("The workflow reported an error{node}, {when}.");
    Finding::new(Code::WorkflowFailed, message)
}

fn failed_node(body: &str) -> Option<String> {
    let mut lines = body
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    // After an earlier error the workflow went on.
    let error = lines.rfind(|line| line["type"] == "error")?;
    let name = error["metadata"]["nodeName"].as_str()?;
    Some(name.chars().take(MAX_NODE_NAME).collect())
}

fn empty(cause: EmptyCause, response: &TimedResponse) -> Finding {
    let (code, message) = match cause {
        EmptyCause::StartedOnly => (
            Code::AnswerStartedOnly,
            "n8n only says that the workflow was started: the Webhook node responds immediately.",
        ),
        EmptyCause::HumanInTheLoop => (
            Code::AnswerHumanInTheLoop,
            "The workflow waits for a person over n8n's own chat (Response Mode \"Using Response Nodes\"), which a \
             webhook's caller cannot take part in.",
        ),
        EmptyCause::NoBody if response.status == 204 => (
            Code::AnswerNoData,
            "The webhook answers with status 204, which has no text.",
        ),
        EmptyCause::NoBody => (Code::AnswerEmpty, "The webhook answers 200 with nothing at all."),
        EmptyCause::File => (
            Code::AnswerFile,
            "The webhook answers with a file, such as a picture or a PDF.",
        ),
        EmptyCause::NoText => no_text(&response.body()),
    };
    Finding::new(code, message)
}

fn no_text(body: &str) -> (Code, &'static str) {
    if body.contains("\"type\":\"begin\"") {
        (
            Code::AnswerBegunOnly,
            "The stream begins and ends without a word: the node that should speak failed, and goes on on error.",
        )
    } else if is_broken_json(body) {
        (
            Code::AnswerBrokenJson,
            "The answer begins as JSON, and is none: a quote, a line break or a bracket in it is wrong.",
        )
    } else {
        (
            Code::AnswerNoText,
            "The answer has no text that a visitor could read.",
        )
    }
}

fn is_broken_json(body: &str) -> bool {
    let values = serde_json::Deserializer::from_str(body).into_iter::<IgnoredAny>();
    !pace::is_stream(body)
        && body.trim_start().starts_with(['{', '['])
        && values.last().is_some_and(|last| last.is_err())
}
