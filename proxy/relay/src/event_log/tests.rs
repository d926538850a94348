use porthole_protocol::{Event, Step, StepState};
use proptest::prelude::*;

use super::*;

fn pieces() -> impl Strategy<Value = Vec<ReplyPart>> {
    let piece = prop_oneof![
        4 => "(\\PC|\n){1,40}".prop_map(ReplyPart::Text),
        1 => "(\\PC|\n){0,40}".prop_map(ReplyPart::Replace),
        1 => "[a-z ]{1,9}".prop_map(|name| ReplyPart::Step(Step { name, state: StepState::Running })),
        1 => proptest::collection::vec("\\PC{1,9}", 1..3).prop_map(ReplyPart::Suggestions),
    ];
    proptest::collection::vec(piece, 0..30)
}

fn filled(pieces: &[ReplyPart]) -> EventLog {
    let mut log = EventLog::new("m", "s");
    for piece in pieces {
        log.push(piece.clone());
    }
    log
}

fn event(piece: &ReplyPart) -> Event {
    match piece {
        ReplyPart::Text(text) => Event::Delta { text: text.clone() },
        ReplyPart::Replace(text) => Event::Replace { text: text.clone() },
        ReplyPart::Step(step) => Event::Step(step.clone()),
        ReplyPart::Suggestions(items) => Event::Suggestions { items: items.clone() },
        other => panic!("{other:?} is none of the pieces"),
    }
}

/// Reads everything from an event on, with its ids.
fn read(log: &EventLog, from: usize) -> Vec<(usize, Event)> {
    let (mut next, mut events) = (from, Vec::new());
    while let Some(batch) = log.batch(next) {
        next = batch.next();
        for event in batch.events() {
            let json = format!(
                r#"{{"event":"{}","data":{}}}"#,
                event.kind.name(),
                str::from_utf8(event.data).unwrap()
            );
            events.push((event.id, serde_json::from_str(&json).unwrap()));
        }
    }
    events
}

/// The text of a log.
fn text(log: &EventLog) -> String {
    read(log, 0).into_iter().fold(String::new(), |text, (_, event)| match event {
        Event::Delta { text: more } => text + &more,
        Event::Replace { text } => text,
        _ => text,
    })
}

proptest! {
    #[test]
    fn a_reader_that_joins_anywhere_reads_each_later_event_once(pieces in pieces(), cut in 0usize..32) {
        let start = Event::Start { message_id: "m".into(), session_id: "s".into() };
        let all: Vec<_> = std::iter::once(start).chain(pieces.iter().map(event)).enumerate().collect();
        let cut = cut.min(all.len());
        prop_assert_eq!(&read(&filled(&pieces), cut), &all[cut..]);
    }

    #[test]
    fn escaped_text_is_the_inside_of_the_json_string_of_the_text(pieces in pieces()) {
        let log = filled(&pieces);
        let (mut next, mut escaped) = (0, Vec::new());
        while let Some((more, behind)) = log.escaped_text(next) {
            next = behind;
            escaped.extend(more);
        }
        prop_assert_eq!(escaped.len(), log.escaped_text_len());
        prop_assert_eq!(serde_json::from_slice::<String>(&[b"\"", &*escaped, b"\""].concat()).unwrap(), text(&log));
    }

    #[test]
    fn the_text_is_the_concatenated_deltas_behind_the_last_replace(pieces in pieces()) {
        let said = pieces.iter().fold(String::new(), |said, piece| match piece {
            ReplyPart::Text(text) => said + text,
            ReplyPart::Replace(text) => text.clone(),
            _ => said,
        });
        prop_assert_eq!(text(&filled(&pieces)), said);
    }
}

#[test]
fn a_reader_takes_a_small_batch_at_once() {
    for long in ["\u{1}".repeat(40_000), "é".repeat(200_000), "\"".repeat(100_000)] {
        let log = filled(&[ReplyPart::Text(long.clone())]);
        let mut next = 0;
        while let Some(batch) = log.batch(next) {
            assert!(batch.framed_len() <= MAX_BATCH);
            next = batch.next();
        }
        assert_eq!(text(&log), long);
    }
}
