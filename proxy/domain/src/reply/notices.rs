//! The notices of n8n itself, in JSON that could be an answer.

use serde_json::value::RawValue;

use super::error::EmptyCause;
use super::members::{KnownMembers, MemberName, TEXT_MEMBERS, is_number};

/// The notices of a workflow without an answer, sent with status 200; some versions end them with a full stop.
const WITHOUT_ANSWER: [(&str, EmptyCause); 6] = [
    ("Workflow was started", EmptyCause::StartedOnly),
    ("Workflow got started", EmptyCause::StartedOnly),
    ("Webhook call received", EmptyCause::StartedOnly),
    ("Workflow executed successfully", EmptyCause::NoText),
    ("Workflow executed successfully but no data was returned", EmptyCause::NoText),
    ("Workflow executed successfully but the last node did not return any data", EmptyCause::NoText),
];

/// The beginnings of its failures. In production not all come with a hint or a stack trace.
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

/// Recognises the notice of a workflow without an answer.
pub(super) fn empty_cause(members: &KnownMembers<'_>) -> Option<EmptyCause> {
    let started = members.get(MemberName::ExecutionStarted);
    if started.is_some_and(|started| started.get() == "true") {
        return Some(EmptyCause::HumanInTheLoop);
    }
    let message = message(members)?;
    let said = message.trim_end_matches('.');
    let known = WITHOUT_ANSWER.iter().find(|(known, _)| said == *known);
    known.map(|(_, cause)| *cause)
}

/// Recognises an error of n8n: usually it has a status of its own, which a proxy in front of it may have replaced.
pub(super) fn is_failure(members: &KnownMembers<'_>) -> bool {
    let explains = members.get(MemberName::Hint).or(members.get(MemberName::Stacktrace)).is_some();
    let coded =
        members.get(MemberName::Code).is_some_and(is_number) && members.get(MemberName::Message).is_some();
    let says_so =
        || message(members).is_some_and(|message| FAILURES.iter().any(|known| message.starts_with(known)));
    coded && explains && members.get(MemberName::Output).is_none() || says_so()
}

/// Returns the `message` where that is the member whose text would be read.
fn message(members: &KnownMembers<'_>) -> Option<String> {
    let first = TEXT_MEMBERS.iter().find_map(|key| members.get(*key));
    let message = members.get(MemberName::Message);
    let is_first = first.map(RawValue::get) == message.map(RawValue::get);
    members.string(MemberName::Message).filter(|_| is_first)
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use crate::reply::EmptyCause::{HumanInTheLoop, NoText, StartedOnly};
    use crate::reply::document::find_content;

    #[test]
    fn notices_of_n8n_without_an_answer_are_no_text() {
        for (json, cause) in [
            (r#"{"message":"Workflow was started"}"#, Some(StartedOnly)),
            (r#"{"message":"Workflow got started."}"#, Some(StartedOnly)),
            (r#"{"message":"Workflow executed successfully but no data was returned"}"#, Some(NoText)),
            (
                r#"{"message":"Workflow executed successfully but the last node did not return any data"}"#,
                Some(NoText),
            ),
            (r#"{"message":"Webhook call received"}"#, Some(StartedOnly)),
            (r#"{"executionStarted":true,"executionId":"1"}"#, Some(HumanInTheLoop)),
            (r#"{"message":"Workflow was started","output":"hi"}"#, None),
            (r#"{"output":"Workflow was started"}"#, None),
            (r#"{"message":"Workflow was started by Ada"}"#, None),
        ] {
            let value: &RawValue = serde_json::from_str(json).unwrap();
            let found = find_content(value);
            assert_eq!((found.empty_cause, found.texts.is_empty()), (cause, cause.is_some()), "{json}");
        }
    }

    #[test]
    fn reports_of_n8n_are_no_text_whatever_their_status() {
        for (json, failed) in [
            (r#"{"message":"Error in workflow"}"#, true),
            (r#"{"code":0,"message":"No item to return was found","stacktrace":"Error"}"#, true),
            (r#"{"code":0,"message":"No item to return was found"}"#, true),
            (r#"{"code":0,"message":"Workflow Webhook Error: Workflow could not be started!"}"#, true),
            (r#"{"code":0,"message":"Unused Respond to Webhook node found in the workflow"}"#, true),
            (r#"{"code":404,"message":"not registered","hint":"activate it"}"#, true),
            (r#"{"code":1,"message":"Your code is 1"}"#, false),
            (r#"{"output":"Error in workflow"}"#, false),
            (r#"{"output":"Hi","message":"Error in workflow"}"#, false),
        ] {
            let value: &RawValue = serde_json::from_str(json).unwrap();
            let found = find_content(value);
            assert_eq!((found.failed, found.texts.is_empty()), (failed, failed), "{json}");
        }
    }
}
