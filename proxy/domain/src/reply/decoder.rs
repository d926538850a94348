//! The decoder of one body.

use porthole_protocol::limits::MAX_REPLY_BYTES;
use porthole_protocol::sse::{EventReader, LineReader, MAX_LINE};

use crate::chain::End;

use super::builder::ReplyBuilder;
use super::charset::Charset;
use super::error::{EmptyCause, ReplyError};

use super::format::{BodyFormat, MediaHint, detect, detect_whole};
use super::line::{Recognition, is_cut, is_end_mark};
use super::look::LookBudget;
use super::options::DecoderOptions;
use super::pages::guard_length;
use super::part::ReplyPart;
use super::prefix::without_bom;
use super::protocols;
use super::string::{Utf8Decoder, lossy};
use super::text::SingleItem;

/// A decoder of one body, which may arrive cut anywhere.
#[derive(Debug)]
pub struct Decoder {
    hint: MediaHint,
    /// `true` where the body ends with its connection.
    is_close_delimited: bool,
    charset: Charset,
    body: BodyState,
    reply: ReplyBuilder,
}

/// The state of reading a body, by its format.
#[derive(Debug)]
enum BodyState {
    /// Too little has arrived to detect the format.
    Undetected(Vec<u8>, LookBudget),
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
    /// The lines are those of the AI SDK.
    OfDataStream,
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
            is_close_delimited: false,
            charset: Charset::from_header(media_type),
            body: BodyState::Undetected(Vec::new(), LookBudget::default()),
            reply: ReplyBuilder::new(options),
        }
    }

    /// Notes if the body has no length and no last chunk, but ends with its connection (RFC 9112 §6.3): a cut then looks
    /// like the end, so that the format itself has to show that the body is whole, where it can.
    #[must_use]
    pub fn close_delimited(mut self, is_close_delimited: bool) -> Self {
        self.is_close_delimited = is_close_delimited;
        self
    }

    /// Decodes more of the body and appends the parts that it completes. After an error the decoder must be dropped.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.reply.output.empty_cause = self.reply.output.empty_cause.or(Some(EmptyCause::NoText));
        if self.charset.is_utf8() {
            return self.push_utf8(bytes, out);
        }
        let utf8 = self.charset.decode(bytes).into_owned();
        self.push_utf8(&utf8, out)
    }

    fn push_utf8(&mut self, bytes: &[u8], out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let BodyState::Undetected(head, budget) = &mut self.body else {
            return self.read(bytes, out);
        };
        head.extend_from_slice(bytes);
        if !budget.permits(head.len()) {
            return Ok(());
        }
        let Some(guard) = guard_length(head) else {
            return Ok(());
        };
        head.drain(..guard);
        // Leading space without end has a format, too.
        let overlong = || (head.len() > MAX_LINE).then(|| detect_whole(head, self.hint));
        match detect(head, self.hint).or_else(overlong) {
            Some(format) => self.enter(format, out),
            None => Ok(()),
        }
    }

    /// Finishes the reply, after the body has ended cleanly, and flushes the text that was held back. The end is incomplete
    /// where the body itself says so: one that merely stops too early is an error.
    pub fn finish(mut self, out: &mut Vec<ReplyPart>) -> Result<End, ReplyError> {
        let rest = self.charset.finish();
        if !rest.is_empty() {
            self.push_utf8(&rest, out)?;
        }
        if let BodyState::Undetected(head, _) = &self.body {
            let format = detect(head, self.hint).unwrap_or_else(|| detect_whole(head, self.hint));
            self.enter(format, out)?;
        }
        self.finish_body(out)?;
        self.reply.finish_protocol(out)?;
        if !self.reply.output.failed {
            self.reply.output.end_span(self.single_item(), out)?;
        }
        if self.reply.output.failed {
            return Err(ReplyError::Reported);
        }
        let end = self.reply.true_end().ok_or(ReplyError::Unfinished)?;
        if self.reply.output.text.is_empty() {
            return Err(ReplyError::Empty(self.empty_cause()));
        }
        let is_cut = self.is_close_delimited && self.reply.is_inside_run;
        if self.reply.output.text.speech.is_thinking() || self.reply.output.broken || is_cut {
            return Err(ReplyError::Unfinished);
        }
        Ok(end)
    }

    fn empty_cause(&self) -> EmptyCause {
        match self.reply.output.empty_cause {
            Some(EmptyCause::NoText) if self.reply.output.has_thoughts() => EmptyCause::ThoughtsOnly,
            cause => cause.unwrap_or(EmptyCause::NoBody),
        }
    }

    /// Returns `true` while the last thing that the workflow reported is an error: the body may never end, so the
    /// caller waits a moment at most before it finishes.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.reply.output.failed
    }

    /// Returns the memory of all that is held until more of the body has come.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let body = match &self.body {
            BodyState::Undetected(bytes, _) | BodyState::Document(bytes) => bytes.capacity(),
            BodyState::Lines(lines, FirstLine::Unknown(line)) => lines.held_bytes() + line.capacity(),
            BodyState::Lines(lines, _) => lines.held_bytes(),
            BodyState::Events(events) => events.held_bytes(),
            BodyState::Plain(_) => 0,
        };
        let protocol = self.reply.protocol.as_ref().map_or(0, protocols::Protocol::held_bytes);
        body + protocol + self.reply.output.text.held_bytes()
    }

    /// Returns the name of the agent's protocol that the body is written in; `None` for a workflow's own shapes.
    #[must_use]
    pub fn protocol(&self) -> Option<&'static str> {
        self.reply.protocol.as_ref().map(protocols::Protocol::name)
    }

    /// Returns the number of lines or events that were skipped because their kind is unknown.
    #[must_use]
    pub const fn unknown_lines(&self) -> u32 {
        self.reply.output.unknown_lines
    }

    /// Goes on with the format that was detected.
    fn enter(&mut self, format: BodyFormat, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let body = match format {
            BodyFormat::Lines => BodyState::Lines(LineReader::default(), FirstLine::Awaited),
            BodyFormat::Document => BodyState::Document(Vec::new()),
            BodyFormat::DataStream => BodyState::Lines(LineReader::default(), FirstLine::OfDataStream),
            BodyFormat::Receipt => return Err(ReplyError::Empty(EmptyCause::Receipt)),
            BodyFormat::Events => BodyState::Events(EventReader::default()),
            BodyFormat::Plain => BodyState::Plain(Utf8Decoder::default()),
            BodyFormat::Markup => return Err(ReplyError::Markup),
            BodyFormat::File => return Err(ReplyError::Empty(EmptyCause::File)),
        };
        let BodyState::Undetected(head, _) = core::mem::replace(&mut self.body, body) else {
            return Ok(());
        };
        let head = without_bom(&head);
        if format == BodyFormat::Plain {
            return self.enter_plain(head, out);
        }
        self.read(head, out)
    }

    fn enter_plain(&mut self, head: &[u8], out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        // A reply of nothing but space is empty.
        if head.trim_ascii().is_empty() {
            return Ok(());
        }
        // A fence may be all of the text, with an object in it.
        if !matches!(head.trim_ascii_start(), [b'`' | b'~', ..]) {
            self.reply.output.text.pass_through();
        }
        self.read(without_bom(head), out)
    }

    fn read(&mut self, bytes: &[u8], out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        match &mut self.body {
            BodyState::Undetected(..) => Ok(()),
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
            BodyState::Plain(utf8) => self.reply.output.text.push_text(&utf8.decode(bytes), out),
        }
    }

    fn finish_body(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        match &mut self.body {
            BodyState::Undetected(..) => Ok(()),
            BodyState::Events(reader) => finish_events(&mut self.reply, reader, self.is_close_delimited, out),
            BodyState::Lines(lines, first) => finish_lines(&mut self.reply, lines, first, out),
            BodyState::Document(document) => self.reply.push_document(&lossy(without_bom(document)), out),
            BodyState::Plain(utf8) => self.reply.output.text.push_text(utf8.finish(), out),
        }
    }

    /// Returns the meaning of a span of one item: n8n alone, in its JSON lines, sends a response's body so.
    const fn single_item(&self) -> SingleItem {
        match &self.body {
            BodyState::Lines(_, first) if !matches!(first, FirstLine::OfDataStream) => {
                SingleItem::ResponseBody
            }
            _ => SingleItem::Speech,
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
        if !reply.output.failed && is_cut_object(line) {
            return Err(ReplyError::Unfinished);
        }
        read_line(reply, line, first, out)?;
    }
    if let FirstLine::Unknown(document) = first {
        reply.output.unknown_lines = 0;
        reply.push_document(document, out)?;
    }
    Ok(())
}

/// Finishes the event that an event stream has not ended by a blank line. The specification discards it; services that
/// forget the line mean it, but a cut looks the same where the body ends with its connection.
fn finish_events(
    reply: &mut ReplyBuilder,
    reader: &mut EventReader,
    is_close_delimited: bool,
    out: &mut Vec<ReplyPart>,
) -> Result<(), ReplyError> {
    let Some(frame) = reader.finish()? else {
        return Ok(());
    };
    if is_close_delimited && !reply.output.failed && !is_end_mark(&frame.data) {
        return Err(ReplyError::Unfinished);
    }
    reply.push_last_event(&frame, out)
}

/// Tells if a last line is an object of which only the beginning came.
fn is_cut_object(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{") && is_cut(&lossy(line))
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
    if matches!(first, FirstLine::OfDataStream) {
        return reply.push_data_line(&line, out);
    }
    *first = match (&*first, reply.push_line(&line, out)?) {
        (FirstLine::Awaited, Recognition::Unknown) => FirstLine::Unknown(line.into_owned()),
        _ => FirstLine::Read,
    };
    Ok(())
}
