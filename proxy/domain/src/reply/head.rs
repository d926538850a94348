//! Decides by its first bytes what a body is.

use memchr::{memchr2, memmem};
use porthole_protocol::sse::MAX_LINE;

use super::lines;

const BOM: &[u8] = b"\xef\xbb\xbf";
const FIELDS: [&[u8]; 4] = [b"data:", b"event:", b"id:", b"retry:"];
const PAGES: [&[u8]; 2] = [b"<!doctype", b"<html"];
/// Bytes of a field's name that nothing is known of; what goes on longer is a word.
const MAX_NAME: usize = 64;
/// What may stand before a page begins.
const COMMENT: &[u8] = b"<!--";
/// Bytes after which a comment that has not ended is text.
const MAX_COMMENT: usize = 1024;
/// An XML document as a whole body is a page's or a service's, whereas a model may well write one.
const XML: [&[u8]; 1] = [b"<?xml"];
/// How files begin that a Respond to Webhook node may send: PNG, GIF, JPEG, PDF, zip and gzip.
const FILES: [&[u8]; 7] = [
    b"\x89PNG",
    b"GIF87a",
    b"GIF89a",
    b"\xff\xd8\xff",
    b"%PDF-",
    b"PK\x03\x04",
    b"\x1f\x8b",
];

/// What a body is, or may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// JSON lines, each an object with a `type`.
    Lines,
    /// One JSON value (or several, none of them with a `type`).
    Document,
    /// Server-sent events.
    Events,
    /// Text as it is.
    Plain,
    /// An HTML page, or an XML document.
    Markup,
    /// A picture, a PDF or another file.
    File,
}

/// What the `Content-Type` lets expect. It says little: n8n labels its streams `application/json` and its plain text
/// `text/html`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Hint {
    /// Anything.
    #[default]
    Any,
    /// `text/event-stream`.
    Events,
    /// `application/json`: what is a JSON value without any text is no text either.
    Json,
    /// A picture, sound or film, or a PDF.
    File,
}

impl Hint {
    pub(super) fn of(media_type: Option<&str>) -> Self {
        let essence = media_type
            .and_then(|header| header.split(';').next())
            .unwrap_or_default();
        let essence = essence.trim().to_ascii_lowercase();
        let family = essence.split('/').next().unwrap_or_default();
        match (family, essence.as_str()) {
            (_, "text/event-stream") => Self::Events,
            (_, "application/json") => Self::Json,
            ("image" | "audio" | "video" | "font", _) | (_, "application/pdf") => Self::File,
            _ => Self::Any,
        }
    }
}

/// Whether bytes begin with something; `Perhaps` while they are too few to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begins {
    Yes,
    No,
    Perhaps,
}

/// Without a byte order mark.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(BOM).unwrap_or(body)
}

/// Whether `text`, without leading space and comments, begins as an HTML document.
pub(crate) fn begins_as_page(text: &[u8]) -> Begins {
    let mut text = text.trim_ascii_start();
    while let Some(comment) = text.strip_prefix(COMMENT) {
        match memmem::find(comment, b"-->") {
            Some(end) => text = comment[end + 3..].trim_ascii_start(),
            None if comment.len() > MAX_COMMENT => return Begins::No,
            None => return Begins::Perhaps,
        }
    }
    match any_of(&PAGES, text, <[u8]>::eq_ignore_ascii_case) {
        Begins::No if COMMENT.starts_with(text) => Begins::Perhaps,
        begins => begins,
    }
}

/// Whether `text`, without leading space, begins as a JSON object or an array of them.
pub(super) fn begins_as_object(text: &[u8]) -> Begins {
    match behind_space(text) {
        None => Begins::Perhaps,
        Some((b'{', rest)) => next_is(rest, |next| matches!(next, b'"' | b'}')),
        Some((b'[', rest)) => match behind_space(rest) {
            None => Begins::Perhaps,
            Some((b'{', _)) => begins_as_object(rest),
            Some(_) => Begins::No,
        },
        Some(_) => Begins::No,
    }
}

