//! What n8n says for itself, in JSON that could be an answer.

use serde_json::value::RawValue;

use super::EmptyCause;
use super::document::{Key, Members, TEXTS, is_number};

/// Said of a workflow that gave no answer, with the status of one that did; some versions end it with a full stop.
const INSTEAD: [(&str, EmptyCause); 6] = [
    ("Workflow was started", EmptyCause::StartedOnly),
    ("Workflow got started", EmptyCause::StartedOnly),
    ("Webhook call received", EmptyCause::StartedOnly),
    ("Workflow executed successfully", EmptyCause::NoText),
    (
        "Workflow executed successfully but no data was returned",
        EmptyCause::NoText,
    ),
    (
        "Workflow executed successfully but the last node did not return any data",
        EmptyCause::NoText,
    ),
];

/// How it begins what it says of failures. In production neither a hint nor a stack trace always stands beside them.
const FAILURES: [&str; 10] = [
    "Error in workflow",
    "There was a problem executing the workflow",
    "Workflow Webhook Error: ",
    "Workflow could not be started",
    "No Respond to Webhook node found in the workflow",
    "Unused Respond to Webhook node found in the workflow",
    "No item to return was found",
    "Database is not ready",
    "The requested webhook ",
    "This webhook is not registered ",
];

/// What n8n says where a workflow answers nothing.
pub(super) fn instead_of_text(members: &Members<'_>) -> Option<EmptyCause> {
    let started = members.get(Key::ExecutionStarted);
    if started.is_some_and(|started| started.get() == "true") {
        return Some(EmptyCause::HumanInTheLoop);
    }
    let message = message(members)?;
    let said = message.trim_end_matches('.');
    let known = INSTEAD.iter().find(|(known, _)| said == *known);
    known.map(|(_, cause)| *cause)
}

/// n8n's errors: usually with a status of their own, which a proxy in front of it may have replaced.
pub(super) fn is_failure(members: &Members<'_>) -> bool {
    let explains = members.get(Key::Hint).or(members.get(Key::Stacktrace)).is_some();
    let coded = members.get(Key::Code).is_some_and(is_number) && members.get(Key::Message).is_some();
    let says_so =
        || message(members).is_some_and(|message| FAILURES.iter().any(|known| message.starts_with(known)));
    coded && explains && members.get(Key::Output).is_none() || says_so()
}

/// The `message`, where that is what would be read.
fn message(members: &Members<'_>) -> Option<String> {
    let first = TEXTS.iter().find_map(|key| members.get(*key));
    let message = members.get(Key::Message);
    let is_first = first.map(RawValue::get) == message.map(RawValue::get);
    members.string(Key::Message).filter(|_| is_first)
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::super::EmptyCause::{HumanInTheLoop, NoText, StartedOnly};
    use super::super::document::find;

    #[test]
    fn what_n8n_says_instead_of_an_answer_is_no_text() {
        for (json, cause) in [
            (r#"{"message":"Workflow was started"}"#, Some(StartedOnly)),
            (r#"{"message":"Workflow got started."}"#, Some(StartedOnly)),
            (
                r#"{"message":"Workflow executed successfully but no data was returned"}"#,
                Some(NoText),
            ),
            (
                r#"{"message":"Workflow executed successfully but the last node did not return any data"}"#,
                Some(NoText),
            ),
            (r#"{"message":"Webhook call received"}"#, Some(StartedOnly)),
            (
                r#"{"executionStarted":true,"executionId":"1"}"#,
                Some(HumanInTheLoop),
            ),
            (r#"{"message":"Workflow was started","output":"hi"}"#, None),
            (r#"{"output":"Workflow was started"}"#, None),
            (r#"{"message":"Workflow was started by Ada"}"#, None),
        ] {
            let value: &RawValue = serde_json::from_str(json).unwrap();
            let found = find(value);
            assert_eq!(
                (found.instead, found.texts.is_empty()),
                (cause, cause.is_some()),
                "{json}"
            );
        }
    }

    #[test]
    fn reports_of_n8n_are_no_text_whatever_their_status() {
        for (json, failed) in [
            (r#"{"message":"Error in workflow"}"#, true),
            (
                r#"{"code":0,"message":"No item to return was found","stacktrace":"Error"}"#,
                true,
            ),
            (r#"{"code":0,"message":"No item to return was found"}"#, true),
            (
                r#"{"code":0,"message":"Workflow Webhook Error: Workflow could not be started!"}"#,
                true,
            ),
            (
                r#"{"code":0,"message":"Unused Respond to Webhook node found in the workflow"}"#,
                true,
            ),
            (
                r#"{"code":404,"message":"not registered","hint":"activate it"}"#,
                true,
            ),
            (r#"{"code":1,"message":"Your code is 1"}"#, false),
            (r#"{"output":"Error in workflow"}"#, false),
            (r#"{"output":"Hi","message":"Error in workflow"}"#, false),
        ] {
            let value: &RawValue = serde_json::from_str(json).unwrap();
            let found = find(value);
            assert_eq!((found.failed, found.texts.is_empty()), (failed, failed), "{json}");
        }
    }
}
