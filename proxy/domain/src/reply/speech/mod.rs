//! The words that a workflow means for the visitor: without a model's thoughts, and without the marks of its template.

mod marks;
#[cfg(test)]
mod tests;

use memchr::memrchr;
use porthole_protocol::StepState;

use marks::{Effect, Reading, begins, behind_thoughts, find_trigger, is_even, read, token};

use super::prefix::Begins;

/// The backticks or tildes of a run; more are a run of their own.
const MAX_RUN: usize = 64;

/// The handling of a model's thoughts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Thoughts {
    /// They are left out.
    #[default]
    Hide,
    /// They are left out, and a step says that the model thinks.
    Step,
    /// They are told apart from the text, as reasoning.
    Show,
    /// They and all marks stay in the text.
    Keep,
}

/// The words that are not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Hidden {
    #[default]
    Nothing,
    /// Thoughts, which this mark ends.
    Thoughts(&'static str),
    /// Words of another role or channel.
    OtherTurn,
}

/// The code that the text is in; marks in it are what it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Code {
    #[default]
    Outside,
    /// Between so many backticks on one line.
    Inline(usize),
    /// In a fence of so many of this byte.
    Fenced(u8, usize),
}

/// The beginning of the text. A JSON object passes as it is: the words in it are filtered when it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Beginning {
    #[default]
    Blank,
    Bracket,
    Brace,
    Object,
    Words,
}

/// The part of the line that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum LineStart {
    /// Only space.
    #[default]
    Blank,
    /// Only space and marks, whose space goes with them.
    Marks,
    Words,
}

/// A filter of text that may arrive cut anywhere.
#[derive(Debug, Default)]
pub(crate) struct SpeechFilter {
    thoughts: Thoughts,
    /// The beginning of a mark: at most some hundred bytes.
    held: String,
    hidden: Hidden,
    beginning: Beginning,
    code: Code,
    line: LineStart,
    /// `true` in a text with struck-out words, where `</s>` is no token.
    has_strike: bool,
    has_thoughts: bool,
    /// States of thinking that were not announced yet.
    announcements: Vec<StepState>,
    /// Thoughts that the site shows and that were not told yet.
    told_thoughts: String,
}

impl SpeechFilter {
    pub(crate) fn new(thoughts: Thoughts) -> Self {
        Self { thoughts, ..Self::default() }
    }

    /// Returns the words in a text that is whole.
    pub(crate) fn words_in(&mut self, text: &str) -> String {
        if self.thoughts == Thoughts::Keep {
            return text.to_owned();
        }
        let mut words = String::new();
        self.expect_words();
        let text = self.behind_thoughts(text);
        self.push(text, &mut words);
        self.finish(&mut words);
        words
    }

    /// Tells if `text` passes as it is; nearly all does.
    pub(super) fn passes(&mut self, text: &str) -> bool {
        if self.thoughts == Thoughts::Keep {
            return true;
        }
        let is_idle = self.held.is_empty() && self.hidden == Hidden::Nothing && self.line != LineStart::Marks;
        let is_amid_words = self.line == LineStart::Words && self.beginning.is_decided();
        if is_idle && is_amid_words && is_even(text) {
            return true;
        }
        let passes = is_idle && (self.beginning == Beginning::Object || find_trigger(text).is_none());
        if passes {
            self.pass_line(text);
        }
        passes
    }

    /// Filters more of the text.
    pub(super) fn push(&mut self, text: &str, out: &mut String) {
        let mut held = core::mem::take(&mut self.held);
        if held.is_empty() {
            self.scan(text, false, out);
        } else {
            held.push_str(text);
            self.scan(&held, false, out);
        }
    }

    /// Ends the text: a mark that was never finished is none.
    pub(super) fn finish(&mut self, out: &mut String) {
        let held = core::mem::take(&mut self.held);
        self.scan(&held, true, out);
        self.beginning = Beginning::Blank;
        self.code = Code::Outside;
        self.line = LineStart::Blank;
        self.has_strike = false;
    }

