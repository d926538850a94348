//! One reply: in flight, then sealed or failed, with exactly one terminal event.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};
use std::{fmt, mem};

use parking_lot::Mutex;
use porthole_domain::chain::{End, TextHash, TextHasher};
use porthole_domain::message::MessageId;
use porthole_domain::reply::ReplyPart;
use porthole_protocol::{Done, EventKind, Problem, Source};
use porthole_store::ConversationId;
use porthole_store::claim::{ClaimedReply, Repeat, ReplyStatus};
use porthole_upstream::Failure;
use tokio::{sync::Notify, time::timeout};

use crate::budget::Budget;
use crate::event_log::{Batch, EventLog};

/// The memory of a reply beside its log, also where its claim and the queue of ended replies point to it (measured).
const BYTES_BESIDE_LOG: usize = 1024;

/// A reply that readers join and visitors stop.
pub struct Reply {
    conversation: ConversationId,
    message_id: MessageId,
    budget: Arc<Budget>,
    state: Mutex<State>,
    /// There is more to read, or the upstream's body has begun.
    pub(crate) news: Notify,
    /// The end of the reply is decided.
    decided: Notify,
    readers: AtomicUsize,
}

struct State {
    log: EventLog,
    /// The hash over the text; beside the log that is held nowhere.
    text_hash: TextHasher,
    /// There was text, though it may have been taken back.
    had_text: bool,
    /// A byte of the upstream's body has come.
    has_first_byte: bool,
    phase: ReplyPhase,
    /// The memory of the decoder, which holds what is no event yet.
    decoder_bytes: usize,
    /// The bytes that the budget counts; 0 after an eviction, though a reader may still hold the reply.
    counted_bytes: usize,
}

/// The life of a reply: its end is decided first, and then sealed without a lock, which may await.
#[derive(Clone, Debug)]
enum ReplyPhase {
    Running,
    Ending(Ending),
    /// The log holds the rest of it.
    Ended(Result<(), Failure>, Instant),
}

/// The causes of a reply's end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    Sealed(End),
    Failed(Failure),
}

/// A reply whose end is decided and that is to be sealed.
pub(crate) struct Decided {
    pub(crate) ending: Ending,
    /// The hash over the text; `None` where there is no text.
    pub(crate) text_hash: Option<TextHash>,
}

/// A sealed reply as one document; its text is read by a [`crate::TextReader`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedReply {
    /// The bytes of its text, as it stands in JSON.
    pub text_len: usize,
    /// The follow-up questions.
    pub suggestions: Vec<String>,
    /// The sources of the answer.
    pub sources: Vec<Source>,
    /// The data of the terminal event: [`Done`] as JSON.
    pub done: Vec<u8>,
}

impl Reply {
    pub(crate) fn new(conversation: ConversationId, message_id: MessageId, budget: Arc<Budget>) -> Arc<Self> {
        let session_id = conversation.sid.as_hyphenated().to_string();
        budget.in_flight.add();
        let state = State {
            log: EventLog::new(&message_id.to_string(), &session_id),
            text_hash: TextHasher::new(),
            had_text: false,
            has_first_byte: false,
            phase: ReplyPhase::Running,
            decoder_bytes: 0,
            counted_bytes: 0,
        };
        let reply = Self {
            conversation,
            message_id,
            budget,
            state: Mutex::new(state),
            news: Notify::new(),
            decided: Notify::new(),
            readers: AtomicUsize::new(0),
        };
        reply.recount(&mut reply.state.lock());
        Arc::new(reply)
    }

    /// Tells the budget how much the reply takes now.
    fn recount(&self, state: &mut State) {
        let now = BYTES_BESIDE_LOG + state.log.bytes() + state.decoder_bytes;
        self.budget.recount(mem::replace(&mut state.counted_bytes, now), now);
    }

    /// Returns the bytes that the budget counts.
    pub(crate) fn counted_bytes(&self) -> usize {
        self.state.lock().counted_bytes
    }

    /// Returns the conversation that it belongs to.
    pub(crate) fn conversation(&self) -> &ConversationId {
        &self.conversation
    }

    /// Returns the message that is answered.
    #[must_use]
    pub fn message_id(&self) -> MessageId {
        self.message_id
    }

