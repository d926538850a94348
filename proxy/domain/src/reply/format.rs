//! Detects the format of a body by its first bytes.

use memchr::memchr2;
use porthole_protocol::sse::MAX_LINE;
use serde_json::value::RawValue;

use super::data_stream::begins_as_data_stream;
use super::line::JsonLine;
use super::pages::{begins_as_foreign, is_notice_line};
use super::prefix::{
    Begins, begins_as_object, begins_as_page, begins_with_any, behind_bom, first_is, split_first, without_bom,
};
use super::receipts::{begins_as_receipt, is_receipt};
use super::string::lossy;

/// The fields of event streams, and the line with which Flowise begins its events.
const FIELDS: [&[u8]; 5] = [b"data:", b"event:", b"id:", b"retry:", b"message:"];
/// The bytes of an unknown field's name; a longer one is a word.
const MAX_NAME: usize = 64;
/// An XML document that is the whole body comes from an intermediary or a service; within a text a model may write one.
const XML: [&[u8]; 1] = [b"<?xml"];
/// The magic numbers of files that a Respond to Webhook node may send: PNG, GIF, JPEG, PDF, zip and gzip.
const FILES: [&[u8]; 7] =
    [b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"%PDF-", b"PK\x03\x04", b"\x1f\x8b"];

/// The format of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyFormat {
    /// JSON lines, each an object with a `type`.
    Lines,
    /// One JSON value (or several, none of them with a `type`).
    Document,
    /// Server-sent events.
    Events,
    /// Lines of the AI SDK.
    DataStream,
    /// Words that only confirm the call.
    Receipt,
    /// Text as it is.
    Plain,
    /// An HTML page, or an XML document.
    Markup,
    /// A picture, a PDF or another file.
    File,
}

/// The hint of the `Content-Type`, which says little: n8n labels its streams `application/json` and its plain text
/// `text/html`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum MediaHint {
    /// No hint.
    #[default]
    Any,
    /// `text/event-stream`.
    Events,
    /// `application/json`: a JSON value without text in it is no text either.
    Json,
    /// A picture, sound or film, or a PDF.
    File,
}

