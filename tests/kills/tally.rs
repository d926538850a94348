//! The counts of a series of kills.

use std::fmt;

/// The counts of kills, and of what came of them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) kills: u64,
    pub(crate) messages: u64,
    /// Replies that stood whole on the screen in the end.
    pub(crate) whole: u64,
    /// Replies whose workflow ran once.
    pub(crate) once: u64,
    /// Further runs of a workflow.
    pub(crate) runs_again: u64,
    /// Texts that came back from the text box.
    pub(crate) in_the_box: u64,
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    pub(crate) cut_as_complete: u64,
    /// Messages with another `Idempotency-Key`, or with an `attempt` that did not grow.
    pub(crate) wrong_key: u64,
    /// Conversations whose messages do not stand as they were written.
    pub(crate) out_of_order: u64,
    /// Rounds that did not come to their end.
    pub(crate) broken_off: u64,
    /// The round that runs.
    pub(crate) round: String,
    /// Everything that went wrong, in words.
    pub(crate) faults: Vec<String>,
}

impl Tally {
    pub(crate) const HEAD: &str = "\
        | killed | kills | messages | replies whole | with one run | runs again | text from the box | text lost \
        | words doubled | cut shown as complete | wrong key or attempt | out of order | broken off |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|";

    /// Notes what went wrong in this round.
    pub(crate) fn fault(&mut self, fault: &str) {
        self.faults.push(format!("{}: {fault}", self.round));
    }

    /// Notes that the round did not come to its end; so that it is not tried for ever, it counts as a kill.
    pub(crate) fn break_off(&mut self, reason: &str) {
        self.broken_off += 1;
        self.kills += 1;
        self.fault(reason);
    }

    /// Returns `true` where nothing went wrong.
    pub(crate) fn is_clean(&self) -> bool {
        self.whole == self.messages && self.faults.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, messages, whole, once, runs_again, in_the_box, .. } = self;
        let Self { lost, doubled, cut_as_complete, wrong_key, out_of_order, broken_off, .. } = self;
        write!(f, "{kills} | {messages} | {whole} | {once} | {runs_again} | {in_the_box} | ")?;
        write!(f, "{lost} | {doubled} | {cut_as_complete} | {wrong_key} | {out_of_order} | {broken_off}")
    }
}