    /// Stops the reply, and waits until its terminal event is there; without effect after its end.
    ///
    /// The text so far is sealed as stopped; before the first word nothing is sealed.
    pub async fn stop(&self) {
        self.decide(Ending::Sealed(End::Stopped));
        self.wait_for(|state| matches!(state.phase, ReplyPhase::Ended(..)).then_some(())).await;
    }

    /// Waits until the status of a response is known: the first byte of the upstream's body has come, the reply has
    /// ended, or the timeout has passed. A failure before the first word is the response itself; a later one is an event
    /// in its stream, however quickly it followed.
    pub async fn wait_for_status(&self, limit: Duration) -> Result<(), Failure> {
        let committed = self.wait_for(|state| match &state.phase {
            ReplyPhase::Ended(Err(failure), _) if !state.had_text => Some(Err(*failure)),
            ReplyPhase::Ended(..) => Some(Ok(())),
            // Without text the end is a failure, which is the status.
            ReplyPhase::Ending(_) if !state.had_text => None,
            ReplyPhase::Running | ReplyPhase::Ending(_) => state.has_first_byte.then_some(Ok(())),
        });
        timeout(limit, committed).await.unwrap_or(Ok(()))
    }

    /// Waits for the whole reply.
    pub async fn wait_for_end(&self) -> Result<FinishedReply, Failure> {
        self.wait_for(|state| match &state.phase {
            ReplyPhase::Running | ReplyPhase::Ending(_) => None,
            ReplyPhase::Ended(Err(failure), _) => Some(Err(*failure)),
            // The log of an evicted reply is empty.
            ReplyPhase::Ended(Ok(()), _) => {
                Some(state.log.last().ok_or(Failure::TooLarge).map(|done| FinishedReply {
                    text_len: state.log.escaped_text_len(),
                    suggestions: state.log.suggestions(),
                    sources: state.log.sources(),
                    done: done.to_owned(),
                }))
            }
        })
        .await
    }

