//! The task that owns a reply: it calls the upstream and reads it to its end, with or without readers.
//!
//! The call itself and the reading are one task, started by `tokio::spawn`: hyper hands over the chunks of a body one
//! by one, and only tasks in the same queue as hyper's connection can let it go first. The first piece goes out at
//! once; after that the task takes everything ready, lets hyper fill up, takes again, and only then wakes the readers,
//! so that a burst of tokens costs a few writes instead of one each: measured, 2 writes and 78 µs of CPU for 50 tokens
//! instead of 51 writes and 337 µs. Each worker has a client of its own, or chunks travel between threads. No timer is
//! involved, so that paced tokens go out one by one. It leans on the order of the runtime's queue; if that changes there
//! are only more writes, which a test notices: at most 4 batches for a burst of 50.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use porthole_domain::chain::End;
use porthole_domain::reply::ReplyPart;
use porthole_store::claim::MemoryClaim;
use porthole_store::quota::{ConcurrencyPermit, Reservation};
use porthole_upstream::{Answer, CallPermit, Client, Failure, MessageCall, Read, Upstream};
use tokio::task::yield_now;

use crate::relay::Relay;
use crate::reply::{Ending, Reply};
use crate::seal::Seal;
use crate::time_limits::{CallEnd, TimeLimits, Timeouts};
use crate::writer::ReplyWriter;

/// The bytes of an answer that are gathered before the readers are woken.
const GATHER: usize = 32 * 1024;

/// Everything that a reply needs to run.
#[derive(Debug)]
pub struct ReplyStart<S> {
    /// The source of the answer.
    pub upstream: Upstream,
    /// The client of the worker that starts it.
    pub client: Client,
    /// The message, boxed because the head of the answer is its end.
    pub call: Box<MessageCall>,
    /// The sealing of the reply.
    pub seal: S,
    /// The timeouts.
    pub limits: TimeLimits,
    /// The quota of the message, spent once the upstream is called.
    pub reservation: Reservation,
    /// The concurrency, held until the upstream call is over: after a stop that is later than the reply.
    pub permit: ConcurrencyPermit,
}

/// Starts the reply of a claimed message in a task of its own.
pub async fn start<S: Seal>(relay: &Relay, claim: MemoryClaim<Reply>, start: ReplyStart<S>) -> Arc<Reply> {
    let reply = relay.new_reply(&claim);
    let request_id = start.call.context.request_id;
    // There is a writer before the reply can be found: dropped while this waits, it fails the reply.
    let writer = ReplyWriter::new(Arc::clone(&reply), relay.clone(), request_id);
    relay.start(claim, Arc::clone(&reply)).await;
    // The relay's count of replies in flight awaits its end.
    tokio::spawn(run(writer, Box::new(start)));
    reply
}

async fn run<S: Seal>(writer: ReplyWriter, start: Box<ReplyStart<S>>) {
    let mut decided = pin!(writer.decided());
    let acquired = tokio::select! {
        biased;
        acquired = start.upstream.acquire(start.call.context.address) => Some(acquired),
        // Stopped in the queue: nothing was sent, and nothing will be.
        () = &mut decided => None,
    };
    match acquired {
        None => {}
        Some(Err(failure)) => writer.decide(Ending::Failed(failure)),
        Some(Ok(call_permit)) => {
            start.reservation.spend();
            let timeouts = Timeouts::new(start.limits);
            let mut upstream_call = UpstreamCall {
                writer: &writer,
                seal: &start.seal,
                decided,
                runs_on: start.upstream.runs_on(),
                permit: call_permit,
                timeouts,
            };
            let (upstream, client, call) = (start.upstream, start.client, start.call);
            // Boxed: the call is most of the task, and over once the answer is read.
            let answer = Box::pin(async move { upstream.call(&client, &call).await });
            let outcome = upstream_call.run(answer).await;
            upstream_call.finish(outcome);
        }
    }
    writer.seal(&start.seal).await;
    drop(start.permit);
}

/// One call of the upstream, and the reading of its answer.
struct UpstreamCall<'a, S, D> {
    writer: &'a ReplyWriter,
    seal: &'a S,
    /// One for the whole call, polled until it is ready.
    decided: Pin<&'a mut D>,
    /// The upstream runs to its end, whether or not it is listened to.
    runs_on: bool,
    permit: CallPermit,
    timeouts: Timeouts,
}

