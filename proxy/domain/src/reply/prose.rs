//! The text of one reply on its way into pieces: bounded, held back where it must be.

use serde_json::value::RawValue;

use super::head::{Begins, begins_as_object, begins_as_page};
use super::string::Unescaper;
use super::{MAX_PIECE, MAX_TEXT, Piece, ReplyError, document};

/// Bytes of a span that are held back because they may become a JSON document: more than any
/// structured output of a chat, and little enough to be held per reply.
const MAX_HELD: usize = 64 * 1024;

/// How a span stands to the text before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// It goes on with the text.
    Continues,
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
    /// All text that was emitted.
    spoken: String,
    /// Where the last span that said something begins in `spoken`.
    last_span: usize,
    state: State,
    held: String,
    items: u32,
    apart: bool,
    silent: bool,
    unescaper: Unescaper,
    scratch: String,
}

impl Prose {
    /// Whether nothing was said, nor is held back.
    pub(super) fn is_empty(&self) -> bool {
        self.spoken.is_empty() && self.held.is_empty()
    }

    /// Begins a span; the one before must be closed.
    pub(super) fn open(&mut self, joint: Joint) {
        self.state = State::Undecided;
        self.items = 0;
        self.apart = joint == Joint::Apart;
        self.silent = true;
    }

    /// Lets the span pass as it is, without a look at its beginning.
    pub(super) fn flow(&mut self) {
        self.state = State::Flowing;
    }

    /// Adds a JSON string, or another JSON value as it is written.
    pub(super) fn json(&mut self, value: &RawValue, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
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
    pub(super) fn text(&mut self, text: &str, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
        self.end_string(out)?;
        self.add(text, out)
    }

    /// Ends the span: says what was held back, or the text inside it.
    pub(super) fn close(&mut self, single: Single, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
        self.end_string(out)?;
        let held = core::mem::take(&mut self.held);
        let state = core::mem::replace(&mut self.state, State::Undecided);
        match state {
            State::Object => self.close_object(&held, single, out),
            State::Undecided if self.is_empty() && held.trim().is_empty() => Ok(()),
            State::Undecided => self.say(&held, out),
            State::Echo | State::Flowing => Ok(()),
        }
    }

    fn close_object(&mut self, held: &str, single: Single, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
        let Ok(value) = serde_json::from_str::<&RawValue>(held) else {
            return self.say(held, out);
        };
        let found = document::find(value);
        let Some(text) = found.text else {
            let is_body = single == Single::Body && self.items == 1;
            return if is_body { Ok(()) } else { self.say(held, out) };
        };
        let mut inner = String::new();
        let mut unescaper = Unescaper::default();
        unescaper.append(text.get(), &mut inner);
        unescaper.flush(&mut inner);
        if begins_as_page(inner.as_bytes()) == Begins::Yes {
            return Err(ReplyError::Markup);
        }
        if !self.was_said(&inner) {
            self.say(&inner, out)?;
        }
        if !found.suggestions.is_empty() {
            out.push(Piece::Suggestions(found.suggestions));
        }
        Ok(())
    }

    fn add(&mut self, text: &str, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
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

    fn decide(&mut self, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
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

    fn release(&mut self, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
        self.state = State::Flowing;
        let held = core::mem::take(&mut self.held);
        self.say(&held, out)
    }

    /// A Respond to Webhook node behind an agent repeats the agent's answer as its own item.
    fn is_echo(&self) -> bool {
        self.apart && self.items == 1 && !self.is_empty() && self.held.trim() == self.spoken.trim()
    }

    fn was_said(&self, text: &str) -> bool {
        let text = text.trim();
        text == self.spoken.trim() || text == self.spoken[self.last_span..].trim()
    }

    fn end_string(&mut self, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
        let mut rest = String::new();
        self.unescaper.flush(&mut rest);
        self.add(&rest, out)
    }

    fn say(&mut self, text: &str, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
        if text.is_empty() {
            return Ok(());
        }
        if core::mem::take(&mut self.silent) {
            if self.apart && !self.is_empty() && !self.spoken.ends_with('\n') && !text.starts_with('\n') {
                // A blank line, so that the Markdown of two agents does not run together.
                self.emit("\n\n", out)?;
            }
            self.last_span = self.spoken.len();
        }
        self.emit(text, out)
    }

    fn emit(&mut self, text: &str, out: &mut Vec<Piece>) -> Result<(), ReplyError> {
        within_limit(self.spoken.len() + text.len())?;
        self.spoken.push_str(text);
        let mut rest = text;
        // What arrives together leaves together.
        if let Some(Piece::Text(last)) = out.last_mut() {
            let (fits, more) = rest.split_at(rest.floor_char_boundary(MAX_PIECE.saturating_sub(last.len())));
            last.push_str(fits);
            rest = more;
        }
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.floor_char_boundary(MAX_PIECE));
            out.push(Piece::Text(piece.to_owned()));
            rest = more;
        }
        Ok(())
    }
}

fn within_limit(length: usize) -> Result<(), ReplyError> {
    if length > MAX_TEXT {
        Err(ReplyError::TooLarge)
    } else {
        Ok(())
    }
}