    /// Returns the failure of a reply that failed.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        match self.state.lock().phase {
            ReplyPhase::Ended(Err(failure), _) => Some(failure),
            ReplyPhase::Running | ReplyPhase::Ending(_) | ReplyPhase::Ended(Ok(()), _) => None,
        }
    }

    async fn wait_for<T>(&self, ready: impl Fn(&State) -> Option<T>) -> T {
        loop {
            // Registered before the look: news between the look and the wait are not missed.
            let news = self.news.notified();
            if let Some(value) = ready(&self.state.lock()) {
                return value;
            }
            news.await;
        }
    }

    /// Frames the events from `first` on under the lock, without a copy of them before, and returns the id behind them;
    /// `None` where no more will come.
    pub(crate) fn frame<T>(&self, first: usize, frame: impl Fn(&Batch<'_>) -> T) -> Poll<Option<(T, usize)>> {
        let state = self.state.lock();
        match state.log.batch(first) {
            Some(batch) => Poll::Ready(Some((frame(&batch), batch.next()))),
            None if matches!(state.phase, ReplyPhase::Ended(..)) => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    pub(crate) fn escaped_text(&self, first: usize) -> Option<(Vec<u8>, usize)> {
        self.state.lock().log.escaped_text(first)
    }

    /// Returns the number of events so far, 0 after an eviction; `true` where the last of them is terminal.
    pub(crate) fn extent(&self) -> (usize, bool) {
        let state = self.state.lock();
        (state.log.len(), matches!(state.phase, ReplyPhase::Ended(..)))
    }

    pub(crate) fn add_reader(&self) {
        self.readers.fetch_add(1, Ordering::Relaxed);
        self.budget.readers.add();
    }

    pub(crate) fn remove_reader(&self) {
        self.readers.fetch_sub(1, Ordering::Relaxed);
        self.budget.readers.remove();
    }

    pub(crate) fn has_readers(&self) -> bool {
        self.readers.load(Ordering::Relaxed) > 0
    }

    /// Evicts the events of a reply that has ended: a reader in the middle is cut off before the terminal event.
    pub(crate) fn evict(&self) {
        let mut state = self.state.lock();
        state.log = EventLog::default();
        self.budget.recount(mem::take(&mut state.counted_bytes), 0);
    }

    /// Appends the pieces, text that came together as one delta, and tells if they bring the first text; `None` where
    /// the end is decided. Without pieces it only tells that the upstream has begun to answer. The decoder holds
    /// `decoder_bytes` beside them.
    pub(crate) fn append(&self, pieces: &mut Vec<ReplyPart>, decoder_bytes: usize) -> Option<bool> {
        let mut state = self.state.lock();
        if !matches!(state.phase, ReplyPhase::Running) {
            pieces.clear();
            return None;
        }
        let had_text = state.had_text;
        state.append(pieces);
        let brings_first = state.had_text && !had_text;
        state.decoder_bytes = decoder_bytes;
        self.recount(&mut state);
        drop(state);
        self.news.notify_waiters();
        Some(brings_first)
    }

    /// Decides how the reply ends; without effect where that is decided.
    pub(crate) fn decide(&self, ending: Ending) {
        let mut state = self.state.lock();
        if matches!(state.phase, ReplyPhase::Running) {
            state.phase = ReplyPhase::Ending(ending);
            drop(state);
            self.decided.notify_waiters();
        }
    }

    /// Waits until the end is decided.
    pub(crate) async fn decided(&self) {
        let decided = self.decided.notified();
        if self.is_running() {
            decided.await;
        }
    }

    /// Takes the decision over the end, with the hash; `None` before it and after the terminal event.
    pub(crate) fn decision(&self) -> Option<Decided> {
        let mut state = self.state.lock();
        let ReplyPhase::Ending(ending) = state.phase else {
            return None;
        };
        let text_hash = (state.text_hash.bytes() > 0).then(|| mem::take(&mut state.text_hash).finish());
        drop(state);
        Some(Decided { ending, text_hash })
    }

    /// Returns `true` until the end is decided.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.state.lock().phase, ReplyPhase::Running)
    }

    /// Returns `true` once the terminal event is there.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state.lock().phase, ReplyPhase::Ended(..))
    }

    /// Appends the terminal event; called once.
    pub(crate) fn conclude(&self, outcome: Result<Done, Failure>, problem: Option<&Problem>) {
        let mut state = self.state.lock();
        match (&outcome, problem) {
            (Ok(done), _) => state.log.end(EventKind::Done, done),
            (Err(_), Some(problem)) => state.log.end(EventKind::Error, problem),
            (Err(_), None) => {}
        }
        state.phase = ReplyPhase::Ended(outcome.map(drop), Instant::now());
        // A decoder ends with the reply (`task`).
        state.decoder_bytes = 0;
        self.recount(&mut state);
        drop(state);
        self.budget.in_flight.remove();
        self.news.notify_waiters();
        self.decided.notify_waiters();
    }
}

impl ClaimedReply for Reply {
    fn status(&self) -> ReplyStatus {
        match &self.state.lock().phase {
            ReplyPhase::Running | ReplyPhase::Ending(_) => ReplyStatus::InFlight,
            ReplyPhase::Ended(Ok(()), at) => ReplyStatus::Sealed(*at),
            ReplyPhase::Ended(Err(failure), at) => ReplyStatus::Failed { at: *at, repeat: repeat(*failure) },
        }
    }
}

/// Returns the effect of a failure on a send of the same message.
fn repeat(failure: Failure) -> Repeat {
    match failure {
        Failure::Stopped => Repeat::Joins,
        failure if failure.is_undelivered() => Repeat::Runs,
        _ => Repeat::Fails,
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.budget.recount(self.state.get_mut().counted_bytes, 0);
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({})", self.message_id)
    }
}

impl State {
    fn append(&mut self, pieces: &mut Vec<ReplyPart>) {
        self.has_first_byte = true;
        let mut text = String::new();
        for piece in pieces.drain(..) {
            match piece {
                ReplyPart::Text(more) if text.is_empty() => text = more,
                ReplyPart::Text(more) => text.push_str(&more),
                other => {
                    self.append_text(&mem::take(&mut text));
                    self.append_other(other);
                }
            }
        }
        self.append_text(&text);
    }

    fn append_other(&mut self, piece: ReplyPart) {
        if let ReplyPart::Replace(text) = &piece {
            self.text_hash = TextHasher::new();
            self.text_hash.update(text);
            self.had_text |= !text.is_empty();
        }
        self.log.push(piece);
    }

    fn append_text(&mut self, text: &str) {
        self.had_text |= !text.is_empty();
        self.text_hash.update(text);
        self.log.push_text(text);
    }
}
