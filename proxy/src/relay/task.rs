//! The task that owns a reply: it calls the upstream and reads it to its end, whoever listens.
//!
//! The call itself and the reading are one task, started by `tokio::spawn`: hyper hands over the chunks of a body one
//! by one, and only tasks in the same queue as hyper's connection can let it go first. The first piece goes out at
//! once; after that the task takes what is ready, lets hyper fill up, takes again, and only then wakes the readers,
//! so that a burst of tokens costs a few writes instead of one each. No timer is involved.

use std::{
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use porthole_domain::reply::ReplyPart;
use reqwest::Client;
use tokio::time::Instant;

use super::reply::Producer;
use crate::deadline::Deadline;
use crate::upstream::{Answer, Call, Failure, Leave, Phase, Read, Upstream};

/// Bytes of an answer that are gathered before the readers are woken.
const GATHER: usize = 32 * 1024;

/// How long an upstream may take (DESIGN §6.3); the time to connect is the client's own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeLimits {
    /// From the request to the first byte of the answer's body: the head proves nothing, n8n sends it at once.
    pub(crate) first_byte: Duration,
    /// From byte to byte; n8n sends a sign of life every 30 s.
    pub(crate) next_byte: Duration,
    /// From the workflow's own error to the end, which n8n sometimes never sends.
    pub(crate) after_error: Duration,
    /// From the request to the end.
    pub(crate) whole: Duration,
    /// From the visitor's stop to the release of the permit: the workflow runs on.
    pub(crate) after_stop: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_mins(2),
            next_byte: Duration::from_mins(1),
            after_error: Duration::from_secs(2),
            whole: Duration::from_mins(5),
            after_stop: Duration::from_secs(30),
        }
    }
}

/// What a message was granted before it runs.
pub(crate) trait Permit: Send + 'static {
    /// The upstream is called now: from here on the message has cost what it costs.
    fn use_up(&mut self);
}

/// Starts the task. `permit` is held until the upstream call is over, which after a stop is later than the reply.
pub(crate) fn start(
    producer: Producer,
    upstream: Arc<Upstream>,
    client: Client,
    call: Call,
    limits: TimeLimits,
    mut permit: impl Permit,
) {
    // Its end is awaited through the relay's count of running replies.
    tokio::spawn(async move {
        run(&producer, &upstream, &client, &call, limits, &mut permit).await;
        drop(permit);
    });
}

async fn run(
    producer: &Producer,
    upstream: &Upstream,
    client: &Client,
    call: &Call,
    limits: TimeLimits,
    permit: &mut impl Permit,
) {
    let entered = tokio::select! {
        biased;
        entered = upstream.enter() => entered,
        // Stopped before its turn: nothing was sent, and nothing will be.
        () = producer.ended() => return,
    };
    let mut leave = match entered {
        Ok(leave) => leave,
        Err(failure) => return producer.fail(failure),
    };
    permit.use_up();
    let outcome = match converse(producer, upstream, client, call, &mut leave, limits).await {
        Ok(Close::Complete) => {
            producer.complete();
            Ok(())
        }
        // Nobody waited for an answer, so that none came says nothing of the upstream.
        Ok(Close::Released) => return,
        Err(failure) => {
            producer.fail(failure);
            Err(failure)
        }
    };
    leave.give_back(outcome, std::time::Instant::now());
}

/// How a call came to its end without a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Close {
    /// The upstream ended it.
    Complete,
    /// The reply was stopped before, and the upstream is waited for no longer.
    Released,
}

/// Calls the upstream and reads its answer to the end.
async fn converse(
    producer: &Producer,
    upstream: &Upstream,
    client: &Client,
    call: &Call,
    leave: &mut Leave,
    limits: TimeLimits,
) -> Result<Close, Failure> {
    let mut watch = Watch::new(producer, leave, limits);
    let mut answer = match watch.over(upstream.call(client, call)).await {
        Ok(answer) => answer?,
        Err(late) => return late,
    };
    let mut pieces = Vec::new();
    let mut spoken = false;
    loop {
        let mut read = match watch.over(poll_fn(|cx| answer.poll_read(cx, &mut pieces))).await {
            Ok(read) => read,
            Err(late) => return late,
        };
        // The first words go out at once, all later ones with what came together with them.
        if spoken || pieces.is_empty() {
            read = gather(&mut answer, &mut pieces, read).await;
        }
        spoken |= !pieces.is_empty();
        watch.heard(answer.has_failed());
        producer.append(&mut pieces);
        if read? == Read::End {
            producer.skipped(answer.skipped_lines());
            return Ok(Close::Complete);
        }
    }
}

/// Reads on, after a first read, while something is ready, letting hyper go first whenever nothing is.
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

/// Watches over the time that the upstream takes.
struct Watch<'a> {
    producer: &'a Producer,
    leave: &'a mut Leave,
    limits: TimeLimits,
    began: Instant,
    heard: Option<Instant>,
    failed: Option<Instant>,
    stopped: Option<Instant>,
    deadline: Deadline,
}

/// What it means that a wait was too long.
type Late = Result<Close, Failure>;

impl<'a> Watch<'a> {
    fn new(producer: &'a Producer, leave: &'a mut Leave, limits: TimeLimits) -> Self {
        let began = Instant::now();
        let deadline = Deadline::new(began + limits.first_byte.min(limits.whole));
        Self {
            producer,
            leave,
            limits,
            began,
            heard: None,
            failed: None,
            stopped: None,
            deadline,
        }
    }

    /// A byte came, perhaps one of the workflow's own error, or one of what goes on after it.
    fn heard(&mut self, has_failed: bool) {
        let now = Instant::now();
        self.leave.answered();
        self.heard = Some(now);
        self.failed = has_failed.then(|| self.failed.unwrap_or(now));
        self.deadline.set(self.due().0);
    }

    /// Waits for `work` within the limits. A reply that is stopped meanwhile is waited for a little longer.
    async fn over<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Late> {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                () = self.producer.ended(), if self.stopped.is_none() => {
                    self.stopped = Some(Instant::now());
                    self.leave.unwanted();
                    self.deadline.set(self.due().0);
                }
                () = self.deadline.passed() => return Err(self.due().1),
            }
        }
    }

    /// The next limit and what follows from it.
    fn due(&self) -> (Instant, Late) {
        let limits = &self.limits;
        let bytes = match self.heard {
            None => (
                self.began + limits.first_byte,
                Err(Failure::TimedOut(Phase::FirstByte)),
            ),
            Some(heard) => (heard + limits.next_byte, Err(Failure::TimedOut(Phase::NextByte))),
        };
        let whole = (self.began + limits.whole, Err(Failure::TimedOut(Phase::Whole)));
        let failed = self
            .failed
            .map(|failed| (failed + limits.after_error, Err(Failure::Reported)));
        let stopped = self
            .stopped
            .map(|stopped| (stopped + limits.after_stop, Ok(Close::Released)));
        let others = [Some(whole), failed, stopped].into_iter().flatten();
        others.fold(
            bytes,
            |first, other| if other.0 < first.0 { other } else { first },
        )
    }
}
