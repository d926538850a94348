//! Messages that come whole each time: the text so far, and then more of it.

use super::super::error::ReplyError;
use super::sink::Sink;

/// The messages of which earlier texts are remembered; an answer that consists of more repeats itself then.
const MAX_MESSAGES: usize = 64;

/// The texts of messages, as far as they came.
#[derive(Debug, Default)]
pub(in crate::reply) struct Cumulative {
    /// The id and the text of each.
    messages: Vec<(String, String)>,
}

impl Cumulative {
    /// Adds what is new in the whole text of a message; where that is another text than before, the reply is replaced.
    pub(super) fn push(&mut self, id: &str, text: &str, sink: &mut Sink<'_>) -> Result<(), ReplyError> {
        let Some(at) = self.messages.iter().position(|(known, _)| known == id) else {
            sink.begin_paragraph();
            if self.messages.len() == MAX_MESSAGES {
                self.messages.remove(0);
            }
            self.messages.push((id.to_owned(), text.to_owned()));
            return sink.words(text);
        };
        let before = core::mem::replace(&mut self.messages[at].1, text.to_owned());
        match text.strip_prefix(&*before) {
            Some(more) => sink.words(more),
            // A shorter snapshot of the same words is an old one.
            None if before.starts_with(text) => {
                self.messages[at].1 = before;
                Ok(())
            }
            None => sink.replace(&self.whole()),
        }
    }

    /// Notes a message's text that was told otherwise.
    pub(super) fn note(&mut self, id: &str, more: &str) {
        match self.messages.iter().position(|(known, _)| known == id) {
            Some(at) => self.messages[at].1.push_str(more),
            None if self.messages.len() < MAX_MESSAGES => {
                self.messages.push((id.to_owned(), more.to_owned()));
            }
            None => {}
        }
    }

    /// Tells if something is known of the message.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.messages.iter().any(|(known, _)| known == id)
    }

    /// Returns the memory of the texts.
    pub(in crate::reply) fn held_bytes(&self) -> usize {
        self.messages.iter().map(|(id, text)| id.capacity() + text.capacity()).sum()
    }

    fn whole(&self) -> String {
        let texts: Vec<&str> = self.messages.iter().map(|(_, text)| text.as_str()).collect();
        texts.join("\n\n")
    }
}
