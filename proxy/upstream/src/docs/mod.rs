//! A folder of documents as an upstream: answers quote them.

use std::sync::Arc;

use porthole_domain::{chain::End, message::MessageText, reply::ReplyPart};
use porthole_library::Library;
use tokio::task::spawn_blocking;

use crate::{Failure, Read};

/// The words in one piece: a visitor reads the beginning while the rest is still being framed.
const WORDS: usize = 4;

/// Answers from a folder of documents.
#[derive(Clone, Debug)]
pub struct Docs {
    library: Arc<Library>,
}

impl Docs {
    /// Builds the upstream over `library`.
    #[must_use]
    pub fn new(library: Library) -> Self {
        Self { library: Arc::new(library) }
    }

    pub(crate) async fn call(&self, question: &MessageText) -> Result<Quotation, Failure> {
        let (library, question) = (Arc::clone(&self.library), question.clone());
        let answer = spawn_blocking(move || library.answer(question.as_str())).await;
        let answer = answer.map_err(|_| Failure::Internal)?;
        Ok(Quotation { text: answer.text, at: 0, suggestions: answer.suggestions })
    }
}

/// An answer that quotes documents, read a few words at a time.
#[derive(Debug)]
pub struct Quotation {
    text: String,
    at: usize,
    suggestions: Vec<String>,
}

impl Quotation {
    pub(crate) fn read(&mut self, pieces: &mut Vec<ReplyPart>) -> Read {
        let rest = &self.text[self.at..];
        if !rest.is_empty() {
            let words = &rest[..end_of_words(rest)];
            pieces.push(ReplyPart::Text(words.to_owned()));
            self.at += words.len();
            return Read::Bytes(words.len());
        }
        if !self.suggestions.is_empty() {
            pieces.push(ReplyPart::Suggestions(std::mem::take(&mut self.suggestions)));
        }
        Read::End(End::Complete)
    }

    pub(crate) fn discard(&mut self) {
        *self = Self { text: String::new(), at: 0, suggestions: Vec::new() };
    }

    pub(crate) fn held_bytes(&self) -> usize {
        self.text.capacity()
    }
}

/// Returns the end of the first few words, with the space behind them.
fn end_of_words(text: &str) -> usize {
    text.match_indices(' ').nth(WORDS - 1).map_or(text.len(), |(space, _)| space + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Vec<String> {
        let mut answer = Quotation { text: text.into(), at: 0, suggestions: Vec::new() };
        let mut pieces = Vec::new();
        while answer.read(&mut pieces) != Read::End(End::Complete) {}
        let text = |piece| match piece {
            ReplyPart::Text(text) => text,
            other => panic!("{other:?}"),
        };
        pieces.into_iter().map(text).collect()
    }

    #[test]
    fn an_answer_comes_in_pieces_of_a_few_words_and_whole() {
        assert_eq!(read_all("a b c d e f"), ["a b c d ", "e f"]);
        for text in ["", "one", "one ", "é 😀 \n\n- a", "   ", "a b c d"] {
            assert_eq!(read_all(text).concat(), text, "{text:?}");
        }
    }
}
