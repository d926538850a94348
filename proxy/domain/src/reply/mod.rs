//! Decodes what an upstream sent: bytes in, pieces of a reply out (DESIGN §6.2).

mod document;
mod events;
pub(crate) mod head;
mod lines;
mod notices;
mod prose;
mod steps;
pub(crate) mod string;
#[cfg(test)]
mod tests;

use porthole_protocol::Step;
use porthole_protocol::limits::MAX_REPLY_BYTES;
use porthole_protocol::sse::{EventReader, LineReader, MAX_LINE, TooLargeError};
use serde::de::IgnoredAny;

use head::{Hint, Kind};
use lines::{Known, Reply};
use prose::Single;
use string::Utf8;

/// Bytes in one [`ReplyPart::Text`]: written as JSON with every character escaped it stays below the
/// 256 KiB that a reader takes in one line.
pub const MAX_PART_BYTES: usize = 32 * 1024;

/// A part of a reply, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyPart {
    /// More text, never empty and at most [`MAX_PART_BYTES`] bytes.
    Text(String),
    /// A step that the workflow announced.
    Step(Step),
    /// Follow-up questions that the workflow offers.
    Suggestions(Vec<String>),
}

/// Why a body is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The body held no text.
    #[error("the reply is empty: {0}")]
    Empty(EmptyCause),
    /// A line, a document or the whole text is larger than the limit.
    #[error("the reply is larger than the limit")]
    TooLarge,
    /// The body is an HTML page, so something between us and the workflow answered.
    #[error("the reply is an HTML page")]
    Markup,
    /// The workflow itself reported an error.
    #[error("the workflow reported an error")]
    Reported,
    /// The body ended inside a line: where nothing else says how long it is, that alone shows that it was cut.
    #[error("the reply ended in the middle of a line")]
    Unfinished,
}

/// What an empty reply held instead of text; for the log, where it hints at the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmptyCause {
    /// Not a byte: in n8n streaming is often off in the node that should speak.
    #[error("no body")]
    NoBody,
    /// A body without any text.
    #[error("no text in the body")]
    NoText,
    /// n8n only said that the workflow has begun: the webhook responds immediately.
    #[error("the workflow was only started")]
    StartedOnly,
    /// n8n waits for a person over a channel that a webhook call does not have.
    #[error("the workflow waits for a person")]
    HumanInTheLoop,
    /// A picture, a PDF or another file.
    #[error("the body is a file")]
    File,
}

/// How the body is read.
#[derive(Debug)]
enum Body {
    /// Too little has arrived to say.
    Head(Vec<u8>),
    Lines(LineReader, First),
    /// JSON that is read when it is whole.
    Document(Vec<u8>),
    Events(EventReader),
    Plain(Utf8),
}

/// The first line of a body of JSON lines.
#[derive(Debug)]
enum First {
    Awaited,
    /// Nothing is known of its kind: where no other line follows it is a document with a `type`.
    Unknown(String),
    Read,
}

/// Decodes one body.
#[derive(Debug)]
pub struct Decoder {
    hint: Hint,
    body: Body,
    reply: Reply,
}

impl Decoder {
    /// Begins a body; `media_type` is the `Content-Type` header, which is only a hint.
    #[must_use]
    pub fn new(media_type: Option<&str>) -> Self {
        Self {
            hint: Hint::of(media_type),
            body: Body::Head(Vec::new()),
            reply: Reply::default(),
        }
    }

