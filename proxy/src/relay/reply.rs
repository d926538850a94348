//! One reply: running, then sealed or failed, with exactly one terminal event.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use porthole_domain::{
    chain::End,
    message::MessageId,
    reply::{EmptyCause, ReplyPart},
};
use porthole_protocol::{Done, Problem};
use tokio::{sync::Notify, time::timeout};

use super::{
    buffer::{Buffer, Format, Taken},
    ledger::{Kept, Ledger},
    registry::{ConversationId, Relay},
};
use crate::upstream::Failure;

/// How a reply is sealed and how its failure is told; made by the handler that starts the reply.
///
/// It is called under the reply's lock: it must not wait, nor call the relay.
pub(crate) trait Sealing: Send {
    /// Takes the text of a delta, in order; the concatenated texts are the reply.
    fn absorb(&mut self, text: &str);

    /// Counts lines of the upstream that were skipped because nothing is known of their kind.
    fn skipped(&mut self, lines: u32);

    /// Mints what ends a sealed reply; called at most once.
    fn seal(&mut self, end: End) -> Result<Done, Failure>;

    /// Tells a failure; called at most once, and never after a successful [`Sealing::seal`].
    fn problem(&mut self, failure: &Failure) -> Problem;
}

/// A whole reply that was sealed; its text is read by a [`super::TextReader`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whole {
    /// The bytes of its text, as it stands in JSON.
    pub(crate) text_bytes: usize,
    /// The follow-up questions.
    pub(crate) suggestions: Vec<String>,
    /// The terminal event.
    pub(crate) done: Done,
}

/// Where a reply stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Running,
    Sealed(Instant),
    Failed(Failure, Instant),
}

/// A reply that readers join and visitors stop.
pub(crate) struct Reply {
    conversation: ConversationId,
    message_id: MessageId,
    ledger: Arc<Ledger>,
    state: Mutex<State>,
    /// There is more to read, or the upstream's body has begun.
    pub(super) news: Notify,
    /// The reply has ended, whoever ended it.
    ended: Notify,
    readers: AtomicUsize,
}

struct State {
    buffer: Buffer,
    /// Whether a byte of the upstream's body has come.
    answered: bool,
    /// Whether there is a delta.
    spoken: bool,
    /// There until the reply ends.
    sealing: Option<Box<dyn Sealing>>,
    outcome: Option<(Result<Done, Failure>, Instant)>,
}

/// What ends a reply.
#[derive(Clone, Copy, Debug)]
enum Ending {
    Complete,
    Stopped,
    Failed(Failure),
}

impl Reply {
    pub(super) fn begin(
        conversation: ConversationId,
        message_id: MessageId,
        relay: Relay,
        sealing: Box<dyn Sealing>,
    ) -> Producer {
        let buffer = Buffer::begin(
            &message_id.to_string(),
            &conversation.sid.as_hyphenated().to_string(),
        );
        let ledger = Arc::clone(relay.ledger());
        ledger.begin(buffer.bytes());
        let state = State {
            buffer,
            answered: false,
            spoken: false,
            sealing: Some(sealing),
            outcome: None,
        };
        let state = Mutex::new(state);
        let (news, ended) = (Notify::new(), Notify::new());
        Producer {
            reply: Arc::new(Self {
                conversation,
                message_id,
                ledger,
                state,
                news,
                ended,
                readers: AtomicUsize::new(0),
            }),
            relay,
        }
    }

    /// Where it is said.
    pub(super) fn conversation(&self) -> &ConversationId {
        &self.conversation
    }

    /// The message that is answered.
    pub(crate) fn message_id(&self) -> MessageId {
        self.message_id
    }

    /// Ends the reply where it is, before this returns; without effect after its end.
    ///
    /// What was said is sealed as stopped; before the first word nothing is sealed.
    pub(crate) fn stop(self: &Arc<Self>) {
        self.end(Ending::Stopped);
    }

    /// Waits until the status of a response can be told: the first byte of the upstream's body has come, the reply has
    /// ended, or `patience` ran out. A failure before the first word is the response itself; a later one is an event
    /// in its stream, however quickly it followed.
    pub(crate) async fn committed(&self, patience: Duration) -> Result<(), Failure> {
        let told = self.settled(|state| match &state.outcome {
            Some((Err(failure), _)) if !state.spoken => Some(Err(*failure)),
            Some(_) => Some(Ok(())),
            None => state.answered.then_some(Ok(())),
        });
        timeout(patience, told).await.unwrap_or(Ok(()))
    }

    /// Waits for the whole reply.
    pub(crate) async fn finished(&self) -> Result<Whole, Failure> {
        let done = self
            .settled(|state| state.outcome.as_ref().map(|(outcome, _)| outcome.clone()))
            .await?;
        let state = self.state();
        if state.buffer.events() == 0 {
            return Err(Failure::TooLarge);
        }
        Ok(Whole {
            text_bytes: state.buffer.raw_text_bytes(),
            suggestions: state.buffer.suggestions(),
            done,
        })
    }

    /// Waits until `told` tells something.
    async fn settled<T>(&self, told: impl Fn(&State) -> Option<T>) -> T {
        loop {
            // Made before the look: what happens between the look and the wait is not missed.
            let news = self.news.notified();
            if let Some(value) = told(&self.state()) {
                return value;
            }
            news.await;
        }
    }

    pub(super) fn standing(&self) -> Standing {
        match &self.state().outcome {
            None => Standing::Running,
            Some((Ok(_), at)) => Standing::Sealed(*at),
            Some((Err(failure), at)) => Standing::Failed(*failure, *at),
        }
    }

