//! One reader of a reply, at its own speed.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, stream::unfold};
use tokio::time::Instant;

use super::{buffer::Format, reply::Reply};
use crate::deadline::Deadline;

/// How long a stream may be silent: below the idle limits of the usual load balancers (30 s and more).
const PING_EVERY: Duration = Duration::from_secs(15);

/// One who reads a reply, which is kept for so long unless all together take too much.
#[derive(Debug)]
struct Reading(Arc<Reply>);

impl Reading {
    fn of(reply: Arc<Reply>) -> Self {
        reply.one_more_reads();
        Self(reply)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.one_less_reads();
    }
}

/// How a reply is joined.
#[derive(Debug)]
pub(crate) enum Join {
    /// There is, or will be, something to read.
    Reading(Reader),
    /// The reply has ended and everything of it was read.
    Complete,
    /// The last event id is beyond the last event.
    Beyond,
    /// The reply has just been given up.
    Lost,
}

/// Reads a reply from some event to its end.
#[derive(Debug)]
pub(crate) struct Reader {
    reply: Reading,
    format: Format,
    next: usize,
    ping: Deadline,
}

impl Reader {
    /// Joins `reply` after the event `last`, or from its beginning.
    pub(crate) fn join(reply: Arc<Reply>, last: Option<u64>, format: Format) -> Join {
        let (events, ended) = reply.extent();
        if events == 0 {
            return Join::Lost;
        }
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
            reply: Reading::of(reply),
            format,
            next,
            ping: Deadline::new(Instant::now() + PING_EVERY),
        }
    }

    /// Everything new, as one piece; a ping where there is nothing new for too long; `None` after the terminal event,
    /// or where the reply was given up before.
    pub(crate) async fn read(&mut self) -> Option<Bytes> {
        let reply = &self.reply.0;
        loop {
            // Made before the look: what is appended between the look and the wait is not missed.
            let news = reply.news.notified();
            if let Some(taken) = reply.take(self.next, self.format) {
                self.next = taken.next;
                self.ping.set(Instant::now() + PING_EVERY);
                return Some(taken.bytes);
            }
            let (events, ended) = reply.extent();
            if ended && events <= self.next {
                return None;
            }
            tokio::select! {
                biased;
                () = news => {}
                () = self.ping.passed() => {
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
    reply: Reading,
    next: usize,
}

impl TextReader {
    /// Reads the text of `reply`, which has ended.
    pub(crate) fn of(reply: Arc<Reply>) -> Self {
        Self {
            reply: Reading::of(reply),
            next: 0,
        }
    }
}

impl Iterator for TextReader {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let taken = self.reply.0.take_text(self.next)?;
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
