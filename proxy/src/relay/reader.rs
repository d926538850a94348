//! One reader of a reply, at its own speed.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, stream::unfold};
use tokio::time::Instant;

use super::{buffer::Format, ledger::Reading, reply::Reply};
use crate::alarm::Alarm;

/// How long a stream may be silent: below the idle limits of the usual load balancers (30 s and more).
const PING_EVERY: Duration = Duration::from_secs(15);

/// How a reply is joined.
#[derive(Debug)]
pub(crate) enum Join {
    /// There is, or will be, something to read.
    Reading(Reader),
    /// The reply has ended and everything of it was read.
    Complete,
    /// The last event id is beyond the last event.
    Beyond,
}

/// Reads a reply from some event to its end.
#[derive(Debug)]
pub(crate) struct Reader {
    reply: Arc<Reply>,
    format: Format,
    next: usize,
    ping: Alarm,
    _reading: Reading,
}

impl Reader {
    /// Joins `reply` after the event `last`, or from its beginning.
    pub(crate) fn join(reply: Arc<Reply>, last: Option<u64>, format: Format) -> Join {
        let (events, ended) = reply.extent();
        let next = match last.map(usize::try_from) {
            None => 0,
            Some(Ok(last)) if last < events => last + 1,
            Some(_) => return Join::Beyond,
        };
        if ended && next == events {
            return Join::Complete;
        }
        Join::Reading(Self::after(reply, next, format))
    }

    /// Reads `reply` from its beginning.
    pub(crate) fn of(reply: Arc<Reply>, format: Format) -> Self {
        Self::after(reply, 0, format)
    }

    fn after(reply: Arc<Reply>, next: usize, format: Format) -> Self {
        Self {
            _reading: reply.ledger().reading(),
            reply,
            format,
            next,
            ping: Alarm::at(Instant::now() + PING_EVERY),
        }
    }

    /// Everything new, as one piece; a ping where there is nothing new for too long; `None` after the terminal event.
    pub(crate) async fn read(&mut self) -> Option<Bytes> {
        let reply = Arc::clone(&self.reply);
        loop {
            // Made before the look: what is appended between the look and the wait is not missed.
            let news = reply.news.notified();
            if let Some(taken) = reply.take(self.next, self.format) {
                self.next = taken.next;
                self.ping.set(Instant::now() + PING_EVERY);
                return Some(taken.bytes);
            }
            if reply.extent() == (self.next, true) {
                return None;
            }
            tokio::select! {
                biased;
                () = news => {}
                () = self.ping.ring() => {
                    self.ping.set(Instant::now() + PING_EVERY);
                    return Some(ping(self.format));
                }
            }
        }
    }

    /// The body of a response.
    pub(crate) fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
        unfold(self, |mut reader| async move {
            reader.read().await.map(|bytes| (Ok(bytes), reader))
        })
    }
}

/// Reads the text of a sealed reply as it stands in a JSON document, between the quotes: a slow reader of a long reply
/// holds one piece of it.
#[derive(Debug)]
pub(crate) struct TextReader {
    reply: Arc<Reply>,
    next: usize,
    _reading: Reading,
}

impl TextReader {
    /// Reads the text of `reply`, which has ended.
    pub(crate) fn of(reply: Arc<Reply>) -> Self {
        Self {
            _reading: reply.ledger().reading(),
            reply,
            next: 0,
        }
    }

    /// Bytes that it reads in all.
    pub(crate) fn bytes(&self) -> usize {
        self.reply.raw_text_bytes()
    }
}

impl Iterator for TextReader {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let taken = self.reply.take_text(self.next)?;
        self.next = taken.next;
        Some(taken.bytes)
    }
}

fn ping(format: Format) -> Bytes {
    Bytes::from_static(match format {
        Format::Sse => b": ping\n\n",
        Format::JsonLines => b"{\"event\":\"ping\"}\n",
    })
}
