//! Bodies of every format, and the replies that they are decoded into.

use porthole_protocol::{Step, StepState};

use super::{check, decode_every_way, lines};
use crate::reply::{Decoder, EmptyCause, ReplyError, ReplyPart};

const SSE: Option<&str> = Some("text/event-stream");

#[test]
fn spans_make_one_text() {
    for (script, text) in [
        (&["a:", "a:One ", "a:two.", "/", "a:", "a: Three.", "/"][..], "One two. Three."),
        (&["a:", "a:One.", "/", "b:", "b:Two.", "/"], "One.\n\nTwo."),
        (&["a:", "a:One.\n", "/", "b:", "b:Two.", "/"], "One.\nTwo."),
        (&["a:", "a:Let me see.", "/", "a:", "a:It is 2.", "/"], "Let me see.\n\nIt is 2."),
        (
            &["a:", "a:Let me see.", "/", "a:", "a:It is 2.", "/", "b:", "b:It is 2.", "/"],
            "Let me see.\n\nIt is 2.",
        ),
        (&["a:", "a:1", "/", "b:", "b:42", "/"], "1\n\n42"),
        (&["a:", r#"a:{"output":{"answer":"Hi","#, r#"a:"score":1}}"#, "/"], "Hi"),
        (&["a:", r#"a:{"message":"Workflow was started"}"#, "/", "b:", "b:Hi", "/"], "Hi"),
        (&["a:", "/", "b:", "b:Two.", "/"], "Two."),
        (&["a:", "a:Hi", "/", "b:", r#"b:{"output":"Hi"}"#, "/"], "Hi"),
        (
            &["a:", "a:Let me see.", "/", "b:", "b:Hi", "/", "c:", r#"c:[{"output":"Hi"}]"#, "/"],
            "Let me see.\n\nHi",
        ),
        (&["a:", "a:Hi ", "a:there", "/", "b:", "b:Hi there", "/"], "Hi there"),
        (&["a:", "a:Hi", "/", "b:", "b:Hi", "b: again", "/"], "Hi\n\nHi again"),
        (&["a:", "a:Hi", "/", "b:", r#"b:{"output":"Else"}"#, "/"], "Hi\n\nElse"),
        (&["a:", "a:Hi", "/", "b:", r#"b:{"ok":true}"#, "/"], "Hi"),
        (&["a:", "a:{", r#"a:"output": "#, r#"a:"Hi"}"#, "/"], "Hi"),
        (&["a:", "a:{", r#"a:"port": 80}"#, "/"], r#"{"port": 80}"#),
        (&["a:", "a:{", "a:name}, hello", "/"], "{name}, hello"),
        (&["a:", "a:[", "a:1] says", "/"], "[1] says"),
        (&["a:", "a:Use ", "a:<html", "a:>", "/"], "Use <html>"),
        (&["a:", "a:<", "a:html is a tag"], "<html is a tag"),
    ] {
        let expected = if text.starts_with("<html") { Err(ReplyError::Markup) } else { Ok(text) };
        check(None, &lines(script), expected);
    }
}

#[test]
fn lines_are_read_leniently_and_never_shown_raw() {
    let item = r#"{"type":"item","content":"Hi"}"#;
    let begin = r#"{"type":"begin"}"#;
    for (body, expected) in [
        (format!("\u{feff}{item}\r\n\r\n{item}"), Ok("HiHi")),
        (format!("{item}\r{item}\r"), Ok("HiHi")),
        (format!("{item}\n{{broken\nnoise\n[1]\n{item}\n"), Ok("HiHi")),
        (format!("{{\"type\":\"news\",\"text\":\"x\"}}\n{item}\n"), Ok("Hi")),
        ("{\"type\":\"news\",\"text\":\"x\"}\n".into(), Ok("x")),
        (format!("{item}\n<!DOCTYPE html><p>504"), Err(ReplyError::Markup)),
        (format!("{item}\n{{\"type\":\"it"), Err(ReplyError::Unfinished)),
        (format!("{item}\n{{\"type\":\"item\",\"content\":\"mo"), Err(ReplyError::Unfinished)),
        (format!("{item}\nnoise"), Ok("Hi")),
        (r#"{"type":"item","content":"<!doctype html>"}"#.into(), Err(ReplyError::Markup)),
        (format!("{item}\n{{\"type\":\"error\",\"content\":null}}\n"), Err(ReplyError::Reported)),
        (format!("{item}\n{{\"type\":\"error\"}}\n{item}"), Err(ReplyError::Reported)),
        (
            format!("{begin}\n{item}\n{{\"type\":\"error\"}}\n{begin}\n{item}\n{{\"type\":\"end\"}}\n"),
            Ok("Hi\n\nHi"),
        ),
        (
            format!("{{\"type\":\"error\"}}\n{begin}\n{item}\n{{\"type\":\"error\"}}\n"),
            Err(ReplyError::Reported),
        ),
        (r#"{"type":"item","content":{"output":"Hi"}}"#.into(), Ok("Hi")),
        ("{\"type\":\"keepalive\"}\n".into(), Err(ReplyError::Empty(EmptyCause::NoText))),
        (r#"{"type":"item","content":"\n "}"#.into(), Err(ReplyError::Empty(EmptyCause::NoText))),
        (
            "{\"type\":\"item\",\"content\":\"\\n\"}\n{\"type\":\"item\",\"content\":\"\u{a0}\"}".into(),
            Err(ReplyError::Empty(EmptyCause::NoText)),
        ),
        (
            "{\"type\":\"item\",\"content\":\"a\\ud83d\"}\n{\"type\":\"item\",\"content\":\"\\ude00\\ud83d\"}\n".into(),
            Ok("a😀\u{FFFD}"),
        ),
    ] {
        check(None, &body, expected);
    }
}

#[test]
fn steps_and_suggestions_stand_beside_the_text() {
    let body = concat!(
        r#"{"type":"tool-call-start","metadata":{"nodeName":"AI Agent","toolName":"orders"}}"#,
        "\n",
        r#"{"type":"tool-call-end","metadata":{"nodeName":"AI Agent","toolName":"orders"}}"#,
        "\n",
        r#"{"type":"step","name":"look up","state":"failed"}"#,
        "\n",
        r#"{"type":"item","content":"Hi"}"#,
        "\n",
        r#"{"type":"suggestions","items":["More","Less"]}"#,
        "\n",
        r#"{"type":"node-execute-before","metadata":{"nodeName":"Set"}}"#,
        "\n",
    );
    let step = |name: &str, state| ReplyPart::Step(Step { name: name.into(), state });
    let expected = vec![
        step("orders", StepState::Running),
        step("orders", StepState::Done),
        step("look up", StepState::Failed),
        ReplyPart::Suggestions(vec!["More".into(), "Less".into()]),
    ];
    let outcome = decode_every_way(None, body.as_bytes());
    assert_eq!((outcome.text.as_str(), outcome.aside, outcome.end), ("Hi", expected, None));

    let mut decoder = Decoder::new(None);
    decoder.push(body.as_bytes(), &mut Vec::new()).unwrap();
    assert_eq!(decoder.unknown_lines(), 1);
    assert!(!decoder.has_failed());
}

fn aside(media_type: Option<&str>, body: &str) -> (String, Vec<String>) {
    let outcome = decode_every_way(media_type, body.as_bytes());
    assert_eq!(outcome.end, None, "{body}");
    let aside = outcome.aside.into_iter().map(|piece| match piece {
        ReplyPart::Step(step) => format!("{} {:?}", step.name, step.state),
        ReplyPart::Suggestions(questions) => questions.join("|"),
        other => unreachable!("{other:?} stands beside the text"),
    });
    (outcome.text, aside.collect())
}

#[test]
fn a_respond_node_in_a_stream_announces_steps_and_suggestions() {
    let body = lines(&[
        "a:",
        r#"a:{"type":"step","name":"look up"}"#,
        "/",
        "b:",
        "b:Hi ",
        "b:there",
        "/",
        "c:",
        r#"c:{"type":"step","name":"look up","state":"done"}"#,
        "/",
        "d:",
        r#"d:{"output":"Hi there","suggestions":["More"]}"#,
        "/",
        "e:",
        r#"e:{"quickReplies":[{"title":"Less"}]}"#,
        "/",
    ]);
    let said = ["look up Running", "look up Done", "More", "Less"].map(str::to_owned);
    assert_eq!(aside(None, &body), ("Hi there".to_owned(), said.to_vec()));
}

#[test]
fn executed_nodes_are_steps_where_they_are_tools_or_agents() {
    let node = |kind: &str, name: &str, node: &str| {
        let metadata = format!(r#"{{"nodeName":"{name}","nodeType":"{node}","runIndex":0}}"#);
        format!("{{\"type\":\"node-execute-{kind}\",\"metadata\":{metadata}}}\n")
    };
    let body = node("before", "Set", "n8n-nodes-base.set")
        + &node("before", "Orders", "n8n-nodes-base.httpRequestTool")
        + &node("after", "Orders", "n8n-nodes-base.httpRequestTool")
        + &node("before", "Writer", "@n8n/n8n-nodes-langchain.agent")
        + &node("after", "Sum", "@n8n/n8n-nodes-langchain.toolCalculator").replace("runIndex", "error")
        + &lines(&["a:", "a:Hi", "/"]);
    let steps = ["Orders Running", "Orders Done", "Writer Running", "Sum Failed"].map(str::to_owned);
    assert_eq!(aside(None, &body), ("Hi".to_owned(), steps.to_vec()));
}

#[test]
fn named_events_announce_steps_and_suggestions() {
    let body = "event: step\ndata: {\"name\":\"a\",\"state\":\"failed\"}\n\nevent: step\ndata: Looking\n\n\
                data: Hi\n\nevent: suggestions\ndata: [\"More\"]\n\n";
    let said = ["a Failed", "Looking Running", "More"].map(str::to_owned);
    assert_eq!(aside(SSE, body), ("Hi".to_owned(), said.to_vec()));
}

#[test]
fn a_file_is_no_text_whatever_its_content_type() {
    for body in [&b"\x89PNG\r\n\x1a\n\0"[..], b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"\x1f\x8b\x08"] {
        let end = decode_every_way(Some("text/html"), body).end;
        assert_eq!(end, Some(ReplyError::Empty(EmptyCause::File)), "{body:?}");
    }
}

#[test]
fn documents_are_read_for_their_text_and_never_shown_raw() {
    let no_text = Err(ReplyError::Empty(EmptyCause::NoText));
    for (body, expected) in [
        ("\u{feff} {\"output\":\"Hi\"}", Ok("Hi")),
        ("{\n  \"output\": \"Hi\"\n}\n", Ok("Hi")),
        (r#"{"output":"{\"output\":\"Hi\"}"}"#, Ok("Hi")),
        (r#"{"output":"{\"port\":80}"}"#, Ok(r#"{"port":80}"#)),
        (r#"{"output":"\ud83d\ude00 \ud83d"}"#, Ok("😀 \u{FFFD}")),
        (r#""Hi""#, Ok("Hi")),
        (r#""Hi", she said"#, Ok(r#""Hi", she said"#)),
        ("[1] says so", Ok("[1] says so")),
        ("[Docs](https://a.example)", Ok("[Docs](https://a.example)")),
        ("{\"response\":\"a\"}\n{\"response\":\" b\"}\n", Ok("a b")),
        ("{\"port\": 80} goes there", Ok("{\"port\": 80} goes there")),
        ("{\"output\":\"Hi\"} OK", Ok("Hi")),
        (r#"[{"output":"One"},{"id":7},{"output":"Two"}]"#, Ok("One\n\nTwo")),
        (r#"[{"text":"One","buttons":[{"title":"Yes"}]},"x"]"#, Ok("One")),
        ("{\"port\":80}\n{\"broken", Err(ReplyError::Unfinished)),
        ("{\"port\":80}}", no_text),
        (r#"{"message":"Error in workflow"}"#, Err(ReplyError::Reported)),
        (
            r#"{"code":0,"message":"No item to return was found","stacktrace":"at x"}"#,
            Err(ReplyError::Reported),
        ),
        (r#"{"output":""}"#, no_text),
        (r#"{"output":" \n "}"#, no_text),
        ("\u{feff}\u{c}", no_text),
        ("\u{a0}\n\u{3000}", no_text),
        ("\u{a0}\nHi", Ok("\u{a0}\nHi")),
        (r#"{"output":true}"#, no_text),
        ("<?xml version=\"1.0\"?><Error>", Err(ReplyError::Markup)),
        (r#"{"output":"<?xml version=\"1.0\"?>"}"#, Ok("<?xml version=\"1.0\"?>")),
        ("%PDF-1.7 …", Err(ReplyError::Empty(EmptyCause::File))),
        ("name,age\nAda,36\n", Ok("name,age\nAda,36\n")),
        (r#"{"output":"Hi"#, no_text),
        ("{", no_text),
        (" [ {", no_text),
        (r#"{"data":[]}"#, no_text),
        ("[]", no_text),
        ("null", no_text),
        ("true\n", no_text),
        ("-1.5e3", no_text),
        ("12 apples", Ok("12 apples")),
        ("  \r\n ", no_text),
        (r#"{"output":"<html><p>"}"#, Err(ReplyError::Markup)),
        ("\n<HTML lang=en>", Err(ReplyError::Markup)),
        ("<!-- edge 7 -->\n<!DOCTYPE html><p>502", Err(ReplyError::Markup)),
        ("<!-- only a comment", Ok("<!-- only a comment")),
        ("<b>Hi</b> é", Ok("<b>Hi</b> é")),
        ("  Hi\n", Ok("  Hi\n")),
    ] {
        check(Some("application/json"), body, expected);
    }
}

#[test]
fn events_are_read_whatever_they_carry() {
    for (media_type, body, expected) in [
        (SSE, "data: Hello\n\ndata:  there\n\n", Ok("Hello there")),
        (SSE, "data: Hello\n\ndata:  there", Ok("Hello there")),
        (SSE, "\u{feff}: ping\r\rdata: a\rdata: b\r\r", Ok("a\nb")),
        (
            None,
            "data: {\"choices\":[{\"delta\":{\"content\":\"a \"}}]}\n\ndata: [DONE]\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\n\n",
            Ok("a b"),
        ),
        (None, "event: delta\ndata: {\"text\":\"\\ud83d\"}\n\ndata: {\"text\":\"\\ude00\"}\n\n", Ok("😀")),
        (SSE, "data: {\"type\":\"item\",\"content\":\"Hi\"}\n\n", Ok("Hi")),
        (SSE, "data: \"Hi\"\n\ndata: \" there\"\n\n", Ok("Hi there")),
        (SSE, "data: {\"delta\":\"Hi\"}\n\ndata: {\"type\":\"text.done\",\"text\":\"Hi\"}\n\n", Ok("Hi")),
        (SSE, "event: done\ndata: {\"text\":\"Hi\"}\n\n", Ok("Hi")),
        (SSE, "data: Hi\n\nevent: message.completed\ndata: {\"text\":\"Hi\"}\n\n", Ok("Hi")),
        (SSE, "data: Hi\n\nevent: error\ndata: secret\n\n", Err(ReplyError::Reported)),
        (SSE, "data: {\"error\":{\"message\":\"secret\"}}\n\n", Err(ReplyError::Reported)),
        (SSE, "data: {\"usage\":1}\n\n", Err(ReplyError::Empty(EmptyCause::NoText))),
        (SSE, "data: <!doctype html>\n\n", Err(ReplyError::Markup)),
        (
            SSE,
            "event: step\ndata: {\"name\":\"a\",\"state\":\"done\"}\n\nevent: step\ndata: Looking\n\ndata: Hi\n\n\
             event: suggestions\ndata: [\"More\"]\n\n",
            Ok("Hi"),
        ),
        (SSE, "Just text", Ok("Just text")),
        (Some("image/svg+xml"), "<svg>", Err(ReplyError::Empty(EmptyCause::File))),
        (Some("application/pdf"), "{\"output\":\"Hi\"}", Ok("Hi")),
        (None, "data: hello\nand more", Ok("data: hello\nand more")),
        (Some("text/plain"), "data: Hello\n\ndata:  you\n\n", Ok("Hello you")),
        (None, ": ping\n\ndata: Hi\n\n", Ok("Hi")),
        (SSE, "retry\ndata:a\n\n", Ok("a")),
        (SSE, "\u{feff}\u{feff}data:1\n\ndata:2\n\n", Ok("12")),
    ] {
        check(media_type, body, expected);
    }
}

#[test]
fn invalid_bytes_become_replacement_characters() {
    for (body, text) in [
        (&b"a\xffb\xe2\x82"[..], "a\u{FFFD}b\u{FFFD}"),
        (b"{\"output\":\"a\xff\xe2\x82b\"}", "a\u{FFFD}\u{FFFD}b"),
        (b"{\"type\":\"item\",\"content\":\"\xf0\x9f\x98\x80\xf0\x9f\"}\n", "😀\u{FFFD}"),
    ] {
        let outcome = decode_every_way(None, body);
        assert_eq!((outcome.text.as_str(), outcome.end), (text, None), "{body:?}");
    }
}
