//! The decoder of one body.

use porthole_protocol::limits::MAX_REPLY_BYTES;
use porthole_protocol::sse::{EventReader, LineReader, MAX_LINE};
use serde::de::IgnoredAny;

use super::builder::{Recognition, ReplyBuilder};
use super::error::{EmptyCause, ReplyError};
use super::format::{BodyFormat, MediaHint, detect, detect_whole};
use super::options::DecoderOptions;
use super::part::ReplyPart;
use super::prefix::without_bom;
use super::string::{Utf8Decoder, lossy};
use super::text::SingleItem;

/// A decoder of one body, which may arrive cut anywhere.
#[derive(Debug)]
pub struct Decoder {
    hint: MediaHint,
    body: BodyState,
    reply: ReplyBuilder,
}

/// The state of reading a body, by its format.
#[derive(Debug)]
enum BodyState {
    /// Too little has arrived to detect the format.
    Undetected(Vec<u8>),
    Lines(LineReader, FirstLine),
    /// JSON that is parsed when it is whole.
    Document(Vec<u8>),
    Events(EventReader),
    Plain(Utf8Decoder),
}

/// The first line of a body of JSON lines.
#[derive(Debug)]
enum FirstLine {
    Awaited,
    /// Its kind is unknown: where no other line follows, it is a document with a `type`.
    Unknown(String),
    Read,
}

impl Decoder {
    /// Creates the decoder of a body; `media_type` is the `Content-Type` header, which is only a hint.
    #[must_use]
    pub fn new(media_type: Option<&str>) -> Self {
        Self::with_options(media_type, &DecoderOptions::default())
    }

    /// Creates the decoder of a body of a site with these options.
    #[must_use]
    pub fn with_options(media_type: Option<&str>, options: &DecoderOptions) -> Self {
        Self {
            hint: MediaHint::from_header(media_type),
            body: BodyState::Undetected(Vec::new()),
            reply: ReplyBuilder::new(options.thoughts),
        }
    }