/// Decides what `body` is from what has arrived of it; `None` while more is needed.
///
/// SSE is believed with the hint when the first line is a field or a comment, or a field may follow what could be one.
/// Without it only what is unmistakable is: a `data:` field that holds an object, or two such lines in a row.
pub(super) fn decide(body: &[u8], hint: Hint) -> Option<Kind> {
    let body = bytes_behind_bom(body)?;
    let (first, rest) = behind_space(body)?;
    let text = body.trim_ascii_start();
    for (begins, kind) in [
        (begins_as_page(body), Kind::Markup),
        (any_of(&XML, text, <[u8]>::eq_ignore_ascii_case), Kind::Markup),
        (any_of(&FILES, text, <[u8]>::eq), Kind::File),
    ] {
        match begins {
            Begins::Yes => return Some(kind),
            Begins::Perhaps => return None,
            Begins::No => {}
        }
    }
    match first {
        b'{' => object(text),
        b'[' => array(rest),
        b'"' => Some(Kind::Document),
        _ if hint == Hint::File => Some(Kind::File),
        b'n' if b"null".starts_with(body.trim_ascii()) => None,
        _ if hint == Hint::Json && may_be_scalar(body.trim_ascii()) => None,
        _ => events_or_text(body, hint),
    }
}

/// Decides what a body is that ended before [`decide`] could.
pub(super) fn decide_whole(body: &[u8], hint: Hint) -> Kind {
    let body = without_bom(body);
    // A field that broke off in its name is no text either.
    let is_field = || FIELDS.iter().any(|field| field.starts_with(body.trim_ascii()));
    match behind_space(body) {
        Some(_) if hint == Hint::Events && is_field() || is_whole_event(body) => Kind::Events,
        Some((b'{', _)) if is_line(body) => Kind::Lines,
        Some((b'{' | b'[' | b'n', _)) => Kind::Document,
        Some(_) if hint == Hint::Json && may_be_scalar(body.trim_ascii()) => Kind::Document,
        _ => Kind::Plain,
    }
}

fn bytes_behind_bom(body: &[u8]) -> Option<&[u8]> {
    match any_of(&[BOM], body, <[u8]>::eq) {
        Begins::Perhaps => None,
        Begins::Yes | Begins::No => Some(without_bom(body)),
    }
}

fn object(text: &[u8]) -> Option<Kind> {
    match begins_as_object(text) {
        Begins::Perhaps => None,
        Begins::No => Some(Kind::Plain),
        Begins::Yes => match memchr2(b'\n', b'\r', text) {
            Some(end) if is_line(&text[..end]) => Some(Kind::Lines),
            // A line may be no longer, so this is none.
            None if text.len() <= MAX_LINE => None,
            Some(_) | None => Some(Kind::Document),
        },
    }
}

/// `[1] According to …` is text, but shows only at its end that it is not the array `[1]`.
fn array(rest: &[u8]) -> Option<Kind> {
    let value = |next| matches!(next, b'{' | b'[' | b'"' | b']' | b'-' | b'0'..=b'9');
    match next_is(rest, value) {
        Begins::Perhaps => None,
        Begins::Yes => Some(Kind::Document),
        Begins::No => Some(Kind::Plain),
    }
}

fn events_or_text(body: &[u8], hint: Hint) -> Option<Kind> {
    let blank = body
        .iter()
        .take_while(|&&byte| byte == b'\n' || byte == b'\r')
        .count();
    match begins_as_events(&body[blank..], hint) {
        Begins::Perhaps => None,
        Begins::Yes => Some(Kind::Events),
        Begins::No => Some(Kind::Plain),
    }
}

