//! Mends JSON as templates and other languages write it.
//!
//! Forgiven are raw control characters and quotes within strings, single quotes around them, commas before a closing
//! bracket, and the values of JavaScript and Python that JSON has no name for. A value that was cut is not completed.

use std::iter::Peekable;
use std::str::CharIndices;

use serde::de::IgnoredAny;

/// The words of other languages, and the JSON for them.
const WORDS: [(&str, &str); 6] = [
    ("True", "true"),
    ("False", "false"),
    ("None", "null"),
    ("NaN", "null"),
    ("Infinity", "null"),
    ("undefined", "null"),
];

/// The bytes that are mended, which is slow work for a worker; no answer by a template is longer.
const MAX_BYTES: usize = 256 * 1024;

/// Tells if a text begins as an object whose first name is whole, as no word of a sentence does.
pub(super) fn begins_with_member(text: &str) -> bool {
    let inside = text.trim_start().trim_start_matches('[').trim_start().strip_prefix('{').unwrap_or_default();
    let inside = inside.trim_start();
    let behind_name = ['"', '\''].into_iter().find_map(|quote| {
        let (_, behind) = inside.strip_prefix(quote)?.split_once(quote)?;
        Some(behind)
    });
    behind_name.is_some_and(|behind| behind.trim_start().starts_with(':'))
}

/// Mends an object, or several; `None` where that does not make JSON of it.
pub(super) fn mend(text: &str) -> Option<String> {
    if text.len() > MAX_BYTES || !begins_with_member(text) {
        return None;
    }
    let mended = Mender::new(text).mend();
    let mut values = serde_json::Deserializer::from_str(&mended).into_iter::<IgnoredAny>();
    values.all(|value| value.is_ok()).then_some(mended)
}

struct Mender<'a> {
    source: &'a str,
    rest: Peekable<CharIndices<'a>>,
    out: String,
    /// The brackets that are open, as their closing ones.
    open: Vec<u8>,
}

impl<'a> Mender<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            rest: source.char_indices().peekable(),
            out: String::with_capacity(source.len() + 16),
            open: Vec::new(),
        }
    }

    fn mend(mut self) -> String {
        while let Some((at, char)) = self.rest.next() {
            match char {
                '"' | '\'' => self.string(char),
                '{' => self.open(char, b'}'),
                '[' => self.open(char, b']'),
                '}' | ']' => self.close(char),
                '-' if self.source[at..].starts_with("-Infinity") => {}
                'a'..='z' | 'A'..='Z' if !self.out.ends_with(|last: char| last.is_ascii_digit()) => {
                    self.word(at);
                }
                _ => self.out.push(char),
            }
        }
        self.out
    }

    fn open(&mut self, bracket: char, closing: u8) {
        self.out.push(bracket);
        self.open.push(closing);
    }

    fn close(&mut self, bracket: char) {
        self.open.pop();
        let kept = self.out.trim_end().strip_suffix(',').map(str::len);
        self.out.truncate(kept.unwrap_or(self.out.len()));
        self.out.push(bracket);
    }

    fn word(&mut self, start: usize) {
        while self.rest.next_if(|(_, char)| char.is_ascii_alphanumeric()).is_some() {}
        let end = self.rest.peek().map_or(self.source.len(), |(at, _)| *at);
        let word = &self.source[start..end];
        let known = WORDS.iter().find(|(known, _)| word == *known);
        self.out.push_str(known.map_or(word, |(_, json)| json));
    }

    /// Copies a string behind its opening quote. A quote ends it only where JSON goes on behind it.
    fn string(&mut self, quote: char) {
        let is_name = self.open.last() == Some(&b'}') && !self.out.trim_end().ends_with(':');
        self.out.push('"');
        while let Some((at, char)) = self.rest.next() {
            match char {
                '\\' => self.escape(),
                _ if char == quote && self.ends_string(&self.source[at + 1..], is_name) => {
                    self.out.push('"');
                    return;
                }
                '"' => self.out.push_str("\\\""),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\0'..='\x1f' => self.out.push(' '),
                _ => self.out.push(char),
            }
        }
    }

    fn escape(&mut self) {
        match self.rest.next() {
            Some((_, '\'')) => self.out.push('\''),
            Some((_, 'x')) => self.out.push_str("\\u00"),
            Some((_, char @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u'))) => {
                self.out.extend(['\\', char]);
            }
            Some((_, char)) => self.out.extend(['\\', '\\', char]),
            None => {}
        }
    }

    /// Tells if JSON goes on behind a quote, so that it ends its string. Each byte is looked at from the two quotes
    /// before it at most.
    fn ends_string(&self, behind: &str, is_name: bool) -> bool {
        let behind = behind.trim_ascii_start();
        match behind.as_bytes().first() {
            Some(b':') => is_name,
            _ if is_name => false,
            Some(b',') => self.goes_on(behind[1..].trim_ascii_start()),
            Some(b'}' | b']') => self.closes(behind.as_bytes()),
            Some(_) | None => false,
        }
    }

    /// Tells if another member, or another item, begins behind a comma.
    fn goes_on(&self, behind: &str) -> bool {
        let Some(first) = behind.chars().next() else {
            return false;
        };
        if self.open.last() == Some(&b']') {
            return matches!(first, '"' | '\'' | '{' | '[' | ']' | '-' | '0'..='9');
        }
        let name = behind[first.len_utf8()..].split_once(first);
        first == '}'
            || matches!(first, '"' | '\'')
                && name.is_some_and(|(_, behind)| behind.trim_ascii_start().starts_with(':'))
    }

    /// Tells if the brackets are those that are open, and JSON goes on or ends behind them.
    fn closes(&self, brackets: &[u8]) -> bool {
        let mut open = self.open.iter().rev();
        let mut behind = brackets.iter().filter(|byte| !byte.is_ascii_whitespace());
        loop {
            match (behind.next(), open.next()) {
                (Some(bracket), Some(closing)) if bracket == closing => {}
                (Some(b','), Some(_)) | (None | Some(b'{'), None) => return true,
                _ => return false,
            }
        }
    }
}
