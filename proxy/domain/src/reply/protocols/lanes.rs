//! Messages of one answer that are open at the same time: each is told whole, in the order of their beginnings.

use serde_json::value::RawValue;

use super::super::error::ReplyError;
use super::super::string::Unescaper;
use super::super::text::within_limit;
use super::object::Member as _;
use super::sink::Sink;

/// A message that is open.
#[derive(Debug, Default)]
struct Lane {
    id: String,
    /// The text that waits for the lanes before it.
    waiting: String,
    unescaper: Unescaper,
    has_ended: bool,
}

/// The open messages, in the order of their beginnings; the first of them speaks.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    waiting_bytes: usize,
}

/// The messages that may be open at once.
const MAX_LANES: usize = 64;

impl Lanes {
    /// Begins a message; `false` where too many are open.
    pub(super) fn begin(&mut self, id: &str) -> bool {
        if self.is_open(id) {
            return true;
        }
        let has_room = self.lanes.len() < MAX_LANES;
        if has_room {
            self.lanes.push(Lane { id: id.to_owned(), ..Lane::default() });
        }
        has_room
    }

    /// Tells if the message has begun and not ended.
    pub(super) fn is_open(&self, id: &str) -> bool {
        self.lanes.iter().any(|lane| lane.id == id && !lane.has_ended)
    }

    /// Tells if all messages have ended.
    pub(super) fn are_closed(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Tells if all open messages are among these.
    pub(super) fn are_among(&self, ids: &[String]) -> bool {
        self.lanes.iter().all(|lane| ids.contains(&lane.id))
    }

    /// Adds to the text of a message that is open; returns `false` for another.
    pub(super) fn push(
        &mut self,
        id: &str,
        delta: Option<&RawValue>,
        sink: &mut Sink<'_>,
    ) -> Result<bool, ReplyError> {
        let Some(at) = self.lanes.iter().position(|lane| lane.id == id && !lane.has_ended) else {
            return Ok(false);
        };
        if at == 0 {
            sink.text(delta)?;
            return Ok(true);
        }
        let (lane, Some(delta)) = (&mut self.lanes[at], delta.text()) else { return Ok(true) };
        self.waiting_bytes += delta.get().len();
        within_limit(self.waiting_bytes)?;
        lane.unescaper.append(delta.get(), &mut lane.waiting);
        Ok(true)
    }

    /// Ends a message; returns `false` where it is not open.
    pub(super) fn end(&mut self, id: &str, sink: &mut Sink<'_>) -> Result<bool, ReplyError> {
        let Some(lane) = self.lanes.iter_mut().find(|lane| lane.id == id && !lane.has_ended) else {
            return Ok(false);
        };
        lane.has_ended = true;
        self.advance(sink)?;
        Ok(true)
    }

    /// Ends all messages.
    pub(super) fn end_all(&mut self, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        self.lanes.iter_mut().for_each(|lane| lane.has_ended = true);
        self.advance(sink)
    }

    /// Returns the memory of what waits.
    pub(super) const fn held_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Forgets all messages, and what waits in them.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Lets the next message speak, where the first has ended.
    fn advance(&mut self, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        while self.lanes.first().is_some_and(|lane| lane.has_ended) {
            self.lanes.remove(0);
            let Some(next) = self.lanes.first_mut() else { break };
            next.unescaper.flush(&mut next.waiting);
            let waiting = core::mem::take(&mut next.waiting);
            self.waiting_bytes = self.waiting_bytes.saturating_sub(waiting.len());
            sink.words(&waiting)?;
        }
        Ok(())
    }
}
