//! The events of one reply: written once, read by any number of readers.

use porthole_domain::reply::ReplyPart;
use porthole_protocol::{EventKind, Source};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The bytes of one batch once it is framed; one larger event is a batch by itself.
///
/// A batch, and the frames ahead of the socket, are the cost of a slow reader, so it is small; a burst still leaves
/// in one write.
pub(crate) const MAX_BATCH: usize = 16 * 1024;

/// The bytes of text in one `delta`: framed it stays below [`MAX_BATCH`] even if JSON writes each byte as `\u00XX`.
const MAX_DELTA: usize = 2 * 1024;

/// The JSON around the text of a `delta`.
const TEXT_PREFIX: &[u8] = br#"{"text":""#;
const TEXT_SUFFIX: &[u8] = br#""}"#;

/// The most that any framing adds to the data of an event, with the longest name and id.
const FRAME_OVERHEAD: usize = 64;

/// An append-only log of events; their ids count from 0.
#[derive(Debug, Default)]
pub(crate) struct EventLog {
    /// The events' `data` as JSON, one after the other.
    data: Vec<u8>,
    index: Vec<Indexed>,
    /// The id of the event with which the text begins: the last `replace`.
    text_start: usize,
}

/// An event's kind, and the end of its data.
#[derive(Clone, Copy, Debug)]
struct Indexed {
    kind: EventKind,
    /// 32 bits suffice: the budget keeps all logs together far below 4 GiB.
    end: u32,
}

/// Events that a reader takes at once, as they stand in the log; never empty.
#[derive(Debug)]
pub struct Batch<'a> {
    first: usize,
    data: &'a [u8],
    /// The beginning of `data` in the log, from where the ends count.
    start: usize,
    index: &'a [Indexed],
}

/// One event of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchEvent<'a> {
    /// The event's id.
    pub id: usize,
    /// The event's kind.
    pub kind: EventKind,
    /// The event's data, JSON in one line.
    pub data: &'a [u8],
}

impl Batch<'_> {
    /// Iterates over the events, in order.
    pub fn events(&self) -> impl Iterator<Item = BatchEvent<'_>> {
        let mut start = 0;
        self.index.iter().enumerate().map(move |(at, indexed)| {
            let end = indexed.end as usize - self.start;
            let data = &self.data[start..end];
            start = end;
            BatchEvent { id: self.first + at, kind: indexed.kind, data }
        })
    }

    /// Returns the most bytes that the batch takes once it is framed.
    #[must_use]
    pub fn framed_len(&self) -> usize {
        self.data.len() + self.index.len() * FRAME_OVERHEAD
    }

    /// Returns the id of the first event behind the batch.
    #[must_use]
    pub fn next(&self) -> usize {
        self.first + self.index.len()
    }
}

#[derive(Serialize)]
struct Start<'a> {
    message_id: &'a str,
    session_id: &'a str,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Suggestions {
    items: Vec<String>,
}

impl EventLog {
    /// Builds a log with the event `start`.
    pub(crate) fn new(message_id: &str, session_id: &str) -> Self {
        let mut log = Self::default();
        let start = Start { message_id, session_id };
        log.append(EventKind::Start, &start);
        log
    }

    /// Appends text that arrived together as one `delta`, or a few where it is long.
    pub(crate) fn push_text(&mut self, text: &str) {
        self.push_pieces(EventKind::Delta, text);
    }

    fn push_pieces(&mut self, kind: EventKind, mut text: &str) {
        while !text.is_empty() {
            let (head, tail) = text.split_at(text.floor_char_boundary(MAX_DELTA));
            self.append(kind, &Text { text: head });
            text = tail;
        }
    }

    pub(crate) fn push(&mut self, piece: ReplyPart) {
        match piece {
            ReplyPart::Text(text) => self.push_text(&text),
            ReplyPart::Replace(text) => self.replace(&text),
            ReplyPart::Reasoning(text) => self.push_pieces(EventKind::Reasoning, &text),
            ReplyPart::Step(step) => self.append(EventKind::Step, &step),
            ReplyPart::Source(source) => self.append(EventKind::Source, &source),
            ReplyPart::Suggestions(items) => self.append(EventKind::Suggestions, &Suggestions { items }),
            ReplyPart::Title(text) => self.append(EventKind::Title, &Text { text: &text }),
            ReplyPart::Notice(notice) => self.append(EventKind::Notice, &notice),
            ReplyPart::Ask(ask) => self.append(EventKind::Ask, &ask),
        }
    }

