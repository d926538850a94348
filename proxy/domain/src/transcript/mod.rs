//! The conversation as the browser tells it, and the proof that it was so: nothing is stored here, so a message brings the
//! turns before it, and the head of its token says if they are the ones that were sealed (contract §3).

use std::fmt;

use thiserror::Error;

use crate::{
    chain::{Head, SealedTurn},
    message::MessageId,
    session::Session,
};

#[cfg(test)]
pub(crate) mod tests;
mod turn;

pub use turn::{Turn, TurnText};

/// The most turns of one transcript.
pub const MAX_TRANSCRIPT_TURNS: usize = 512;

/// The most bytes of text that a workflow gets as history.
pub const MAX_HISTORY_BYTES: u64 = 128 * 1024;

/// The keeper of the conversation that a workflow goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryMode {
    /// The workflow remembers.
    Workflow,
    /// Each message brings its history, verified.
    Transcript {
        /// The turns of the history, 0 for none.
        turns: u32,
    },
}

impl MemoryMode {
    /// Returns the number of turns that a message has to tell.
    #[must_use]
    pub const fn turns(self) -> u32 {
        match self {
            Self::Workflow => 0,
            Self::Transcript { turns } => turns,
        }
    }
}

/// A transcript as it came: a head, the last turns sealed on top of it, and how many turns the next message keeps.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// The head before the first of `turns`; it may be left out before the first turn of a conversation.
    pub base: Option<Head>,
    /// The turns up to the last one that was sealed.
    pub turns: Vec<Turn>,
    /// The number of turns that the next message follows; all of them where it is absent.
    pub keep: Option<u32>,
}

/// The branch of a conversation that the next message goes on from, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The head after the kept turns.
    pub parent: Head,
    /// The number of kept turns.
    pub kept: u32,
    /// Turns were sealed after those that are kept.
    pub is_edit: bool,
    /// The last turns of them, in order; `None` where the workflow remembers.
    pub history: Option<Vec<PastTurn>>,
}

impl Branch {
    /// Returns the branch of a message that follows all turns, with nothing to tell the workflow.
    #[must_use]
    pub const fn whole(session: &Session) -> Self {
        Self { parent: session.head, kept: session.turn, is_edit: false, history: None }
    }
}

/// A turn that was verified, with its texts.
#[derive(Clone, PartialEq, Eq)]
pub struct PastTurn {
    /// The message's name.
    pub id: MessageId,
    /// The visitor's message.
    pub user: String,
    /// The reply.
    pub reply: String,
    /// The reply was stopped, or cut short by the workflow.
    pub partial: bool,
}

impl fmt::Debug for PastTurn {
    /// Texts never reach a log, not even by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PastTurn({} and {} bytes)", self.user.len(), self.reply.len())
    }
}

/// The error of a transcript that is not the conversation of its token, or shows less of it than the workflow must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the transcript is not that of the token")]
pub struct TranscriptMismatch;

impl Transcript {
    /// Verifies the transcript against the session's token, and takes from it the history of `window` turns.
    ///
    /// A message that keeps no turn needs to prove nothing: it is the way on for a browser whose store was lost.
    ///
    /// # Errors
    ///
    /// [`TranscriptMismatch`] where the turns do not lead to the token's head, where fewer than the window are there, or
    /// where one of the history's has no text.
    pub fn verify(self, session: &Session, window: u32) -> Result<Branch, TranscriptMismatch> {
        let start = Head::new(&session.site, session.sid);
        let kept = self.keep.unwrap_or(session.turn);
        if kept == 0 && self.turns.is_empty() && self.base.is_none() {
            return Ok(Branch { parent: start, kept, is_edit: session.turn > 0, history: Some(Vec::new()) });
        }
        let before = self.turns_before(session.turn)?;
        let needed = kept - kept.min(window);
        if kept > session.turn || before > needed {
            return Err(TranscriptMismatch);
        }
        let base = self.base.unwrap_or(start);
        if before == 0 && base != start {
            return Err(TranscriptMismatch);
        }
        let parent = parent(base, before, kept, &self.turns, &session.head)?;
        let history = history(self.turns, (kept - before) as usize, window as usize)?;
        Ok(Branch { parent, kept, is_edit: kept < session.turn, history: Some(history) })
    }

    /// Returns the number of turns that the transcript leaves out.
    pub(crate) fn turns_before(&self, sealed: u32) -> Result<u32, TranscriptMismatch> {
        let told = Some(self.turns.len()).filter(|turns| *turns <= MAX_TRANSCRIPT_TURNS);
        let told = told.and_then(|turns| u32::try_from(turns).ok()).ok_or(TranscriptMismatch)?;
        sealed.checked_sub(told).ok_or(TranscriptMismatch)
    }
}

/// Computes the heads from `base` on, and returns that after the kept turns if the last one is the token's.
fn parent(
    base: Head,
    before: u32,
    kept: u32,
    turns: &[Turn],
    sealed: &Head,
) -> Result<Head, TranscriptMismatch> {
    let (mut head, mut parent) = (base, base);
    for (number, turn) in (before + 1..).zip(turns) {
        head = head.after(number, &SealedTurn::from(turn));
        if number == kept {
            parent = head;
        }
    }
    if head == *sealed { Ok(parent) } else { Err(TranscriptMismatch) }
}

/// Takes the longest run of kept turns that the window and the bytes have room for: the last ones.
///
/// A hashed turn among them is no reason to begin behind it, or a visitor could hide what was refused a while ago.
fn history(mut turns: Vec<Turn>, kept: usize, window: usize) -> Result<Vec<PastTurn>, TranscriptMismatch> {
    turns.truncate(kept);
    let mut bytes = 0;
    let fitting = turns.iter().rev().take(window).take_while(|turn| {
        bytes += turn.user.bytes() + turn.reply.bytes();
        bytes <= MAX_HISTORY_BYTES
    });
    let first = turns.len() - fitting.count();
    turns.drain(first..).map(|turn| turn.into_past().ok_or(TranscriptMismatch)).collect()
}