    /// Decodes more of the body and appends the parts that it completes. After an error the decoder must be dropped.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.reply.empty_cause = self.reply.empty_cause.or(Some(EmptyCause::NoText));
        let BodyState::Undetected(head) = &mut self.body else {
            return self.read(bytes, out);
        };
        head.extend_from_slice(bytes);
        // Leading space without end has a format, too.
        let overlong = || (head.len() > MAX_LINE).then(|| detect_whole(head, self.hint));
        match detect(head, self.hint).or_else(overlong) {
            Some(format) => self.enter(format, out),
            None => Ok(()),
        }
    }

    /// Finishes the reply, after the body has ended cleanly, and flushes the text that was held back.
    pub fn finish(mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if let BodyState::Undetected(head) = &self.body {
            self.enter(detect_whole(head, self.hint), out)?;
        }
        self.finish_body(out)?;
        if !self.reply.failed {
            self.reply.end_span(self.single_item(), out)?;
        }
        if self.reply.failed {
            return Err(ReplyError::Reported);
        }
        if self.reply.text.is_empty() {
            return Err(ReplyError::Empty(self.empty_cause()));
        }
        if self.reply.text.is_thinking() {
            return Err(ReplyError::Unfinished);
        }
        Ok(())
    }

    fn empty_cause(&self) -> EmptyCause {
        match self.reply.empty_cause {
            Some(EmptyCause::NoText) if self.reply.text.has_thoughts() => EmptyCause::ThoughtsOnly,
            cause => cause.unwrap_or(EmptyCause::NoBody),
        }
    }

    /// Returns `true` while the last thing that the workflow reported is an error: the body may never end, so the
    /// caller waits a moment at most before it finishes.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.reply.failed
    }

    /// Returns the memory of all that is held until more of the body has come.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let body = match &self.body {
            BodyState::Undetected(bytes) | BodyState::Document(bytes) => bytes.capacity(),
            BodyState::Lines(lines, FirstLine::Unknown(line)) => lines.held_bytes() + line.capacity(),
            BodyState::Lines(lines, FirstLine::Awaited | FirstLine::Read) => lines.held_bytes(),
            BodyState::Events(events) => events.held_bytes(),
            BodyState::Plain(_) => 0,
        };
        body + self.reply.text.held_bytes()
    }

    /// Returns the number of lines or events that were skipped because their kind is unknown.
    #[must_use]
    pub const fn unknown_lines(&self) -> u32 {
        self.reply.unknown_lines
    }

    /// Goes on with the format that was detected.
    fn enter(&mut self, format: BodyFormat, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let body = match format {
            BodyFormat::Lines => BodyState::Lines(LineReader::default(), FirstLine::Awaited),
            BodyFormat::Document => BodyState::Document(Vec::new()),
            BodyFormat::Events => BodyState::Events(EventReader::default()),
            BodyFormat::Plain => BodyState::Plain(Utf8Decoder::default()),
            BodyFormat::Markup => return Err(ReplyError::Markup),
            BodyFormat::File => return Err(ReplyError::Empty(EmptyCause::File)),
        };
        let BodyState::Undetected(head) = core::mem::replace(&mut self.body, body) else {
            return Ok(());
        };
        if format == BodyFormat::Plain {
            return self.enter_plain(&head, out);
        }
        self.read(&head, out)
    }

    fn enter_plain(&mut self, head: &[u8], out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        // A reply of nothing but space is empty.
        if head.trim_ascii().is_empty() {
            return Ok(());
        }
        self.reply.text.pass_through();
        self.read(without_bom(head), out)
    }

    fn read(&mut self, bytes: &[u8], out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        match &mut self.body {
            BodyState::Undetected(_) => Ok(()),
            BodyState::Lines(lines, first) => {
                let mut rest = bytes;
                while let Some(line) = lines.next(&mut rest)? {
                    read_line(&mut self.reply, line, first, out)?;
                }
                Ok(())
            }
            BodyState::Document(document) => append(document, bytes),
            BodyState::Events(reader) => {
                let mut frames = Vec::new();
                let read = reader.push(bytes, &mut frames);
                for frame in &frames {
                    self.reply.push_event(frame, out)?;
                }
                Ok(read?)
            }
            BodyState::Plain(utf8) => self.reply.text.push_text(&utf8.decode(bytes), out),
        }
    }

    fn finish_body(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        match &mut self.body {
            // The specification discards an event that is not finished.
            BodyState::Undetected(_) | BodyState::Events(_) => Ok(()),
            BodyState::Lines(lines, first) => finish_lines(&mut self.reply, lines, first, out),
            BodyState::Document(document) => self.reply.push_document(&lossy(without_bom(document)), out),
            BodyState::Plain(utf8) => self.reply.text.push_text(utf8.finish(), out),
        }
    }

    /// Returns the meaning of a span of one item: n8n alone, in its JSON lines, sends a response's body so.
    const fn single_item(&self) -> SingleItem {
        match self.body {
            BodyState::Lines(..) => SingleItem::ResponseBody,
            BodyState::Undetected(_)
            | BodyState::Document(_)
            | BodyState::Events(_)
            | BodyState::Plain(_) => SingleItem::Speech,
        }
    }
}

fn append(document: &mut Vec<u8>, bytes: &[u8]) -> Result<(), ReplyError> {
    if document.len() + bytes.len() > MAX_REPLY_BYTES {
        return Err(ReplyError::TooLarge);
    }
    document.extend_from_slice(bytes);
    Ok(())
}

fn finish_lines(
    reply: &mut ReplyBuilder,
    lines: &mut LineReader,
    first: &mut FirstLine,
    out: &mut Vec<ReplyPart>,
) -> Result<(), ReplyError> {
    if let Some(line) = lines.finish() {
        if !reply.failed && is_cut_object(line) {
            return Err(ReplyError::Unfinished);
        }
        read_line(reply, line, first, out)?;
    }
    match first {
        FirstLine::Unknown(document) => {
            reply.unknown_lines = 0;
            reply.push_document(document, out)
        }
        FirstLine::Awaited | FirstLine::Read => Ok(()),
    }
}

/// Tells if a last line is an object of which only the beginning came.
fn is_cut_object(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<IgnoredAny>(line).is_err_and(|error| error.is_eof())
}

fn read_line(
    reply: &mut ReplyBuilder,
    line: &[u8],
    first: &mut FirstLine,
    out: &mut Vec<ReplyPart>,
) -> Result<(), ReplyError> {
    if line.trim_ascii().is_empty() {
        return Ok(());
    }
    let line = lossy(line);
    *first = match (&*first, reply.push_line(&line, out)?) {
        (FirstLine::Awaited, Recognition::Unknown) => FirstLine::Unknown(line.into_owned()),
        _ => FirstLine::Read,
    };
    Ok(())
}