impl<S: Seal, D: Future<Output = ()>> UpstreamCall<'_, S, D> {
    async fn run(
        &mut self,
        answer: impl Future<Output = Result<Answer, Failure>> + Unpin,
    ) -> Result<End, CallEnd> {
        let mut answer = self.wait_for_head(answer).await?;
        let mut pieces = Vec::new();
        let mut has_text = false;
        loop {
            let mut read = self.read(&mut answer, &mut pieces).await?;
            // The first words go out at once, all later ones together with everything that came with them.
            if has_text || pieces.is_empty() {
                read = gather(&mut answer, &mut pieces, read).await;
            }
            has_text |= !pieces.is_empty();
            self.permit.record_first_byte();
            self.timeouts.postpone(has_text, answer.has_failed());
            let is_running = self.writer.append(&mut pieces, answer.held_bytes());
            let bytes = match read? {
                Read::Bytes(bytes) => bytes,
                Read::End(end) => {
                    self.writer.count_skipped(answer.skipped_lines());
                    return Ok(end);
                }
            };
            // An upstream that never pauses leaves no other chance to notice it.
            if !is_running && !self.timeouts.is_stopped() {
                self.end(Interruption::Decided).await?;
                answer.discard();
            }
            // The other tasks of the worker have their turn, too, while an upstream floods this one, and so have the
            // timeouts, which a read that is always ready comes before.
            if bytes >= GATHER {
                yield_now().await;
                self.timeouts.check()?;
            }
        }
    }

    /// Waits for the head of the answer within the timeouts.
    async fn wait_for_head(
        &mut self,
        mut answer: impl Future<Output = Result<Answer, Failure>> + Unpin,
    ) -> Result<Answer, CallEnd> {
        loop {
            tokio::select! {
                biased;
                answer = &mut answer => return Ok(answer?),
                interruption = self.interrupted() => self.end(interruption).await?,
            }
        }
    }

    /// Waits for more of the answer within the timeouts.
    async fn read(
        &mut self,
        answer: &mut Answer,
        pieces: &mut Vec<ReplyPart>,
    ) -> Result<Result<Read, Failure>, CallEnd> {
        loop {
            tokio::select! {
                biased;
                read = poll_fn(|cx| answer.poll_read(cx, pieces)) => return Ok(read),
                interruption = self.interrupted() => {
                    self.end(interruption).await?;
                    answer.discard();
                }
            }
        }
    }

    /// Waits until something else than the upstream ends the wait for it.
    async fn interrupted(&mut self) -> Interruption {
        tokio::select! {
            biased;
            () = &mut self.decided, if !self.timeouts.is_stopped() => Interruption::Decided,
            timed_out = self.timeouts.expired() => Interruption::TimedOut(timed_out),
        }
    }

    /// Ends the call, and seals a reply whose end is decided. After a stop a workflow is waited for a little longer: it
    /// runs on, and holds its permit. A model ends with its connection.
    async fn end(&mut self, interruption: Interruption) -> Result<(), CallEnd> {
        if let Interruption::TimedOut(timed_out) = interruption {
            return Err(timed_out);
        }
        let ending = Box::pin(self.writer.seal(self.seal)).await;
        if matches!(ending, Some(Ending::Failed(_))) || !self.runs_on {
            return Err(CallEnd::Released);
        }
        self.permit.abandon_trial();
        self.timeouts.stop();
        Ok(())
    }

    fn finish(self, outcome: Result<End, CallEnd>) {
        let (ending, outcome) = match outcome {
            Ok(end) => (Ending::Sealed(end), Ok(())),
            Err(CallEnd::Failed(failure)) => (Ending::Failed(failure), Err(failure)),
            // No visitor waited for the answer, so that a silent upstream is no sign of its health.
            Err(CallEnd::Released) => return,
        };
        self.writer.decide(ending);
        self.permit.finish(outcome, Instant::now());
    }
}

/// The cause for which the upstream is not waited for any longer.
enum Interruption {
    /// The reply's end was decided by its visitor, by the budget or by a shutdown.
    Decided,
    TimedOut(CallEnd),
}

impl From<Failure> for CallEnd {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Reads on, after a first read, while more is ready, letting hyper go first whenever nothing is.
async fn gather(
    answer: &mut Answer,
    pieces: &mut Vec<ReplyPart>,
    first: Result<Read, Failure>,
) -> Result<Read, Failure> {
    let Ok(Read::Bytes(mut bytes)) = first else {
        return first;
    };
    let mut waited = false;
    poll_fn(|cx| {
        while bytes < GATHER {
            match answer.poll_read(cx, pieces) {
                Poll::Ready(Ok(Read::Bytes(more))) => (bytes, waited) = (bytes + more, false),
                Poll::Ready(last) => return Poll::Ready(last),
                Poll::Pending if waited => break,
                Poll::Pending => {
                    waited = true;
                    return wake_behind_hyper(cx);
                }
            }
        }
        Poll::Ready(Ok(Read::Bytes(bytes)))
    })
    .await
}

/// Puts the task to the end of the run queue: hyper's connection, woken by the chunk that was taken, is before it.
fn wake_behind_hyper<T>(cx: &Context<'_>) -> Poll<T> {
    cx.waker().wake_by_ref();
    Poll::Pending
}
