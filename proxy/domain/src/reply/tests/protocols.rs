//! Streams of agents, as their makers describe them and as real software wrote them.

use std::fmt::Write as _;

use serde::Deserialize;

use super::{Outcome, decode_with};
use crate::reply::sources::source;
use crate::reply::{Decoder, DecoderOptions, ReplyError, ReplyPart, Thoughts};

const STREAMS: &str = include_str!("../../../../../tests/fixtures/agents/streams.jsonl");

/// The bytes up to which a body is cut everywhere.
const MAX_CUT_EVERYWHERE: usize = 1500;

/// A body, and what must come out of it.
#[derive(Deserialize)]
struct Stream {
    name: String,
    media_type: Option<String>,
    body: String,
    text: String,
    end: String,
    #[serde(default)]
    reasoning: String,
    #[serde(default)]
    beside: Vec<String>,
}

fn streams() -> impl Iterator<Item = Stream> {
    STREAMS.lines().map(|line| serde_json::from_str(line).unwrap())
}

impl Stream {
    fn is_lines(&self) -> bool {
        self.media_type.as_deref() == Some("application/x-ndjson")
    }

    /// Frames JSON lines as an event stream.
    fn as_events(&self) -> String {
        let frame = |line: &str| format!("data:{line}\r\n\r\n");
        self.body.lines().filter(|line| !line.trim().is_empty()).map(frame).collect()
    }

    fn decode<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
        decode(self.media_type.as_deref(), parts)
    }

    /// Tells if the body holds more than one answer, each of which is whole.
    fn has_several_answers(&self) -> bool {
        let runs = ["two-completions", "listen", "human", "parallel-wrapper"];
        runs.iter().any(|name| self.name.contains(name))
    }
}

fn decode<'a>(media_type: Option<&str>, parts: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let options = DecoderOptions { thoughts: Thoughts::Show, ..DecoderOptions::default() };
    decode_with(Decoder::with_options(media_type, &options), parts)
}

/// Names what stands beside the text, and joins the reasoning.
fn beside(outcome: &Outcome) -> (String, Vec<String>) {
    let (mut reasoning, mut beside) = (String::new(), Vec::new());
    for part in &outcome.aside {
        match part {
            ReplyPart::Reasoning(text) => reasoning.push_str(text),
            ReplyPart::Step(step) => {
                beside.push(format!("step {} {:?}", step.name, step.state).to_lowercase());
            }
            ReplyPart::Source(source) => {
                beside.push(format!("source {}", source.url.as_ref().unwrap_or(&source.title)));
            }
            ReplyPart::Ask(ask) => beside.push(format!("ask {}", ask.id)),
            ReplyPart::Suggestions(items) => beside.push(format!("suggestions {}", items.join("|"))),
            ReplyPart::Notice(notice) => beside.push(format!("notice {}", notice.text)),
            ReplyPart::Title(_) | ReplyPart::Text(_) | ReplyPart::Replace(_) => unreachable!("{part:?}"),
        }
    }
    (reasoning, beside)
}

fn end(outcome: &Outcome) -> String {
    match outcome.end {
        None => outcome.sealed.name().to_owned(),
        Some(ReplyError::Empty(_)) => "empty".to_owned(),
        Some(error) => format!("{error:?}").to_lowercase(),
    }
}

fn assert_read(stream: &Stream, outcome: &Outcome, how: &str) {
    let name = &stream.name;
    assert_eq!(outcome.text, stream.text, "{name} {how}");
    assert_eq!(end(outcome), stream.end, "{name} {how}");
    let (reasoning, beside) = beside(outcome);
    assert_eq!(reasoning, stream.reasoning, "{name} {how}");
    assert_eq!(beside, stream.beside, "{name} {how}");
}

#[test]
fn each_stream_is_read_as_its_protocol_means_it_in_both_framings() {
    for stream in streams() {
        assert_read(&stream, &stream.decode([stream.body.as_bytes()]), "whole");
        if stream.is_lines() {
            let events = stream.as_events();
            assert_read(&stream, &decode(Some("text/event-stream"), [events.as_bytes()]), "as events");
        }
    }
}

