//! One reader of a reply, at its own speed.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use crate::deadline::Deadline;
use crate::event_log::Batch;
use crate::reply::Reply;

/// The silence of a stream before a keep-alive: below the idle timeouts of the usual load balancers (30 s and more).
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Registers a reader. A reply with readers is evicted last.
#[derive(Debug)]
struct ReaderGuard(Arc<Reply>);

impl ReaderGuard {
    fn new(reply: Arc<Reply>) -> Self {
        reply.add_reader();
        Self(reply)
    }
}

impl Drop for ReaderGuard {
    fn drop(&mut self) {
        self.0.remove_reader();
    }
}

/// The outcome of a join.
#[derive(Debug)]
pub enum Join {
    /// There is, or will be, an event to read.
    Reading(Reader),
    /// The reply has ended and everything of it was read.
    Complete,
    /// The last event id is beyond the last event.
    Beyond,
    /// The reply has just been evicted.
    Lost,
}

/// A read of a reply.
#[derive(Debug)]
pub enum ReplyRead<T> {
    /// Everything new, up to a batch, as it was framed.
    Events(T),
    /// Nothing new for too long: the stream needs a sign of life.
    KeepAlive,
}

/// Reads a reply from some event to its end.
#[derive(Debug)]
pub struct Reader {
    reply: ReaderGuard,
    next: usize,
    keep_alive: Deadline,
}

impl Reader {
    /// Joins `reply` after the event `last`, or from its beginning.
    #[must_use]
    pub fn join(reply: Arc<Reply>, last: Option<u64>) -> Join {
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
        Join::Reading(Self { next, ..Self::new(reply) })
    }

    /// Reads `reply` from its beginning.
    #[must_use]
    pub fn new(reply: Arc<Reply>) -> Self {
        let keep_alive = Deadline::new(Instant::now() + KEEP_ALIVE);
        Self { reply: ReaderGuard::new(reply), next: 0, keep_alive }
    }

    /// Waits for more of the reply, and frames it; `None` after the terminal event, or where the reply was evicted before
    /// it.
    pub async fn read<T>(&mut self, frame: impl Fn(&Batch<'_>) -> T) -> Option<ReplyRead<T>> {
        let reply = &self.reply.0;
        loop {
            // Registered before the look: an append between the look and the wait is not missed.
            let news = reply.news.notified();
            if let Poll::Ready(framed) = reply.frame(self.next, &frame) {
                let (events, next) = framed?;
                self.next = next;
                self.keep_alive.reset(Instant::now() + KEEP_ALIVE);
                return Some(ReplyRead::Events(events));
            }
            tokio::select! {
                biased;
                () = news => {}
                () = self.keep_alive.expired() => {
                    self.keep_alive.reset(Instant::now() + KEEP_ALIVE);
                    return Some(ReplyRead::KeepAlive);
                }
            }
        }
    }
}

/// Reads the text of a sealed reply as it stands in a JSON document, between the quotes: a slow reader of a long reply
/// holds one batch of it.
#[derive(Debug)]
pub struct TextReader {
    reply: ReaderGuard,
    next: usize,
}

impl TextReader {
    /// Reads the text of `reply`, which has ended.
    #[must_use]
    pub fn new(reply: Arc<Reply>) -> Self {
        Self { reply: ReaderGuard::new(reply), next: 0 }
    }
}

impl Iterator for TextReader {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let (text, next) = self.reply.0.escaped_text(self.next)?;
        self.next = next;
        Some(text)
    }
}