fn begins_as_events(line: &[u8], hint: Hint) -> Begins {
    let known = begins_as_field(line);
    let is_object = || line.strip_prefix(b"data:").map(begins_as_object) == Some(Begins::Yes);
    match (known, hint) {
        (Begins::Perhaps, _) | (Begins::Yes, Hint::Events) => return known,
        (Begins::Yes, _) if is_object() => return Begins::Yes,
        (Begins::No, Hint::Events) if may_be_field(line) => {}
        (Begins::No, _) => return Begins::No,
        (Begins::Yes, _) => {}
    }
    match memchr2(b'\n', b'\r', line) {
        Some(end) => begins_as_field(line[end..].trim_ascii_start()),
        None if line.len() > MAX_LINE => Begins::No,
        None => Begins::Perhaps,
    }
}

/// Whether a line is a field that the specification knows, or a comment.
fn begins_as_field(line: &[u8]) -> Begins {
    if line.starts_with(b":") {
        return Begins::Yes;
    }
    any_of(&FIELDS, line, <[u8]>::eq)
}

/// Whether a line may be a field that nothing is known of, or one without its colon: both are skipped in SSE.
fn may_be_field(line: &[u8]) -> bool {
    let ends = |byte: &u8| matches!(byte, b':' | b'\n' | b'\r');
    let name = line.split(ends).next().unwrap_or_default();
    name.len() <= MAX_NAME && !name.trim_ascii().contains(&b' ')
}

/// Whether `body` is one event and nothing else.
fn is_whole_event(body: &[u8]) -> bool {
    let ends = [&b"\n\n"[..], b"\r\n\r\n", b"\r\r"];
    body.trim_ascii_start().starts_with(b"data:") && ends.iter().any(|end| body.ends_with(end))
}

/// Whether `text` is a number, `true` or `false`, or the beginning of one.
fn may_be_scalar(text: &[u8]) -> bool {
    let in_number = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    b"true".starts_with(text)
        || b"false".starts_with(text)
        || text.len() <= MAX_NAME && text.iter().all(in_number)
}

fn is_line(line: &[u8]) -> bool {
    lines::Line::parse(&String::from_utf8_lossy(line)).is_some()
}

fn any_of(beginnings: &[&[u8]], text: &[u8], equal: impl Fn(&[u8], &[u8]) -> bool) -> Begins {
    let common = |beginning: &&&[u8]| {
        let length = beginning.len().min(text.len());
        equal(&text[..length], &beginning[..length])
    };
    match beginnings.iter().find(common) {
        None => Begins::No,
        Some(beginning) if text.len() >= beginning.len() => Begins::Yes,
        Some(_) => Begins::Perhaps,
    }
}

fn behind_space(text: &[u8]) -> Option<(u8, &[u8])> {
    let (first, rest) = text.trim_ascii_start().split_first()?;
    Some((*first, rest))
}

fn next_is(text: &[u8], expected: impl Fn(u8) -> bool) -> Begins {
    match behind_space(text) {
        None => Begins::Perhaps,
        Some((next, _)) if expected(next) => Begins::Yes,
        Some(_) => Begins::No,
    }
}

#[cfg(test)]
mod tests {
    use super::{Hint, Kind, decide, decide_whole};