    /// Takes the text for words, whatever its beginning, and tells if it passed as it is so far.
    pub(super) fn expect_words(&mut self) -> bool {
        core::mem::replace(&mut self.beginning, Beginning::Words) == Beginning::Object
    }

    /// Returns what stands behind thoughts whose beginning the model's template left out, in a text that is whole.
    pub(super) fn behind_thoughts<'a>(&mut self, text: &'a str) -> &'a str {
        let rest = behind_thoughts(text);
        if rest.len() < text.len() {
            self.has_thoughts = true;
            self.line = LineStart::Marks;
        }
        rest
    }

    /// Tells if the model has thought aloud.
    pub(super) const fn has_thoughts(&self) -> bool {
        self.has_thoughts
    }

    /// Tells if the text ends in the middle of thoughts.
    pub(super) fn is_thinking(&self) -> bool {
        matches!(self.hidden, Hidden::Thoughts(_))
    }

    /// Takes the states of thinking that were not announced yet.
    pub(super) fn announcements(&mut self) -> Vec<StepState> {
        core::mem::take(&mut self.announcements)
    }

    /// Takes the thoughts that were not told yet; none but where the site shows them.
    pub(super) fn told_thoughts(&mut self) -> String {
        core::mem::take(&mut self.told_thoughts)
    }

    fn scan(&mut self, mut rest: &str, is_last: bool, out: &mut String) {
        while !rest.is_empty() {
            let passed = match self.hidden {
                Hidden::Nothing if self.beginning == Beginning::Object => Some(self.show(rest, out)),
                Hidden::Nothing => self.pass(rest, is_last, out),
                Hidden::Thoughts(end) => self.skip_thoughts(rest, end),
                Hidden::OtherTurn => self.skip_turn(rest, is_last),
            };
            match passed {
                Some(length) => rest = &rest[length..],
                None if is_last => return,
                None => {
                    self.held.push_str(rest);
                    return;
                }
            }
        }
    }

    /// Passes what can be shown, or a mark, and returns its length; `None` where more is needed.
    fn pass(&mut self, rest: &str, is_last: bool, out: &mut String) -> Option<usize> {
        let space = rest.len() - rest.trim_start().len();
        if self.line == LineStart::Marks && space > 0 {
            return Some(space);
        }
        let plain = find_trigger(rest).unwrap_or(rest.len());
        if plain > 0 {
            return Some(self.show(&rest[..plain], out));
        }
        match (rest.as_bytes()[0], self.code) {
            (byte @ (b'`' | b'~'), _) => self.pass_run(byte, rest, is_last, out),
            (_, Code::Outside) => self.pass_mark(rest, is_last, out),
            _ => Some(self.show(first_char(rest), out)),
        }
    }

    fn pass_mark(&mut self, rest: &str, is_last: bool, out: &mut String) -> Option<usize> {
        match read(rest, self.line != LineStart::Words, is_last) {
            Reading::Unfinished => None,
            Reading::Mark(length, effect) if !(self.has_strike && rest.starts_with("</s>")) => {
                self.apply(effect);
                Some(length)
            }
            Reading::Text | Reading::Mark(..) => {
                self.has_strike |= rest.starts_with("<s>");
                Some(self.show(first_char(rest), out))
            }
        }
    }

    /// Passes a run of backticks or tildes, which may begin or end code.
    fn pass_run(&mut self, byte: u8, rest: &str, is_last: bool, out: &mut String) -> Option<usize> {
        let run = rest.bytes().take(MAX_RUN).take_while(|next| *next == byte).count();
        if run == rest.len() && !is_last && run < MAX_RUN {
            return None;
        }
        self.code = match self.code {
            Code::Fenced(fence, length) if fence == byte && run >= length => Code::Outside,
            Code::Inline(length) if byte == b'`' && run == length => Code::Outside,
            Code::Outside if run >= 3 && (byte == b'`' || self.line != LineStart::Words) => {
                Code::Fenced(byte, run)
            }
            Code::Outside if byte == b'`' => Code::Inline(run),
            inside => inside,
        };
        Some(self.show(&rest[..run], out))
    }

    fn skip_thoughts(&mut self, rest: &str, end: &'static str) -> Option<usize> {
        for (at, _) in rest.match_indices(first_char(end)) {
            match begins(&rest[at..], end) {
                Begins::Yes => {
                    self.tell_thoughts(&rest[..at]);
                    self.show_again();
                    return Some(at + end.len());
                }
                Begins::Perhaps if at > 0 => {
                    self.tell_thoughts(&rest[..at]);
                    return Some(at);
                }
                Begins::Perhaps => return None,
                Begins::No => {}
            }
        }
        self.tell_thoughts(rest);
        Some(rest.len())
    }

    fn tell_thoughts(&mut self, thoughts: &str) {
        if self.thoughts == Thoughts::Show {
            self.told_thoughts.push_str(thoughts);
        }
    }

    fn skip_turn(&mut self, rest: &str, is_last: bool) -> Option<usize> {
        match rest.find('<') {
            None => Some(rest.len()),
            Some(0) => match token(rest, is_last) {
                Reading::Text => Some(1),
                Reading::Unfinished => None,
                Reading::Mark(length, effect) => {
                    self.apply(effect);
                    Some(length)
                }
            },
            Some(at) => Some(at),
        }
    }

    fn apply(&mut self, effect: Effect) {
        if self.line == LineStart::Blank {
            self.line = LineStart::Marks;
        }
        match effect {
            Effect::None => {}
            Effect::Thinks(end) => self.hide(Hidden::Thoughts(end)),
            Effect::Hushes => self.hide(Hidden::OtherTurn),
            Effect::Speaks => self.show_again(),
        }
    }

    fn hide(&mut self, hidden: Hidden) {
        if self.hidden == Hidden::Nothing && self.thoughts == Thoughts::Step {
            self.announcements.push(StepState::Running);
        }
        self.has_thoughts = true;
        self.hidden = hidden;
    }

    /// Shows text again: the thoughts have ended, or another speaker begins.
    pub(super) fn show_again(&mut self) {
        if self.hidden != Hidden::Nothing && self.thoughts == Thoughts::Step {
            self.announcements.push(StepState::Done);
        }
        self.hidden = Hidden::Nothing;
    }

    fn show(&mut self, text: &str, out: &mut String) -> usize {
        self.pass_line(text);
        out.push_str(text);
        text.len()
    }

    fn begin(&mut self, text: &str) {
        for byte in text.bytes() {
            if self.beginning.is_decided() {
                return;
            }
            self.beginning = self.beginning.followed_by(byte);
        }
    }

    /// Follows the lines of text that is shown.
    fn pass_line(&mut self, text: &str) {
        self.begin(text);
        let mut line = text;
        if let Some(end) = memrchr(b'\n', text.as_bytes()) {
            line = &text[end + 1..];
            self.line = LineStart::Blank;
            if matches!(self.code, Code::Inline(_)) {
                self.code = Code::Outside;
            }
        }
        if !line.trim_ascii_start().is_empty() {
            self.line = LineStart::Words;
        }
    }
}

impl Beginning {
    const fn is_decided(self) -> bool {
        matches!(self, Self::Object | Self::Words)
    }

    const fn followed_by(self, byte: u8) -> Self {
        match (self, byte) {
            (_, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c') => self,
            (Self::Blank, b'[') => Self::Bracket,
            (Self::Blank | Self::Bracket, b'{') => Self::Brace,
            (Self::Brace, b'"' | b'\'' | b'}') => Self::Object,
            _ => Self::Words,
        }
    }
}

fn first_char(text: &str) -> &str {
    text.chars().next().map_or("", |char| &text[..char.len_utf8()])
}
