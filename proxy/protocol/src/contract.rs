//! The tables of the contract against the code: a fact that stands in both has one value.

use crate::limits::{
    ATTEMPTS, MAX_AGENT_CHARS, MAX_BODY_BYTES, MAX_COMMENT_CHARS, MAX_METADATA_BYTES, MAX_NOTICE_CHARS,
    MAX_PAGE_TITLE_CHARS, MAX_PAGE_URL_BYTES, MAX_REPLY_BYTES, MAX_SOURCE_URL_BYTES, MAX_SOURCES,
    MAX_STEP_NAME_CHARS, MAX_SUGGESTION_CHARS, MAX_SUGGESTIONS, MAX_TITLE_CHARS,
};
use crate::{
    Ask, Code, Done, End, Event, EventKind, Notice, NoticeLevel, Problem, Source, Step, StepState, path,
};

const CONTRACT: &str = include_str!("../README.md");

/// Reads the rows of the first table of a section, cell by cell, without backticks.
fn table(section: &str) -> Vec<Vec<String>> {
    let (_, rest) = CONTRACT.split_once(&format!("\n## {section} ")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let rows = section
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    rows.map(cells).collect()
}

fn cells(row: &str) -> Vec<String> {
    row.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', "")).collect()
}

#[test]
fn every_code_stands_in_the_table_with_its_status_and_title() {
    let mut written = table("§6");
    let mut known: Vec<_> = Code::ALL
        .iter()
        .map(|code| {
            let description = code.description();
            vec![code.as_str().to_owned(), description.status.to_string(), description.title.to_owned()]
        })
        .collect();
    written.sort();
    known.sort();
    assert_eq!(written, known);
}

/// One event of each kind, every member filled.
fn events() -> Vec<Event> {
    vec![
        Event::Start { message_id: "m".into(), session_id: "s".into() },
        Event::Delta { text: "a".into() },
        Event::Replace { text: String::new() },
        Event::Reasoning { text: "a".into() },
        Event::Step(Step { name: "look up".into(), state: StepState::Running }),
        Event::Source(Source {
            id: "1".into(),
            title: "t".into(),
            url: Some("u".into()),
            quote: Some("q".into()),
        }),
        Event::Suggestions { items: vec!["b".into()] },
        Event::Title { text: "t".into() },
        Event::Notice(Notice { text: "n".into(), level: NoticeLevel::Info }),
        Event::Ask(Ask { id: "1".into(), text: "Send it?".into() }),
        Event::Done(Done {
            token: "t".into(),
            expires_at: "2026-11-21T12:16:10Z".into(),
            turn: 1,
            head: "h".into(),
            end: End::Complete,
            receipt: "r".into(),
        }),
        Event::Error(Problem::new(Code::Internal, "r".into())),
    ]
}

#[test]
fn every_event_stands_in_the_table_with_its_members() {
    let rows = table("§5");
    let events = events();
    let kinds: Vec<_> = events.iter().map(Event::kind).collect();
    assert_eq!(kinds, EventKind::ALL);
    assert_eq!(rows.len(), events.len());
    for (row, event) in rows.iter().zip(&events) {
        let json = serde_json::to_value(event).unwrap();
        assert_eq!(row[0], event.kind().name());
        assert_eq!(json["event"], event.kind().name());
        if event.kind() != EventKind::Error {
            let members = json["data"].as_object().unwrap();
            let mut written: Vec<&str> = row[1].split(", ").collect();
            written.sort_unstable();
            let mut known: Vec<_> = members.keys().map(String::as_str).collect();
            known.sort_unstable();
            assert_eq!(written, known, "{}", row[0]);
        }
    }
}

#[test]
fn every_limit_stands_in_the_table_with_its_value() {
    let known = [
        ("MAX_BODY_BYTES", MAX_BODY_BYTES.to_string()),
        ("ATTEMPTS", format!("{} to {}", ATTEMPTS.start(), ATTEMPTS.end())),
        ("MAX_METADATA_BYTES", MAX_METADATA_BYTES.to_string()),
        ("MAX_AGENT_CHARS", MAX_AGENT_CHARS.to_string()),
        ("MAX_PAGE_URL_BYTES", MAX_PAGE_URL_BYTES.to_string()),
        ("MAX_PAGE_TITLE_CHARS", MAX_PAGE_TITLE_CHARS.to_string()),
        ("MAX_COMMENT_CHARS", MAX_COMMENT_CHARS.to_string()),
        ("MAX_SUGGESTIONS", MAX_SUGGESTIONS.to_string()),
        ("MAX_SUGGESTION_CHARS", MAX_SUGGESTION_CHARS.to_string()),
        ("MAX_STEP_NAME_CHARS", MAX_STEP_NAME_CHARS.to_string()),
        ("MAX_TITLE_CHARS", MAX_TITLE_CHARS.to_string()),
        ("MAX_NOTICE_CHARS", MAX_NOTICE_CHARS.to_string()),
        ("MAX_SOURCE_URL_BYTES", MAX_SOURCE_URL_BYTES.to_string()),
        ("MAX_SOURCES", MAX_SOURCES.to_string()),
        ("MAX_REPLY_BYTES", MAX_REPLY_BYTES.to_string()),
    ];
    let rows = table("§8");
    let written: Vec<_> = rows.iter().map(|row| (row[0].as_str(), row[1].clone())).collect();
    assert_eq!(written, known);
}

#[test]
fn every_path_stands_in_the_table() {
    let addresses: Vec<String> = table("§7").into_iter().map(|row| row[0].clone()).collect();
    for known in [
        path::WIDGET_JS,
        path::ASSETS,
        path::FRAME,
        path::CHAT,
        path::HEALTH_STREAM,
        path::SESSION_CREATE,
        path::SESSION_VALIDATE,
        path::SESSION_END,
        path::CHAT_MESSAGE,
        path::CHAT_HISTORY,
        path::CHAT_FEEDBACK,
        path::CHAT_EXPORT,
        path::VERIFY,
        path::CHAT_STREAM,
    ] {
        let stands = addresses.iter().any(|address| address.contains(known));
        assert!(stands, "{known}");
    }
}

#[test]
fn the_sections_that_comments_point_to_are_there() {
    for number in 1..=12 {
        assert!(CONTRACT.contains(&format!("\n## §{number} ")), "there is no section {number}");
    }
}