    /// Reads more of the body and appends the pieces that it completes. After an error the decoder
    /// must be dropped.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.reply.instead = self.reply.instead.or(Some(EmptyCause::NoText));
        let Body::Head(head) = &mut self.body else {
            return self.read(bytes, out);
        };
        head.extend_from_slice(bytes);
        // Leading space without end is decided too.
        let overlong = || (head.len() > MAX_LINE).then(|| head::decide_whole(head, self.hint));
        match head::decide(head, self.hint).or_else(overlong) {
            Some(kind) => self.enter(kind, out),
            None => Ok(()),
        }
    }

    /// Ends the reply: the body ended cleanly. Appends what was held back.
    pub fn finish(mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        if let Body::Head(head) = &self.body {
            self.enter(head::decide_whole(head, self.hint), out)?;
        }
        self.finish_body(out)?;
        if !self.reply.failed {
            self.reply.close(self.single(), out)?;
        }
        if self.reply.failed {
            return Err(ReplyError::Reported);
        }
        if self.reply.prose.is_empty() {
            return Err(ReplyError::Empty(
                self.reply.instead.unwrap_or(EmptyCause::NoBody),
            ));
        }
        Ok(())
    }

    /// Whether the workflow reported an error and has not gone on since: the body may never end, so
    /// the caller waits a moment at most before it finishes.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.reply.failed
    }

    /// Lines or events that were skipped because nothing is known of their kind.
    #[must_use]
    pub const fn unknown_lines(&self) -> u32 {
        self.reply.unknown
    }

    /// Goes on with what the body was decided to be.
    fn enter(&mut self, kind: Kind, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        let body = match kind {
            Kind::Lines => Body::Lines(LineReader::default(), First::Awaited),
            Kind::Document => Body::Document(Vec::new()),
            Kind::Events => Body::Events(EventReader::default()),
            Kind::Plain => Body::Plain(Utf8::default()),
            Kind::Markup => return Err(ReplyError::Markup),
            Kind::File => return Err(ReplyError::Empty(EmptyCause::File)),
        };
        let Body::Head(head) = core::mem::replace(&mut self.body, body) else {
            return Ok(());
        };
        if kind == Kind::Plain {
            // A reply of nothing but space is empty.
            if head.trim_ascii().is_empty() {
                return Ok(());
            }
            self.reply.prose.flow();
            return self.read(head::without_bom(&head), out);
        }
        self.read(&head, out)
    }

    fn read(&mut self, bytes: &[u8], out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        match &mut self.body {
            Body::Head(_) => Ok(()),
            Body::Lines(lines, first) => {
                let mut rest = bytes;
                while let Some(line) = lines.next(&mut rest)? {
                    read_line(&mut self.reply, line, first, out)?;
                }
                Ok(())
            }
            Body::Document(document) => {
                if document.len() + bytes.len() > MAX_REPLY_BYTES {
                    return Err(ReplyError::TooLarge);
                }
                document.extend_from_slice(bytes);
                Ok(())
            }
            Body::Events(reader) => {
                let mut frames = Vec::new();
                let read = reader.push(bytes, &mut frames);
                for frame in &frames {
                    self.reply.event(frame, out)?;
                }
                Ok(read?)
            }
            Body::Plain(utf8) => self.reply.prose.text(&utf8.decode(bytes), out),
        }
    }

    fn finish_body(&mut self, out: &mut Vec<ReplyPart>) -> Result<(), ReplyError> {
        match &mut self.body {
            // The specification discards an event that is not finished.
            Body::Head(_) | Body::Events(_) => Ok(()),
            Body::Lines(lines, first) => {
                if let Some(line) = lines.finish() {
                    if !self.reply.failed && is_unfinished(line) {
                        return Err(ReplyError::Unfinished);
                    }
                    read_line(&mut self.reply, line, first, out)?;
                }
                match first {
                    First::Unknown(document) => {
                        self.reply.unknown = 0;
                        self.reply.document(document, out)
                    }
                    First::Awaited | First::Read => Ok(()),
                }
            }
            Body::Document(document) => {
                let text = string::lossy(head::without_bom(document));
                self.reply.document(&text, out)
            }
            Body::Plain(utf8) => self.reply.prose.text(utf8.finish(), out),
        }
    }

    /// What a span of one item may be: n8n sends a response's body so, and nobody else.
    const fn single(&self) -> Single {
        match self.body {
            Body::Lines(..) => Single::Body,
            Body::Head(_) | Body::Document(_) | Body::Events(_) | Body::Plain(_) => Single::Words,
        }
    }
}

/// Whether a last line is an object of which only the beginning came.
fn is_unfinished(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<IgnoredAny>(line).is_err_and(|error| error.is_eof())
}

fn read_line(
    reply: &mut Reply,
    line: &[u8],
    first: &mut First,
    out: &mut Vec<ReplyPart>,
) -> Result<(), ReplyError> {
    if line.trim_ascii().is_empty() {
        return Ok(());
    }
    let line = string::lossy(line);
    *first = match (&*first, reply.line(&line, out)?) {
        (First::Awaited, Known::No) => First::Unknown(line.into_owned()),
        _ => First::Read,
    };
    Ok(())
}

impl From<TooLargeError> for ReplyError {
    fn from(_: TooLargeError) -> Self {
        Self::TooLarge
    }
}