impl MediaHint {
    /// Reads the hint of a `Content-Type` header.
    pub(super) fn from_header(media_type: Option<&str>) -> Self {
        let essence = media_type.and_then(|header| header.split(';').next()).unwrap_or_default();
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

/// Detects the format from the bytes that have arrived; `None` while more are needed.
///
/// With its hint, server-sent events are believed when the first line is a field or a comment, or could be an unknown
/// field and one that is known follows. Without the hint only the unmistakable is believed: a `data:` field that holds an
/// object, or two known fields in a row.
pub(super) fn detect(body: &[u8], hint: MediaHint) -> Option<BodyFormat> {
    let body = behind_bom(body)?;
    let (first, rest) = split_first(body)?;
    let text = body.trim_ascii_start();
    let is_xml = begins_with_any(&XML, text, <[u8]>::eq_ignore_ascii_case);
    let unfit = [
        (begins_as_page(body), BodyFormat::Markup),
        (is_xml, BodyFormat::Markup),
        (begins_as_foreign(body), BodyFormat::Markup),
        (begins_as_receipt(body), BodyFormat::Receipt),
        (begins_as_data_stream(text, false), BodyFormat::DataStream),
        (begins_with_any(&FILES, text, <[u8]>::eq), BodyFormat::File),
    ];
    if let Some((begins, format)) = unfit.into_iter().find(|(begins, _)| *begins != Begins::No) {
        return (begins == Begins::Yes).then_some(format);
    }
    match first {
        b'{' => object(text),
        b'[' => array(rest),
        b'"' => Some(BodyFormat::Document),
        _ if hint == MediaHint::File => Some(BodyFormat::File),
        b'n' if b"null".starts_with(body.trim_ascii()) => None,
        _ if hint == MediaHint::Json && may_be_scalar(body.trim_ascii()) => None,
        _ => events_or_text(body, hint),
    }
}

/// Detects the format of a body that ended before [`detect`] could.
pub(super) fn detect_whole(body: &[u8], hint: MediaHint) -> BodyFormat {
    let body = without_bom(body);
    let is_events = || {
        hint == MediaHint::Events && ends_in_field(body.trim_ascii())
            || is_whole_event(body)
            || is_cut_event(body)
    };
    match split_first(body) {
        Some(_) if is_events() => BodyFormat::Events,
        Some((b'{', _)) if is_line(body) => BodyFormat::Lines,
        Some(_) if is_receipt(body) => BodyFormat::Receipt,
        Some(_) if is_notice_line(body) => BodyFormat::Markup,
        Some(_) if begins_as_data_stream(body.trim_ascii(), true) == Begins::Yes => BodyFormat::DataStream,
        Some((b'{' | b'[' | b'n', _)) => BodyFormat::Document,
        Some(_) if hint == MediaHint::Json && may_be_scalar(body.trim_ascii()) => BodyFormat::Document,
        _ => BodyFormat::Plain,
    }
}

fn object(text: &[u8]) -> Option<BodyFormat> {
    match begins_as_object(text) {
        Begins::Perhaps => None,
        Begins::No => Some(BodyFormat::Plain),
        Begins::Yes => match memchr2(b'\n', b'\r', text) {
            Some(end) if is_line(&text[..end]) => Some(BodyFormat::Lines),
            Some(end) => rows(&text[..end], text[end..].trim_ascii_start()),
            // A line of JSON lines is no longer than that.
            None if text.len() <= MAX_LINE => None,
            None => Some(BodyFormat::Document),
        },
    }
}

/// Detects an array. `[1] According to …` is text, but only its end shows that it is not the array `[1]`.
fn array(rest: &[u8]) -> Option<BodyFormat> {
    let value = |next| matches!(next, b'{' | b'[' | b'"' | b']' | b'-' | b'0'..=b'9');
    match first_is(rest, value) {
        Begins::Perhaps => None,
        Begins::Yes => Some(BodyFormat::Document),
        Begins::No => Some(BodyFormat::Plain),
    }
}

fn events_or_text(body: &[u8], hint: MediaHint) -> Option<BodyFormat> {
    let blank = body.iter().take_while(|&&byte| byte == b'\n' || byte == b'\r').count();
    match begins_as_events(&body[blank..], hint) {
        Begins::Perhaps => None,
        Begins::Yes => Some(BodyFormat::Events),
        Begins::No => Some(BodyFormat::Plain),
    }
}

fn begins_as_events(line: &[u8], hint: MediaHint) -> Begins {
    let known = begins_as_field(line);
    let is_object = || line.strip_prefix(b"data:").map(begins_as_object) == Some(Begins::Yes);
    match (known, hint) {
        (Begins::Perhaps, _) | (Begins::Yes, MediaHint::Events) => return known,
        (Begins::Yes, _) if is_object() => return Begins::Yes,
        (Begins::No, MediaHint::Events) if may_be_field(line) => {}
        (Begins::No, _) => return Begins::No,
        (Begins::Yes, _) => {}
    }
    match memchr2(b'\n', b'\r', line) {
        Some(end) if hint == MediaHint::Events && is_bare_field(line[end..].trim_ascii_start()) => {
            Begins::Yes
        }
        Some(end) => begins_as_field(line[end..].trim_ascii_start()),
        None if line.len() > MAX_LINE => Begins::No,
        None => Begins::Perhaps,
    }
}

/// Compares the beginning of a line with the fields that the specification knows, and with a comment.
fn begins_as_field(line: &[u8]) -> Begins {
    if line.starts_with(b":") {
        return Begins::Yes;
    }
    begins_with_any(&FIELDS, line, <[u8]>::eq)
}

/// Tells if a line may be an unknown field, or a field without its colon: event streams skip both.
fn may_be_field(line: &[u8]) -> bool {
    let ends = |byte: &u8| matches!(byte, b':' | b'\n' | b'\r');
    let name = line.split(ends).next().unwrap_or_default();
    name.len() <= MAX_NAME && !name.trim_ascii().contains(&b' ')
}

/// Tells if the first line is a field without its colon.
fn is_bare_field(text: &[u8]) -> bool {
    let line = memchr2(b'\n', b'\r', text).map(|end| &text[..end]);
    FIELDS.iter().any(|field| field.strip_suffix(b":") == line)
}

/// Tells if a short body ends in the name of a field, at its beginning or behind a line that may be a field: that is no
/// text either.
fn ends_in_field(body: &[u8]) -> bool {
    let (first, last) = match memchr2(b'\n', b'\r', body) {
        Some(end) => (&body[..end], body[end..].trim_ascii_start()),
        None => (&b""[..], body),
    };
    may_be_field(first) && FIELDS.iter().any(|field| field.starts_with(last))
}

/// Tells if `body` is the beginning of an event with an object, cut behind the first bracket.
fn is_cut_event(body: &[u8]) -> bool {
    let data = body.trim_ascii_start().strip_prefix(b"data:").map(<[u8]>::trim_ascii);
    data.is_some_and(|data| !data.is_empty() && begins_as_object(data) == Begins::Perhaps)
}

/// Tells if `body` is one event and nothing else.
fn is_whole_event(body: &[u8]) -> bool {
    let ends = [&b"\n\n"[..], b"\r\n\r\n", b"\r\r"];
    body.trim_ascii_start().starts_with(b"data:") && ends.iter().any(|end| body.ends_with(end))
}

/// Tells if `text` is a number, `true` or `false`, or the beginning of one.
fn may_be_scalar(text: &[u8]) -> bool {
    let in_number = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    b"true".starts_with(text)
        || b"false".starts_with(text)
        || text.len() <= MAX_NAME && text.iter().all(in_number)
}

/// Detects the format of a body whose first line is no object with a `type`: more objects make it lines, and behind a first
/// line that is broken more lines of a known kind do.
fn rows(first: &[u8], rest: &[u8]) -> Option<BodyFormat> {
    let next = memchr2(b'\n', b'\r', rest).map(|end| &rest[..end]);
    match rest.first() {
        None if rest.is_empty() => None,
        Some(b'{') if is_object(first) => Some(BodyFormat::Lines),
        Some(b'{') if next.is_none() && rest.len() <= MAX_LINE => None,
        Some(b'{') if next.is_some_and(is_line) => Some(BodyFormat::Lines),
        _ => Some(BodyFormat::Document),
    }
}

fn is_object(line: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(line).is_ok_and(|value| value.get().starts_with('{'))
}

fn is_line(line: &[u8]) -> bool {
    JsonLine::parse(&lossy(line)).is_some()
}

#[cfg(test)]
mod tests {
    use super::{BodyFormat, MediaHint, detect, detect_whole};

    #[test]
    fn the_first_bytes_decide_and_the_type_is_a_hint() {
        let events = MediaHint::from_header(Some("Text/Event-Stream; charset=utf-8"));
        let json = MediaHint::from_header(Some("application/json; charset=utf-8"));
        for (body, hint, kind) in [
            ("{\"type\":\"begin\"}\n", MediaHint::Any, Some(BodyFormat::Lines)),
            ("\u{feff}\r\n {\"type\":\"begin\"}\r", events, Some(BodyFormat::Lines)),
            ("{\"type\":\"begin\"}", MediaHint::Any, None),
            ("{\"output\":\"a\"}\n", MediaHint::Any, None),
            ("{\"output\":\"a\"}\n{", MediaHint::Any, Some(BodyFormat::Lines)),
            ("{\"output\":\"a\"}\n x", MediaHint::Any, Some(BodyFormat::Document)),
            ("{\"a\":{}\n{\"type\":\"begin\"}\n", MediaHint::Any, Some(BodyFormat::Lines)),
            ("{\n", MediaHint::Any, None),
            ("{\n\"a", MediaHint::Any, Some(BodyFormat::Document)),
            ("{name}, hello", MediaHint::Any, Some(BodyFormat::Plain)),
            ("[{", MediaHint::Any, Some(BodyFormat::Document)),
            ("[1] says", MediaHint::Any, Some(BodyFormat::Document)),
            ("[Docs](https://a.example)", MediaHint::Any, Some(BodyFormat::Plain)),
            ("\"quoted", MediaHint::Any, Some(BodyFormat::Document)),
            ("nul", MediaHint::Any, None),
            ("nulls", MediaHint::Any, Some(BodyFormat::Plain)),
            (" \n<!DOCType html>", events, Some(BodyFormat::Markup)),
            ("\u{feff}<HTML>", MediaHint::Any, Some(BodyFormat::Markup)),
            ("<!doc", MediaHint::Any, None),
            ("<!-- a -->\n<!-- b --> <html>", MediaHint::Any, Some(BodyFormat::Markup)),
            ("<!-- a -->\n<!-", MediaHint::Any, None),
            ("<!-- a --> Hello", MediaHint::Any, Some(BodyFormat::Plain)),
            (&format!("<!--{}", " a".repeat(600)), MediaHint::Any, Some(BodyFormat::Plain)),
            ("<b>", MediaHint::Any, None),
            ("<b>a", MediaHint::Any, Some(BodyFormat::Plain)),
            ("<h1>", MediaHint::Any, Some(BodyFormat::Markup)),
            ("0:\"a\"\n", MediaHint::Any, Some(BodyFormat::DataStream)),
            ("0:\"a\" b\n", MediaHint::Any, Some(BodyFormat::Plain)),
            ("Accep", MediaHint::Any, None),
            ("<?xm", MediaHint::Any, None),
            ("<?xml version='1.0'?><Error/>", MediaHint::Any, Some(BodyFormat::Markup)),
            ("%PDF-1.7", MediaHint::Any, Some(BodyFormat::File)),
            ("%PDA", MediaHint::Any, Some(BodyFormat::Plain)),
            ("BM", MediaHint::File, Some(BodyFormat::File)),
            ("{\"output\":1}", MediaHint::File, None),
            ("", MediaHint::Any, None),
            ("Hello", events, None),
            ("Hello you", events, Some(BodyFormat::Plain)),
            ("Hello\nyou", events, Some(BodyFormat::Plain)),
            ("你好".repeat(20).as_str(), events, Some(BodyFormat::Plain)),
            ("data\ndata:", events, Some(BodyFormat::Events)),
            ("retry\n\ndata:", events, Some(BodyFormat::Events)),
            (" data:a\ndata:", events, Some(BodyFormat::Events)),
            ("\u{feff}\u{feff}data:1\n\ndata:2", events, Some(BodyFormat::Events)),
            ("data: hello", events, Some(BodyFormat::Events)),
            (": ping", events, Some(BodyFormat::Events)),
            ("\n\nid:1", events, Some(BodyFormat::Events)),
            ("dat", events, None),
            ("data: {\"a\"", MediaHint::Any, Some(BodyFormat::Events)),
            ("data: hello\n\nmore", MediaHint::Any, Some(BodyFormat::Plain)),
            ("event: delta\r\ndata:", MediaHint::Any, Some(BodyFormat::Events)),
            ("event: the party", MediaHint::Any, None),
            ("event: the party\nis over", MediaHint::Any, Some(BodyFormat::Plain)),
            (": hello", MediaHint::Any, None),
            (":) hello\nyou", MediaHint::Any, Some(BodyFormat::Plain)),
            (": ping\n\ndata:", MediaHint::Any, Some(BodyFormat::Events)),
            ("data: a\n\ndata:", MediaHint::Any, Some(BodyFormat::Events)),
            ("12", json, None),
            ("12 apples", json, Some(BodyFormat::Plain)),
            ("12", MediaHint::Any, None),
            ("fals", json, None),
            ("falsehood", json, Some(BodyFormat::Plain)),
        ] {
            assert_eq!(detect(body.as_bytes(), hint), kind, "{body:?} {hint:?}");
        }
    }

    #[test]
    fn a_body_that_ends_early_is_decided_as_it_is() {
        for (body, kind) in [
            ("{\"type\":\"begin\"}", BodyFormat::Lines),
            ("{\"output\":1}", BodyFormat::Document),
            ("null", BodyFormat::Document),
            ("<!doc", BodyFormat::Plain),
            ("data: {", BodyFormat::Events),
            ("data: [ {", BodyFormat::Events),
            ("data: hello\n\n", BodyFormat::Events),
            ("true", BodyFormat::Plain),
            (" ", BodyFormat::Plain),
        ] {
            assert_eq!(detect_whole(body.as_bytes(), MediaHint::Any), kind, "{body:?}");
        }
        for (body, kind) in
            [("true\n", BodyFormat::Document), ("1.5", BodyFormat::Document), ("a", BodyFormat::Plain)]
        {
            assert_eq!(detect_whole(body.as_bytes(), MediaHint::Json), kind, "{body:?}");
        }
    }
}