    pub(super) fn take(&self, from: usize, format: Format) -> Option<Taken> {
        self.state().buffer.take(from, format)
    }

    pub(super) fn take_text(&self, from: usize) -> Option<Taken> {
        self.state().buffer.take_text(from)
    }

    /// The concatenated deltas.
    #[cfg(test)]
    pub(super) fn text(&self) -> String {
        self.state().buffer.text()
    }

    /// Ends the reply from outside of its task, which goes on unheard.
    pub(super) fn cut_off(self: &Arc<Self>) {
        self.end(Ending::Failed(Failure::CutOff));
    }

    /// One more reads it, for whom it is kept.
    pub(super) fn one_more_reads(&self) {
        self.readers.fetch_add(1, Ordering::Relaxed);
        self.ledger.one_more_reads();
    }

    pub(super) fn one_less_reads(&self) {
        self.readers.fetch_sub(1, Ordering::Relaxed);
        self.ledger.one_less_reads();
    }

    /// Whether somebody reads it.
    pub(super) fn is_read(&self) -> bool {
        self.readers.load(Ordering::Relaxed) > 0
    }

    /// Lets go of all events of a reply that has ended: whoever still reads it is cut off before its terminal event.
    pub(super) fn give_up(&self) {
        self.state().buffer = Buffer::default();
    }

    /// The number of events so far, none where it was given up, and whether the last of them is terminal.
    pub(super) fn extent(&self) -> (usize, bool) {
        let state = self.state();
        (state.buffer.events(), state.outcome.is_some())
    }

    fn append(&self, pieces: &mut Vec<ReplyPart>) {
        let mut state = self.state();
        let before = state.buffer.bytes();
        let taken = state.append(pieces);
        // Before anybody can end the reply, and give back what was not counted yet.
        self.ledger.grow(state.buffer.bytes() - before);
        drop(state);
        pieces.clear();
        if taken {
            self.news.notify_waiters();
        }
    }

    fn end(self: &Arc<Self>, ending: Ending) {
        let mut state = self.state();
        let before = state.buffer.bytes();
        let Some(at) = state.end(ending) else { return };
        let bytes = state.buffer.bytes();
        drop(state);
        self.ledger.grow(bytes - before);
        self.ledger.end(Kept {
            reply: Arc::clone(self),
            at,
            bytes,
        });
        self.news.notify_waiters();
        self.ended.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({})", self.message_id)
    }
}

impl State {
    /// Appends the pieces, text that came together as one delta; false where the reply has ended.
    fn append(&mut self, pieces: &mut Vec<ReplyPart>) -> bool {
        let Some(sealing) = &mut self.sealing else {
            return false;
        };
        self.answered = true;
        let mut text = String::new();
        for piece in pieces.drain(..) {
            match piece {
                ReplyPart::Text(more) if text.is_empty() => text = more,
                ReplyPart::Text(more) => text.push_str(&more),
                other => {
                    say(
                        &mut self.buffer,
                        sealing.as_mut(),
                        &std::mem::take(&mut text),
                        &mut self.spoken,
                    );
                    self.buffer.push(other);
                }
            }
        }
        say(&mut self.buffer, sealing.as_mut(), &text, &mut self.spoken);
        true
    }

    /// Appends the terminal event; `None` where there is one.
    fn end(&mut self, ending: Ending) -> Option<Instant> {
        let mut sealing = self.sealing.take()?;
        let outcome = match ending {
            Ending::Failed(failure) => Err(failure),
            Ending::Complete if self.spoken => sealing.seal(End::Complete),
            Ending::Complete => Err(Failure::Empty(EmptyCause::NoText)),
            Ending::Stopped if self.spoken => sealing.seal(End::Stopped),
            Ending::Stopped => Err(Failure::Stopped),
        };
        match &outcome {
            Ok(done) => self.buffer.push_done(done),
            Err(failure) => self.buffer.push_error(&sealing.problem(failure)),
        }
        let at = Instant::now();
        self.outcome = Some((outcome, at));
        Some(at)
    }
}

fn say(buffer: &mut Buffer, sealing: &mut dyn Sealing, text: &str, spoken: &mut bool) {
    if !text.is_empty() {
        sealing.absorb(text);
        buffer.push_text(text);
        *spoken = true;
    }
}

/// The one writer of a reply. Dropped before the end, it fails the reply: no reader waits for ever.
#[derive(Debug)]
pub(crate) struct Producer {
    reply: Arc<Reply>,
    relay: Relay,
}

impl Producer {
    /// The reply that is written.
    pub(crate) fn reply(&self) -> &Arc<Reply> {
        &self.reply
    }

    /// Appends what came together and wakes the readers; all of it is dropped once the reply has ended.
    ///
    /// Also called without pieces: then it only says that the upstream has begun to answer.
    pub(super) fn append(&self, pieces: &mut Vec<ReplyPart>) {
        self.reply.append(pieces);
        if !self.relay.make_room() {
            self.fail(Failure::TooLarge);
        }
    }

    /// Counts lines that were skipped.
    pub(super) fn skipped(&self, lines: u32) {
        if let Some(sealing) = &mut self.reply.state().sealing {
            sealing.skipped(lines);
        }
    }

    /// Seals the reply.
    pub(super) fn complete(&self) {
        self.reply.end(Ending::Complete);
    }

    /// Ends the reply without sealing it.
    pub(super) fn fail(&self, failure: Failure) {
        self.reply.end(Ending::Failed(failure));
    }

    /// Waits until the reply has ended.
    pub(super) async fn ended(&self) {
        let ended = self.reply.ended.notified();
        if self.reply.standing() == Standing::Running {
            ended.await;
        }
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        self.fail(Failure::Internal);
    }
}
