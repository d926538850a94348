//! Recognises the reports of failure that services write into JSON with status 200, whatever their shape.

use serde_json::value::RawValue;

use super::members::{KnownMembers, MemberName, items, members_by_name};

/// The members that hold an error.
const ERRORS: [MemberName; 3] = [MemberName::Error, MemberName::Errors, MemberName::ErrorMessage];
/// The members that name the kind of an object.
const KINDS: [MemberName; 4] = [MemberName::Type, MemberName::Status, MemberName::Event, MemberName::Object];
/// The members that hold an HTTP status.
const STATUSES: [MemberName; 3] = [MemberName::Status, MemberName::StatusCode, MemberName::Code];
/// The members in which a service wraps the report of another.
const WRAPPERS: [MemberName; 5] =
    [MemberName::Detail, MemberName::Data, MemberName::Result, MemberName::Payload, MemberName::Body];
/// The last words in the kinds of reports.
const FAILURES: [&str; 8] =
    ["error", "errored", "exception", "fail", "failed", "failure", "abort", "aborted"];
/// The ends of kinds that are the names of classes, such as `BadRequestError`.
const CLASSES: [&str; 3] = ["Error", "Exception", "Failure"];
/// The strings with which an `error` member says that there is none.
const NO_ERROR: [&str; 12] =
    ["", "none", "null", "nil", "undefined", "n/a", "no", "no error", "false", "0", "ok", "success"];
/// The values of an `ok` member that deny it.
const DENIALS: [&str; 4] = ["false", "0", r#""false""#, r#""no""#];
/// The reasons for which models end too early, as `OpenAI`, Anthropic, Gemini and n8n name them.
const CUTS: [&str; 12] = [
    "length",
    "content_filter",
    "content-filter",
    "max_tokens",
    "max_output_tokens",
    "model_context_window_exceeded",
    "pause_turn",
    "paused",
    "max-iterations",
    "guardrail",
    "safety",
    "recitation",
];
/// The containers in an `error` member that are looked into.
const MAX_DEPTH: u8 = 3;

/// Tells if an object reports a failure, so that its words are no answer.
pub(super) fn is_report(members: &KnownMembers<'_>) -> bool {
    let is_named = || KINDS.iter().any(|name| members.literal(*name).is_some_and(names_failure));
    let is_denied = || members.get(MemberName::Ok).is_some_and(|value| DENIALS.contains(&value.get()));
    let has_status = || STATUSES.iter().any(|name| members.get(*name).is_some_and(is_error_status));
    (holds_error(members) || is_named() || is_denied() || has_status()) && !is_about_step(members)
}

/// Tells if an object has a member with an error that is one.
pub(super) fn holds_error(members: &KnownMembers<'_>) -> bool {
    ERRORS.iter().any(|name| members.get(*name).is_some_and(|value| !says_none(value, 0)))
}

/// Tells if an object without text holds nothing but a report: within another member, or as a bare `detail`.
pub(super) fn wraps_report(members: &KnownMembers<'_>) -> bool {
    let holds_report =
        |name: &MemberName| members.get(*name).is_some_and(|value| is_report(&KnownMembers::parse(value)));
    let is_bare = || [MemberName::Type, MemberName::Event].iter().all(|name| members.get(*name).is_none());
    let detail = || members.get(MemberName::Detail).is_some_and(|value| !says_none(value, 0));
    (WRAPPERS.iter().any(holds_report) || is_bare() && detail()) && !is_about_step(members)
}

/// Tells if the name of a kind of event or object is that of a failure.
pub(super) fn names_failure(kind: &str) -> bool {
    let last = kind.rsplit(['.', '_', '-', ':', '/', ' ']).next().unwrap_or_default();
    FAILURES.iter().any(|failure| last.eq_ignore_ascii_case(failure))
        || CLASSES.iter().any(|class| last.ends_with(class))
}

/// Tells if the reason of an end is that the answer was cut short.
pub(super) fn names_cut(reason: &str) -> bool {
    CUTS.iter().any(|cut| reason.eq_ignore_ascii_case(cut))
}

/// Tells if a kind is that of one step among others: a workflow goes on after a tool or a node that fails.
pub(super) fn names_step(kind: &str) -> bool {
    let begins = |word: &str| kind.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    begins("tool") || begins("function") || begins("node")
}

fn is_about_step(members: &KnownMembers<'_>) -> bool {
    let names = [MemberName::Type, MemberName::Event, MemberName::Role];
    names.iter().any(|name| members.literal(*name).is_some_and(names_step))
}

/// Tells if the value of a member for errors is one.
pub(super) fn is_error(value: &RawValue) -> bool {
    !says_none(value, 0)
}

/// Tells if a value says "no error", as `false`, `""` and `{"code": 0}` do.
fn says_none(value: &RawValue, depth: u8) -> bool {
    let text = value.get();
    let none = |value: &&RawValue| says_none(value, depth + 1);
    let all_none = |values: Vec<&RawValue>| depth < MAX_DEPTH && values.iter().all(none);
    match text.as_bytes().first() {
        Some(b'"') => {
            let word = text.trim_matches('"').trim();
            NO_ERROR.iter().any(|none| word.eq_ignore_ascii_case(none))
        }
        Some(b'{') => members_by_name(value).is_some_and(|members| all_none(members.into_values().collect())),
        Some(b'[') => all_none(items(value)),
        Some(b't') => false,
        Some(b'f' | b'n') => true,
        _ => text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.')),
    }
}

/// Tells if a value is the status of an error, 400 to 599.
fn is_error_status(value: &RawValue) -> bool {
    value.get().parse().is_ok_and(|status: u16| (400..600).contains(&status))
}