#[test]
fn each_stream_is_read_alike_wherever_it_is_cut() {
    for stream in streams() {
        let body = stream.body.as_bytes();
        assert_read(&stream, &stream.decode(body.chunks(1)), "byte by byte");
        let step = if body.len() <= MAX_CUT_EVERYWHERE { 1 } else { 97 };
        for cut in (0..body.len()).step_by(step) {
            let (head, tail) = body.split_at(cut);
            assert_read(&stream, &stream.decode([head, tail]), &format!("cut at {cut}"));
        }
    }
}

#[test]
fn no_stream_that_stops_early_is_complete_and_none_shows_its_json() {
    for stream in streams().filter(|stream| !stream.has_several_answers()) {
        let body = stream.body.as_bytes();
        let is_json = stream.body.contains("{\"");
        let step = if body.len() <= MAX_CUT_EVERYWHERE { 1 } else { 31 };
        for cut in (0..body.len()).step_by(step) {
            let outcome = stream.decode([&body[..cut]]);
            if is_json && end(&outcome) == "complete" {
                assert_eq!(outcome.text, stream.text, "{} is complete at {cut}", stream.name);
            }
            let shows = |mark: &str| outcome.text.contains(mark) && !stream.text.contains(mark);
            assert!(!shows("{\"") && !shows("data:"), "{} at {cut}: {}", stream.name, outcome.text);
        }
    }
}

#[test]
fn a_record_with_other_lines_behind_it_is_neither_shown_nor_whole() {
    let openings = [
        r#"{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant"}}]}"#,
        r#"{"token":{"id":1,"text":"","special":false}}"#,
        r#"{"event":"message","task_id":"t","answer":"Hi"}"#,
        r#"{"event":"token","data":{"id":"1","chunk":"Hi"}}"#,
        r#"{"type":"response.created","response":{"status":"in_progress"}}"#,
    ];
    for (opening, behind) in openings.iter().flat_map(|opening| {
        ["oops", "\",\"task_id\":\"\",\"\":{\"\":\"\"}}", "0", "{}"].map(|behind| (opening, behind))
    }) {
        for body in [format!("{opening}\n{behind}\n"), format!("data: {opening}\n\ndata: {behind}\n\n")] {
            let outcome = decode(None, [body.as_bytes()]);
            assert_eq!(outcome.end, Some(ReplyError::Unfinished), "{body}");
            assert!(!outcome.text.contains('{'), "{body}: {}", outcome.text);
        }
    }
}

#[test]
fn a_lenient_site_takes_the_end_of_the_body_for_the_end() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n";
    let read = |is_lenient| {
        let options = DecoderOptions { is_lenient, ..DecoderOptions::default() };
        decode_with(Decoder::with_options(None, &options), [body.as_bytes()]).end
    };
    assert_eq!((read(true), read(false)), (None, Some(ReplyError::Unfinished)));
}

#[test]
fn thoughts_in_the_text_are_told_where_the_site_shows_them() {
    let body = "{\"type\":\"begin\"}\n{\"type\":\"item\",\"content\":\"<think>two \"}\n\
                {\"type\":\"item\",\"content\":\"boats</think>Two.\"}\n{\"type\":\"end\"}\n";
    let outcome = decode(None, [body.as_bytes()]);
    assert_eq!((outcome.text.as_str(), beside(&outcome).0.as_str()), ("Two.", "two boats"));
}

#[test]
fn what_is_told_beside_a_text_is_bounded() {
    let chunk =
        |members: &str| format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{{members}}}}}]}}\n\n");
    let thought = "x".repeat(64 * 1024);
    let thoughts = chunk(&format!("\"reasoning\":\"{thought}\"")).repeat(17);
    assert_eq!(decode(None, [thoughts.as_bytes()]).end, Some(ReplyError::TooLarge));
    let mut sources = String::new();
    for number in 0..80 {
        write!(
            sources,
            "data: {{\"choices\":[],\"object\":\"\",\"citations\":[\"https://a.example/{number}\"]}}\n\n"
        )
        .unwrap();
    }
    assert_eq!(decode(None, [sources.as_bytes()]).aside.len(), 50);
}