    /// Appends the text that stands in place of all before.
    fn replace(&mut self, text: &str) {
        self.text_start = self.len();
        let (head, tail) = text.split_at(text.floor_char_boundary(MAX_DELTA));
        self.append(EventKind::Replace, &Text { text: head });
        self.push_text(tail);
    }

    /// Appends the terminal event: no more will come.
    pub(crate) fn end(&mut self, kind: EventKind, data: &impl Serialize) {
        self.append(kind, data);
        self.data.shrink_to_fit();
        self.index.shrink_to_fit();
    }

    /// Returns the number of events, which is the id of the next one.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// Returns the memory that the events take, with the room behind them.
    pub(crate) fn bytes(&self) -> usize {
        self.data.capacity() + self.index.capacity() * size_of::<Indexed>()
    }

    /// Returns the events from `first` on, up to [`MAX_BATCH`]; `None` where there are none.
    pub(crate) fn batch(&self, first: usize) -> Option<Batch<'_>> {
        let news = self.index.get(first..).filter(|news| !news.is_empty())?;
        let start = self.start_of(first);
        let fits = |(at, indexed): &(usize, &Indexed)| {
            let framed = indexed.end as usize - start + (at + 1) * FRAME_OVERHEAD;
            *at == 0 || framed <= MAX_BATCH
        };
        let index = &news[..news.iter().enumerate().take_while(fits).count()];
        let data = &self.data[start..index.last()?.end as usize];
        Some(Batch { first, data, start, index })
    }

    /// Copies the text from the event `first` on, up to [`MAX_BATCH`], as it stands between the quotes of a JSON string,
    /// and returns the id of the event behind it; `None` where there is none.
    pub(crate) fn escaped_text(&self, first: usize) -> Option<(Vec<u8>, usize)> {
        let first = first.max(self.text_start);
        let (mut text, mut next) = (Vec::new(), first);
        for id in first..self.len() {
            let more = self.escaped_text_of(id);
            if !text.is_empty() && text.len() + more.len() > MAX_BATCH {
                break;
            }
            text.extend_from_slice(more);
            next += 1;
        }
        (next > first).then_some((text, next))
    }

    /// Returns the bytes of all text as it stands in JSON.
    pub(crate) fn escaped_text_len(&self) -> usize {
        (self.text_start..self.len()).map(|id| self.escaped_text_of(id).len()).sum()
    }

    /// Returns a delta's text, or that of a `replace`, with JSON's escapes; nothing for other events.
    fn escaped_text_of(&self, id: usize) -> &[u8] {
        let is_text = matches!(self.index[id].kind, EventKind::Delta | EventKind::Replace);
        let data = Some(self.data_of(id)).filter(|_| is_text);
        let inside = data.and_then(|data| data.strip_prefix(TEXT_PREFIX)?.strip_suffix(TEXT_SUFFIX));
        inside.unwrap_or_default()
    }

    /// Returns the data of the last event.
    pub(crate) fn last(&self) -> Option<&[u8]> {
        self.len().checked_sub(1).map(|last| self.data_of(last))
    }

    /// Returns the follow-up questions, in order.
    pub(crate) fn suggestions(&self) -> Vec<String> {
        self.events_of::<Suggestions>(EventKind::Suggestions)
            .flat_map(|suggestions| suggestions.items)
            .collect()
    }

    /// Returns the sources, in order.
    pub(crate) fn sources(&self) -> Vec<Source> {
        self.events_of(EventKind::Source).collect()
    }

    fn events_of<T: DeserializeOwned>(&self, kind: EventKind) -> impl Iterator<Item = T> {
        let ids = (0..self.len()).filter(move |id| self.index[*id].kind == kind);
        ids.filter_map(|id| serde_json::from_slice(self.data_of(id)).ok())
    }

    fn data_of(&self, id: usize) -> &[u8] {
        &self.data[self.start_of(id)..self.index[id].end as usize]
    }

    /// Returns the beginning of an event's data: the end of the one before.
    fn start_of(&self, id: usize) -> usize {
        id.checked_sub(1).map_or(0, |before| self.index[before].end as usize)
    }

    #[expect(
        clippy::expect_used,
        reason = "strings, numbers and lists always serialise, and a Vec takes every byte"
    )]
    fn append(&mut self, kind: EventKind, data: &impl Serialize) {
        serde_json::to_writer(&mut self.data, data).expect("plain data serialises into memory");
        let end = u32::try_from(self.data.len()).unwrap_or(u32::MAX);
        self.index.push(Indexed { kind, end });
    }
}

#[cfg(test)]
mod tests;
