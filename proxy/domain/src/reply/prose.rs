//! The text of one reply on its way into pieces: bounded, held back where it must be.

use serde_json::value::RawValue;

use super::head::{Begins, begins_as_object, begins_as_page};
use super::string::Unescaper;
use super::{MAX_PART_BYTES, MAX_REPLY_BYTES, ReplyError, ReplyPart};

/// Bytes of a span that are held back because they may become a JSON document: more than any
/// structured output of a chat, and little enough to be held per reply.
const MAX_HELD: usize = 64 * 1024;

/// How a span stands to the text before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// It goes on with the text.
    Continues,
    /// The same speaker begins again, as an agent does after it has used a tool.
    Again,
    /// It is another speaker's, or another run's.
    Apart,
}

/// What a span may be that is one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Single {
    /// The body of a response, which is no text where it is JSON without any.
    Body,
    /// What was said, whatever it looks like.
    Words,
}

/// What was held back of a span until its end: it begins as a JSON object.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) text: String,
    pub(super) is_one_item: bool,
}

/// What is known of the span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Its text is held, since it may begin a page or an object.
    #[default]
    Undecided,
    /// Its text is held, since it begins as a JSON object.
    Object,
    /// Its text is held, since its only item repeats everything said before.
    Echo,
    /// Its text passes.
    Flowing,
}

/// The text of one reply.
#[derive(Debug, Default)]
pub(super) struct Prose {
    /// All text that was emitted, or is white space that waits for a word.
    spoken: String,
    /// Whether there is more in it than white space, which alone is no reply.
    has_words: bool,
    /// Where the last span that said something begins in `spoken`.
    last_span: usize,
    state: State,
    held: String,
    items: u32,
    joint: Option<Joint>,
    silent: bool,
    unescaper: Unescaper,
    scratch: String,
}

impl Prose {
    /// Whether nothing was said, nor is held back.
    pub(super) fn is_empty(&self) -> bool {
        !self.has_words && self.held.is_empty()
    }

    /// Begins a span; the one before must be closed.
    pub(super) fn open(&mut self, joint: Joint) {
        self.state = State::Undecided;
        self.items = 0;
        self.joint = Some(joint);
        self.silent = true;
    }

    /// Lets the span pass as it is, without a look at its beginning.
    pub(super) fn flow(&mut self) {
        self.state = State::Flowing;
    }

    /// Adds a JSON string, or another JSON value as it is written.
    pub(super) fn json(&mut self, value: &RawValue, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if !value.get().starts_with('"') {
            return self.text(value.get(), out);
        }
        let mut text = core::mem::take(&mut self.scratch);
        text.clear();
        self.unescaper.append(value.get(), &mut text);
        let added = self.add(&text, out);
        self.scratch = text;
        added
    }

    /// Adds text.
    pub(super) fn text(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        self.end_string(out)?;
        self.add(text, out)
    }

    /// Ends the span: says what was held back, but for what may be a JSON document.
    pub(super) fn close(&mut self, out: &mut Vec<ReplyPart>) -> Result<Option<Held>, ReplyError> {
        self.end_string(out)?;
        let text = core::mem::take(&mut self.held);
        match core::mem::replace(&mut self.state, State::Undecided) {
            State::Object => {
                return Ok(Some(Held {
                    text,
                    is_one_item: self.items == 1,
                }));
            }
            State::Undecided if self.spoken.is_empty() && text.trim().is_empty() => {}
            State::Undecided => self.say(&text, out)?,
            State::Echo | State::Flowing => {}
        }
        Ok(None)
    }

    /// Whether this is all that was said, or all that the last span said: a Respond to Webhook node behind an agent
    /// repeats the agent's answer.
    pub(super) fn was_said(&self, text: &str) -> bool {
        let text = text.trim();
        text == self.spoken.trim() || text == self.spoken[self.last_span..].trim()
    }

    fn add(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if text.is_empty() {
            return Ok(());
        }
        self.items = self.items.saturating_add(1);
        if self.state == State::Flowing {
            return self.say(text, out);
        }
        within_limit(self.spoken.len() + self.held.len() + text.len())?;
        self.held.push_str(text);
        match self.state {
            State::Undecided => self.decide(out),
            // The first item is whole, so it waits for the end of its span whatever its size.
            State::Object if self.items == 1 || self.held.len() <= MAX_HELD => Ok(()),
            State::Object | State::Echo | State::Flowing => self.release(out),
        }
    }

    fn decide(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let held = self.held.as_bytes();
        match (begins_as_page(held), begins_as_object(held)) {
            (Begins::Yes, _) => Err(ReplyError::Markup),
            (_, Begins::Yes) => {
                self.state = State::Object;
                Ok(())
            }
            (Begins::Perhaps, _) | (_, Begins::Perhaps) => Ok(()),
            (Begins::No, Begins::No) if self.is_echo() => {
                self.state = State::Echo;
                Ok(())
            }
            (Begins::No, Begins::No) => self.release(out),
        }
    }

    fn release(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        self.state = State::Flowing;
        let held = core::mem::take(&mut self.held);
        self.say(&held, out)
    }

    /// An answer that is repeated comes as one item of another node.
    fn is_echo(&self) -> bool {
        let is_one_item = self.joint == Some(Joint::Apart) && self.items == 1;
        is_one_item && !self.spoken.is_empty() && self.was_said(&self.held)
    }

    fn end_string(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let mut rest = String::new();
        self.unescaper.flush(&mut rest);
        self.add(&rest, out)
    }

    /// Says text as it is.
    pub(super) fn say(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if text.is_empty() {
            return Ok(());
        }
        if core::mem::take(&mut self.silent) {
            if self.is_parted_from(text) {
                // A blank line, so that the Markdown of two agents, or of two turns, does not run together.
                self.emit("\n\n", out)?;
            }
            self.last_span = self.spoken.len();
        }
        self.emit(text, out)
    }

    fn is_parted_from(&self, text: &str) -> bool {
        match self.joint {
            _ if !self.has_words => false,
            Some(Joint::Apart) => !self.spoken.ends_with('\n') && !text.starts_with('\n'),
            Some(Joint::Again) => {
                !self.spoken.ends_with(char::is_whitespace) && !text.starts_with(char::is_whitespace)
            }
            Some(Joint::Continues) | None => false,
        }
    }

    fn emit(&mut self, text: &str, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        within_limit(self.spoken.len() + text.len())?;
        let emitted = if self.has_words { self.spoken.len() } else { 0 };
        self.spoken.push_str(text);
        self.has_words = self.has_words || !text.trim().is_empty();
        if !self.has_words {
            return Ok(());
        }
        let mut rest = &self.spoken[emitted..];
        // What arrives together leaves together.
        if let Some(ReplyPart::Text(last)) = out.last_mut() {
            let (fits, more) =
                rest.split_at(rest.floor_char_boundary(MAX_PART_BYTES.saturating_sub(last.len())));
            last.push_str(fits);
            rest = more;
        }
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.floor_char_boundary(MAX_PART_BYTES));
            out.push(ReplyPart::Text(piece.to_owned()));
            rest = more;
        }
        Ok(())
    }
}

fn within_limit(length: usize) -> Result<(), ReplyError> {
    if length > MAX_REPLY_BYTES {
        Err(ReplyError::TooLarge)
    } else {
        Ok(())
    }
}