#[test]
fn a_workflow_says_the_same_in_lines_of_its_own_and_in_events() {
    let lines = [
        r#"{"type":"title","content":"Lamps"}"#,
        r#"{"type":"notice","content":"Prices of May","level":"warning"}"#,
        r#"{"type":"source","title":"Lamps","url":"https://a.example/lamps","quote":"Two."}"#,
        r#"{"type":"source","title":"Script","url":"javascript:alert(1)"}"#,
        r#"{"type":"reasoning","content":"hm"}"#,
        r#"{"type":"item","content":"One."}"#,
        r#"{"type":"replace","content":"Two."}"#,
    ];
    let framed = |frame: fn(&str) -> String| lines.iter().map(|line| frame(line)).collect::<String>();
    let by_name = framed(|line| {
        let kind = line[9..].split('"').next().unwrap();
        format!("event: {kind}\ndata: {line}\n\n")
    });
    let bodies = [framed(|line| format!("{line}\n")), framed(|line| format!("data: {line}\n\n")), by_name];
    for body in bodies {
        let outcome = decode(None, [body.as_bytes()]);
        assert_eq!((outcome.text.as_str(), outcome.end), ("Two.", None), "{body}");
        let said: Vec<String> = outcome.aside.iter().map(|part| format!("{part:?}")).collect();
        assert_eq!(said.len(), 5, "{said:?}");
        assert!(said[0].contains("Title(\"Lamps\")") && said[1].contains("Warning"), "{said:?}");
        assert!(said[2].contains("lamps") && said[3].contains("url: None"), "{said:?}");
        assert_eq!(said[4], "Reasoning(\"hm\")");
    }
}

#[test]
fn what_an_agent_may_hold_open_is_bounded() {
    let thought = |id: usize| format!("{{\"type\":\"reasoning-start\",\"id\":\"{id}\"}}\n");
    let thoughts: String = (0..1000).map(thought).collect();
    let start = "{\"type\":\"start\"}\n{\"type\":\"text-start\",\"id\":\"t\"}\n\
                 {\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"Hi\"}\n";
    let body = format!("{start}{thoughts}{{\"type\":\"finish\"}}\n");
    assert_eq!(decode(None, [body.as_bytes()]).end, Some(ReplyError::Unfinished));
}

#[test]
fn texts_that_a_protocol_holds_back_count_as_memory() {
    let words = "word ".repeat(2_000);
    let lane = |id: &str| format!("{{\"type\":\"TEXT_MESSAGE_START\",\"messageId\":\"{id}\"}}\n");
    let cases = [
        format!(
            "{{\"type\":\"RUN_STARTED\",\"runId\":\"r\"}}\n{}{}\
             {{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"b\",\"delta\":\"{words}\"}}\n",
            lane("a"),
            lane("b")
        ),
        format!(
            "{{\"type\":\"start\"}}\n{{\"type\":\"text-start\",\"id\":\"t\"}}\n\
             {{\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"{words}\"}}\n"
        ),
        format!("event: new_message\ndata: {{\"content\":\"{words}\",\"id\":\"m\"}}\n\n"),
    ];
    for body in cases {
        let mut decoder = Decoder::new(None);
        decoder.push(body.as_bytes(), &mut Vec::new()).unwrap();
        assert!(decoder.held_bytes() >= words.len(), "{} of {body:.60}", decoder.held_bytes());
    }
}

#[test]
fn a_source_needs_a_host() {
    for (url, is_one) in
        [("https://a.example/b", true), ("https://[::1]/", true), ("https://", false), ("http:///a", false)]
    {
        assert_eq!(source(None, Some(url.into()), None).is_some(), is_one, "{url}");
    }
}
