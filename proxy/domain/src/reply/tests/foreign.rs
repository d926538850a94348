//! Bodies of something else than an answer, and answers in an unusual wrapping.

use super::{check, decode_every_way};
use crate::reply::{EmptyCause, ReplyError};

const HTML: Option<&str> = Some("text/html; charset=utf-8");
const JSON: Option<&str> = Some("application/json");
const TEXT: Option<&str> = Some("text/plain");
const RECEIPT: Result<&str, ReplyError> = Err(ReplyError::Empty(EmptyCause::Receipt));

#[test]
fn pages_and_notices_of_a_language_are_no_answer() {
    for body in [
        "<h1>Service unavailable</h1>",
        "<title>Sign in</title>",
        "<br />\n<b>Notice</b>:  Undefined index in <b>/srv/a.php</b><br />\n{\"output\":\"Two.\"}",
        "Warning: fopen() in /srv/a.php on line 2\n{\"output\":\"Two.\"}",
        "Warning: fopen() in /srv/a.php on line 2",
        "Traceback (most recent call last):\n  File \"a.py\"",
    ] {
        check(HTML, body, Err(ReplyError::Markup));
    }
    for body in ["<p>Two <b>lamps</b>.</p>", "<b>Warning</b>s are red.", "Warning: hot.", "<br>Two."] {
        check(HTML, body, Ok(body));
    }
    check(JSON, r#"{"output":"<h1> is a tag"}"#, Ok("<h1> is a tag"));
}

#[test]
fn a_body_that_only_confirms_the_call_is_no_answer() {
    for body in [
        "Accepted",
        "accepted.\n",
        "\"Accepted\"",
        "{\"message\":\"Request accepted\"}",
        "Workflow got started.",
        "5b0f6e2a-91c4-4c1f-8d57-0a9be1f7c3d2",
        "\"5b0f6e2a-91c4-4c1f-8d57-0a9be1f7c3d2\"",
        "{\"request_id\":\"7\",\"status\":\"success\"}",
        "{\"jobId\":7}",
        "<p><b>Success!</b></p> <p>To change this, read on.</p>",
    ] {
        check(JSON, body, RECEIPT);
        check(TEXT, body, RECEIPT);
    }
    for body in ["Accepted cards are Visa and Amex.", "We open at nine.", "42", "Face", "decade"] {
        check(TEXT, body, Ok(body));
    }
    check(JSON, r#"{"output":"Accepted"}"#, Ok("Accepted"));
    check(JSON, r#"{"request_id":"7","answer":"Two."}"#, Ok("Two."));
}

#[test]
fn an_answer_is_read_within_its_wrapping() {
    for (body, text) in [
        (")]}',\n{\"output\":\"Two.\"}", "Two."),
        ("while(1);{\"output\":\"Two.\"}", "Two."),
        ("f:{\"messageId\":\"m\"}\n0:\"Two \"\n0:\"lamps.\"\nd:{\"finishReason\":\"stop\"}\n", "Two lamps."),
        ("0:\"Two.\"", "Two."),
        ("```json\n{\"output\":\"Two.\"}\n```\n", "Two."),
        ("~~~JSON\n{\"output\":\"Two.\"}\n~~~\n", "Two."),
        ("````jsonc\n{\"output\":\"Two.\"}\n````", "Two."),
        ("~~~\n{\"output\":\"Two.\"}\n~~~ and more", "~~~\n{\"output\":\"Two.\"}\n~~~ and more"),
        ("```sh\nls\n```", "```sh\nls\n```"),
        ("{\"output\":\"```json\\n{\\\"output\\\":\\\"Two.\\\"}\\n```\"}", "Two."),
        ("{\"output\":\"```\\n{\\\"answer\\\": \\\"Two.\\\"}\\n``` \"}", "Two."),
        ("{\"output\":\"```json\\n{\\\"port\\\": 80}\\n```\"}", "```json\n{\"port\": 80}\n```"),
        (
            "{\"output\":\"```json\\n{\\\"text\\\": \\\"a\\\"}\\n```\\nSave it.\"}",
            "```json\n{\"text\": \"a\"}\n```\nSave it.",
        ),
    ] {
        check(TEXT, body, Ok(text));
    }
    check(TEXT, "0:\"Two \"\n3:\"internal\"\n", Err(ReplyError::Reported));
}

#[test]
fn a_body_is_read_in_its_own_encoding_wherever_it_is_cut() {
    let body = b"{\"output\":\"Caf\xe9 f\xfcr 5\x80\"}";
    let outcome = decode_every_way(Some("application/json; charset=iso-8859-1"), body);
    assert_eq!((outcome.text.as_str(), outcome.end), ("Café für 5€", None));
    let outcome = decode_every_way(TEXT, b"\xff\xfeT\0w\0o\0");
    assert_eq!((outcome.text.as_str(), outcome.end), ("Two", None));
}
