//! JavaScript as a sequence of tokens, as far as white space between them is concerned.

use super::JsError;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// White space.
    Space,
    /// A comment of either kind.
    Comment,
    /// An identifier, keyword or (part of a) number.
    Word,
    /// A quoted string, or a template with everything inside it.
    Text,
    /// A regular expression with its flags.
    Regex,
    /// One character of punctuation.
    Mark,
}

impl Kind {
    /// Whether the token only separates others.
    pub(super) fn is_blank(self) -> bool {
        matches!(self, Self::Space | Self::Comment)
    }
}

/// A piece of the source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
}

/// Keywords after which a value follows, so that a slash begins a regular expression.
const BEFORE_VALUE: &[&str] = &[
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "void",
    "delete",
    "instanceof",
    "new",
    "do",
    "else",
    "throw",
    "yield",
    "await",
];

/// Cuts a script into tokens that, put together, are the script again.
pub(super) fn read(source: &str) -> Result<Vec<Token<'_>>, JsError> {
    let mut tokens = Vec::new();
    let mut last: Option<Token<'_>> = None;
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        let (kind, length) = match first {
            _ if first.is_whitespace() => (Kind::Space, Some(span(rest, char::is_whitespace))),
            '/' if rest.starts_with("//") => (Kind::Comment, Some(rest.find('\n').unwrap_or(rest.len()))),
            '/' if rest.starts_with("/*") => (Kind::Comment, rest[2..].find("*/").map(|end| end + 4)),
            '/' => match slash(last) {
                Slash::Divides => (Kind::Mark, Some(1)),
                Slash::BeginsRegex => (Kind::Regex, regex(rest)),
                Slash::Unclear => {
                    return Err(JsError::AmbiguousSlash {
                        line: line_of(source, at),
                    });
                }
            },
            '"' | '\'' => (Kind::Text, quoted(rest, first)),
            '`' => (Kind::Text, template(rest)),
            _ if is_word(first) => (Kind::Word, Some(span(rest, is_word))),
            _ => (Kind::Mark, Some(first.len_utf8())),
        };
        let length = length.ok_or(JsError::Unterminated {
            line: line_of(source, at),
        })?;
        let token = Token {
            kind,
            text: &rest[..length],
        };
        if !kind.is_blank() {
            last = Some(token);
        }
        tokens.push(token);
        at += length;
    }
    Ok(tokens)
}

fn line_of(source: &str, at: usize) -> usize {
    source[..at].matches('\n').count() + 1
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '#' | '\\') || !character.is_ascii()
}

fn span(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|character| !belongs(character)).unwrap_or(rest.len())
}

enum Slash {
    Divides,
    BeginsRegex,
    Unclear,
}

fn slash(last: Option<Token<'_>>) -> Slash {
    match last {
        Some(Token {
            kind: Kind::Word,
            text,
        }) if BEFORE_VALUE.contains(&text) => Slash::BeginsRegex,
        Some(Token {
            kind: Kind::Mark,
            text: ")" | "]",
        }) => Slash::Divides,
        Some(Token {
            kind: Kind::Mark,
            text: "}",
        }) => Slash::Unclear,
        None | Some(Token { kind: Kind::Mark, .. }) => Slash::BeginsRegex,
        Some(_) => Slash::Divides,
    }
}

/// Length of a quoted string; `None` when the line ends before it does.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '\n' => return None,
            _ if character == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Length of a regular expression with its flags; a slash inside a class does not end it.
fn regex(rest: &str) -> Option<usize> {
    let mut characters = rest.char_indices().skip(1);
    let mut in_class = false;
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '\n' => return None,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return Some(at + 1 + span(&rest[at + 1..], is_word)),
            _ => {}
        }
    }
    None
}

/// Length of a template, with the expressions, strings and templates inside it.
fn template(rest: &str) -> Option<usize> {
    let mut at = 1;
    while let Some(character) = rest[at..].chars().next() {
        at += match character {
            '\\' => 1 + rest[at + 1..].chars().next()?.len_utf8(),
            '`' => return Some(at + 1),
            '$' if rest[at..].starts_with("${") => 2 + expression(&rest[at + 2..])?,
            _ => character.len_utf8(),
        };
    }
    None
}

/// Length of an expression in a template, up to and with the brace that closes it.
fn expression(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(character) = rest[at..].chars().next() {
        let length = match character {
            '"' | '\'' => quoted(&rest[at..], character)?,
            '`' => template(&rest[at..])?,
            _ => character.len_utf8(),
        };
        at += length;
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}