    #[test]
    fn the_first_bytes_decide_and_the_type_is_a_hint() {
        let events = Hint::of(Some("Text/Event-Stream; charset=utf-8"));
        let json = Hint::of(Some("application/json; charset=utf-8"));
        for (body, hint, kind) in [
            ("{\"type\":\"begin\"}\n", Hint::Any, Some(Kind::Lines)),
            ("\u{feff}\r\n {\"type\":\"begin\"}\r", events, Some(Kind::Lines)),
            ("{\"type\":\"begin\"}", Hint::Any, None),
            ("{\"output\":\"a\"}\n", Hint::Any, Some(Kind::Document)),
            ("{\n", Hint::Any, None),
            ("{\n\"a", Hint::Any, Some(Kind::Document)),
            ("{name}, hello", Hint::Any, Some(Kind::Plain)),
            ("[{", Hint::Any, Some(Kind::Document)),
            ("[1] says", Hint::Any, Some(Kind::Document)),
            ("[Docs](https://a.example)", Hint::Any, Some(Kind::Plain)),
            ("\"quoted", Hint::Any, Some(Kind::Document)),
            ("nul", Hint::Any, None),
            ("nulls", Hint::Any, Some(Kind::Plain)),
            (" \n<!DOCType html>", events, Some(Kind::Markup)),
            ("\u{feff}<HTML>", Hint::Any, Some(Kind::Markup)),
            ("<!doc", Hint::Any, None),
            ("<!-- a -->\n<!-- b --> <html>", Hint::Any, Some(Kind::Markup)),
            ("<!-- a -->\n<!-", Hint::Any, None),
            ("<!-- a --> Hello", Hint::Any, Some(Kind::Plain)),
            (&format!("<!--{}", " a".repeat(600)), Hint::Any, Some(Kind::Plain)),
            ("<b>", Hint::Any, Some(Kind::Plain)),
            ("<?xm", Hint::Any, None),
            ("<?xml version='1.0'?><Error/>", Hint::Any, Some(Kind::Markup)),
            ("%PDF-1.7", Hint::Any, Some(Kind::File)),
            ("%PDA", Hint::Any, Some(Kind::Plain)),
            ("BM", Hint::File, Some(Kind::File)),
            ("{\"output\":1}", Hint::File, None),
            ("", Hint::Any, None),
            ("Hello", events, None),
            ("Hello you", events, Some(Kind::Plain)),
            ("Hello\nyou", events, Some(Kind::Plain)),
            ("你好".repeat(20).as_str(), events, Some(Kind::Plain)),
            ("data\ndata:", events, Some(Kind::Events)),
            ("retry\n\ndata:", events, Some(Kind::Events)),
            (" data:a\ndata:", events, Some(Kind::Events)),
            ("\u{feff}\u{feff}data:1\n\ndata:2", events, Some(Kind::Events)),
            ("data: hello", events, Some(Kind::Events)),
            (": ping", events, Some(Kind::Events)),
            ("\n\nid:1", events, Some(Kind::Events)),
            ("dat", events, None),
            ("data: {\"a\"", Hint::Any, Some(Kind::Events)),
            ("data: hello\n\nmore", Hint::Any, Some(Kind::Plain)),
            ("event: delta\r\ndata:", Hint::Any, Some(Kind::Events)),
            ("event: the party", Hint::Any, None),
            ("event: the party\nis over", Hint::Any, Some(Kind::Plain)),
            (": hello", Hint::Any, None),
            (":) hello\nyou", Hint::Any, Some(Kind::Plain)),
            (": ping\n\ndata:", Hint::Any, Some(Kind::Events)),
            ("data: a\n\ndata:", Hint::Any, Some(Kind::Events)),
            ("12", json, None),
            ("12 apples", json, Some(Kind::Plain)),
            ("12", Hint::Any, Some(Kind::Plain)),
            ("fals", json, None),
            ("falsehood", json, Some(Kind::Plain)),
        ] {
            assert_eq!(decide(body.as_bytes(), hint), kind, "{body:?} {hint:?}");
        }
    }

    #[test]
    fn a_body_that_ends_early_is_decided_as_it_is() {
        for (body, kind) in [
            ("{\"type\":\"begin\"}", Kind::Lines),
            ("{\"output\":1}", Kind::Document),
            ("null", Kind::Document),
            ("<!doc", Kind::Plain),
            ("data: {", Kind::Plain),
            ("data: hello\n\n", Kind::Events),
            ("true", Kind::Plain),
            (" ", Kind::Plain),
        ] {
            assert_eq!(decide_whole(body.as_bytes(), Hint::Any), kind, "{body:?}");
        }
        for (body, kind) in [
            ("true\n", Kind::Document),
            ("1.5", Kind::Document),
            ("a", Kind::Plain),
        ] {
            assert_eq!(decide_whole(body.as_bytes(), Hint::Json), kind, "{body:?}");
        }
    }
}
