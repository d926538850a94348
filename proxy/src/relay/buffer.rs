//! The events of one reply, written once and read by any number of readers.

use std::io::Write as _;

use bytes::Bytes;
use porthole_domain::reply::ReplyPart;
use porthole_protocol::{Done, Problem, sse};
use serde::{Deserialize, Serialize};

/// How events are framed on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `text/event-stream`.
    Sse,
    /// `application/x-ndjson`.
    JsonLines,
}

/// Bytes that a reader is given at once; one larger event is given alone. Beside what actix frames ahead of the socket
/// it is what a slow reader costs, so it is small: a burst goes out in one write all the same.
pub(crate) const MAX_TAKE: usize = 16 * 1024;

/// Bytes of text in one `delta`: framed it stays below [`MAX_TAKE`] even if JSON writes each byte as `\u00XX`.
const MAX_DELTA: usize = 2 * 1024;

/// What stands around the text in the data of a `delta`.
const AROUND_TEXT: (&str, &str) = (r#"{"text":""#, r#""}"#);

/// The most that framing adds to an event's data, with the longest name and id.
const FRAME: usize = 64;

/// An append-only list of events; their ids count from 0.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    /// The events' `data` as JSON, one after the other.
    data: Vec<u8>,
    marks: Vec<Mark>,
}

/// An event's name, and where its data ends.
#[derive(Clone, Copy, Debug)]
struct Mark {
    kind: Kind,
    /// 32 bits are enough: all buffers together stay far below 4 GiB.
    end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Start,
    Delta,
    Step,
    Suggestions,
    Done,
    Error,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Delta => "delta",
            Self::Step => "step",
            Self::Suggestions => "suggestions",
            Self::Done => "done",
            Self::Error => "error",
        }
    }
}

/// What a reader is given.
#[derive(Debug)]
pub(crate) struct Taken {
    /// Framed events; never empty.
    pub(crate) bytes: Bytes,
    /// The id of the first event that is not among them.
    pub(crate) next: usize,
}

#[derive(Serialize)]
struct Start<'a> {
    message_id: &'a str,
    session_id: &'a str,
}

#[derive(Serialize)]
struct Delta<'a> {
    text: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Suggestions {
    items: Vec<String>,
}

#[cfg(test)]
#[derive(Deserialize)]
struct Text {
    text: String,
}

impl Buffer {
    /// Begins with the event `start`.
    pub(crate) fn begin(message_id: &str, session_id: &str) -> Self {
        let mut buffer = Self::default();
        buffer.append(
            Kind::Start,
            &Start {
                message_id,
                session_id,
            },
        );
        buffer
    }

    /// Appends text that arrived together as one `delta`, or a few where it is long.
    pub(crate) fn push_text(&mut self, mut text: &str) {
        while !text.is_empty() {
            let (head, tail) = text.split_at(text.floor_char_boundary(MAX_DELTA));
            self.append(Kind::Delta, &Delta { text: head });
            text = tail;
        }
    }

    /// Appends a piece of the reply.
    pub(crate) fn push(&mut self, piece: ReplyPart) {
        match piece {
            ReplyPart::Text(text) => self.push_text(&text),
            ReplyPart::Step(step) => self.append(Kind::Step, &step),
            ReplyPart::Suggestions(items) => self.append(Kind::Suggestions, &Suggestions { items }),
        }
    }

    /// Appends the end of a sealed reply.
    pub(crate) fn push_done(&mut self, done: &Done) {
        self.append(Kind::Done, done);
        self.data.shrink_to_fit();
        self.marks.shrink_to_fit();
    }

    /// Appends the end of a failed reply.
    pub(crate) fn push_error(&mut self, problem: &Problem) {
        self.append(Kind::Error, problem);
        self.data.shrink_to_fit();
        self.marks.shrink_to_fit();
    }

    /// The number of events; also the id of the next one.
    pub(crate) fn events(&self) -> usize {
        self.marks.len()
    }

    /// The memory that the events take.
    pub(crate) fn bytes(&self) -> usize {
        self.data.len() + self.marks.len() * size_of::<Mark>()
    }

    /// Frames everything from the event `from` on, up to [`MAX_TAKE`]; `None` where there is nothing.
    pub(crate) fn take(&self, from: usize, format: Format) -> Option<Taken> {
        let news = self.marks.get(from..).filter(|marks| !marks.is_empty())?;
        let unframed = self.data.len() - self.end_of(from);
        let mut out = Vec::with_capacity((unframed + news.len() * FRAME).min(MAX_TAKE));
        let mut next = from;
        for mark in news {
            let data = self.data_of(next, *mark);
            if !out.is_empty() && out.len() + data.len() + FRAME > MAX_TAKE {
                break;
            }
            match format {
                Format::Sse => sse::write(&mut out, next as u64, mark.kind.name(), data),
                Format::JsonLines => frame_line(&mut out, next, mark.kind.name(), data),
            }
            next += 1;
        }
        Some(Taken {
            bytes: out.into(),
            next,
        })
    }

    /// The text from the event `from` on, up to [`MAX_TAKE`], as it stands between the quotes of a JSON string; `None`
    /// where there is none.
    pub(crate) fn take_text(&self, from: usize) -> Option<Taken> {
        let mut out = Vec::new();
        let mut next = from;
        for mark in self.marks.get(from..)? {
            let text = self.raw_text(next, *mark);
            if !out.is_empty() && out.len() + text.len() > MAX_TAKE {
                break;
            }
            out.extend_from_slice(text.as_bytes());
            next += 1;
        }
        let bytes = out.into();
        (next > from).then_some(Taken { bytes, next })
    }

    /// The bytes that [`Buffer::take_text`] gives in all.
    pub(crate) fn raw_text_bytes(&self) -> usize {
        let marks = self.marks.iter().enumerate();
        marks.map(|(id, mark)| self.raw_text(id, *mark).len()).sum()
    }

    /// A delta's text with JSON's escapes; nothing for other events.
    fn raw_text(&self, id: usize, mark: Mark) -> &str {
        let (before, behind) = AROUND_TEXT;
        let data = self.data_of(id, mark);
        let inside = data
            .strip_prefix(before)
            .and_then(|data| data.strip_suffix(behind));
        inside.filter(|_| mark.kind == Kind::Delta).unwrap_or_default()
    }

    /// The concatenated deltas.
    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        self.read::<Text>(Kind::Delta).map(|delta| delta.text).collect()
    }

    /// The follow-up questions, in order.
    pub(crate) fn suggestions(&self) -> Vec<String> {
        self.read::<Suggestions>(Kind::Suggestions)
            .flat_map(|suggestions| suggestions.items)
            .collect()
    }

    fn read<T: serde::de::DeserializeOwned>(&self, kind: Kind) -> impl Iterator<Item = T> {
        let events = self
            .marks
            .iter()
            .enumerate()
            .filter(move |(_, mark)| mark.kind == kind);
        events.filter_map(|(id, mark)| serde_json::from_str(self.data_of(id, *mark)).ok())
    }

    #[expect(
        clippy::expect_used,
        reason = "what serde_json wrote is UTF-8, and it is cut where it was written"
    )]
    fn data_of(&self, id: usize, mark: Mark) -> &str {
        str::from_utf8(&self.data[self.end_of(id)..mark.end as usize]).expect("JSON is UTF-8")
    }

    /// Where the data of the event before `id` ends.
    fn end_of(&self, id: usize) -> usize {
        id.checked_sub(1)
            .map_or(0, |before| self.marks[before].end as usize)
    }

    #[expect(
        clippy::expect_used,
        reason = "strings, numbers and lists always serialise, and a Vec takes every byte"
    )]
    fn append(&mut self, kind: Kind, data: &impl Serialize) {
        serde_json::to_writer(&mut self.data, data).expect("plain data serialises into memory");
        let end = u32::try_from(self.data.len()).unwrap_or(u32::MAX);
        self.marks.push(Mark { kind, end });
    }
}

fn frame_line(out: &mut Vec<u8>, id: usize, name: &str, data: &str) {
    // Writing to a Vec cannot fail.
    let _ = writeln!(out, "{{\"id\":{id},\"event\":\"{name}\",\"data\":{data}}}");
}

#[cfg(test)]
mod tests {
    use porthole_protocol::{
        Event, Step, StepState,
        sse::{EventReader, Frame},
    };
    use proptest::prelude::*;

    use super::*;

    fn pieces() -> impl Strategy<Value = Vec<ReplyPart>> {
        let piece = prop_oneof![
            4 => "(\\PC|\n){1,40}".prop_map(ReplyPart::Text),
            1 => "[a-z ]{1,9}".prop_map(|name| ReplyPart::Step(Step { name, state: StepState::Running })),
            1 => proptest::collection::vec("\\PC{1,9}", 1..3).prop_map(ReplyPart::Suggestions),
        ];
        proptest::collection::vec(piece, 0..30)
    }

    fn filled(pieces: &[ReplyPart]) -> Buffer {
        let mut buffer = Buffer::begin("m", "s");
        for piece in pieces {
            buffer.push(piece.clone());
        }
        buffer
    }

    fn event(piece: &ReplyPart) -> Event {
        match piece {
            ReplyPart::Text(text) => Event::Delta { text: text.clone() },
            ReplyPart::Step(step) => Event::Step(step.clone()),
            ReplyPart::Suggestions(items) => Event::Suggestions { items: items.clone() },
        }
    }

    /// Everything from an event on, with its ids.
    fn read(buffer: &Buffer, from: usize, format: Format) -> Vec<(usize, Event)> {
        let (mut next, mut bytes) = (from, Vec::new());
        while let Some(taken) = buffer.take(next, format) {
            next = taken.next;
            bytes.extend_from_slice(&taken.bytes);
        }
        match format {
            Format::JsonLines => lines(&bytes),
            Format::Sse => frames(&bytes),
        }
    }

    fn lines(bytes: &[u8]) -> Vec<(usize, Event)> {
        #[derive(Deserialize)]
        struct Id {
            id: usize,
        }
        let lines = str::from_utf8(bytes).unwrap().lines();
        let parse = |line| {
            (
                serde_json::from_str::<Id>(line).unwrap().id,
                serde_json::from_str(line).unwrap(),
            )
        };
        lines.map(parse).collect()
    }

    fn frames(bytes: &[u8]) -> Vec<(usize, Event)> {
        let mut frames = Vec::new();
        EventReader::default().push(bytes, &mut frames).unwrap();
        let parse = |frame: Frame| {
            let event = format!(r#"{{"event":"{}","data":{}}}"#, frame.event, frame.data);
            (frame.id.parse().unwrap(), serde_json::from_str(&event).unwrap())
        };
        frames.into_iter().map(parse).collect()
    }

    proptest! {
        #[test]
        fn whoever_joins_anywhere_reads_each_later_event_once(pieces in pieces(), cut in 0usize..32) {
            let buffer = filled(&pieces);
            let start = Event::Start { message_id: "m".into(), session_id: "s".into() };
            let all: Vec<_> = std::iter::once(start).chain(pieces.iter().map(event)).enumerate().collect();
            let cut = cut.min(all.len());
            for format in [Format::Sse, Format::JsonLines] {
                prop_assert_eq!(&read(&buffer, cut, format), &all[cut..]);
            }
        }

        #[test]
        fn raw_text_is_the_inside_of_the_json_string_of_the_text(pieces in pieces()) {
            let buffer = filled(&pieces);
            let (mut next, mut raw) = (0, Vec::new());
            while let Some(taken) = buffer.take_text(next) {
                next = taken.next;
                raw.extend_from_slice(&taken.bytes);
            }
            prop_assert_eq!(raw.len(), buffer.raw_text_bytes());
            let quoted = [b"\"", &raw[..], b"\""].concat();
            prop_assert_eq!(serde_json::from_slice::<String>(&quoted).unwrap(), buffer.text());
        }

        #[test]
        fn the_text_is_the_concatenated_deltas(pieces in pieces()) {
            let texts = pieces.iter().filter_map(|piece| match piece {
                ReplyPart::Text(text) => Some(text.as_str()),
                ReplyPart::Step(_) | ReplyPart::Suggestions(_) => None,
            });
            prop_assert_eq!(filled(&pieces).text(), texts.collect::<String>());
        }
    }

    #[test]
    fn a_reader_is_given_a_small_piece_at_once() {
        for text in ["\u{1}".repeat(40_000), "é".repeat(200_000), "\"".repeat(100_000)] {
            let buffer = filled(&[ReplyPart::Text(text.clone())]);
            let mut next = 0;
            while let Some(taken) = buffer.take(next, Format::JsonLines) {
                assert!(taken.bytes.len() <= MAX_TAKE);
                next = taken.next;
            }
            assert_eq!(buffer.text(), text);
        }
    }

    #[test]
    fn an_event_is_framed_as_the_contract_says() {
        let buffer = filled(&[ReplyPart::Text("a\n\"".into())]);
        let framed = |format| String::from_utf8(buffer.take(1, format).unwrap().bytes.to_vec()).unwrap();
        assert_eq!(
            framed(Format::Sse),
            "id: 1\nevent: delta\ndata: {\"text\":\"a\\n\\\"\"}\n\n"
        );
        assert_eq!(
            framed(Format::JsonLines),
            "{\"id\":1,\"event\":\"delta\",\"data\":{\"text\":\"a\\n\\\"\"}}\n"
        );
    }
}
