//! The documents as an upstream.

use std::sync::Arc;

use porthole_domain::{message::MessageText, reply::ReplyPart};
use porthole_library::Library;
use tokio::task::spawn_blocking;

use super::{Failure, Read};

/// Words in one piece: an answer is read on while its end is still being framed.
const WORDS: usize = 4;

/// Answers from a folder of documents.
#[derive(Debug)]
pub(crate) struct Docs {
    library: Arc<Library>,
}

impl Docs {
    /// Answers from `library`.
    pub(crate) fn new(library: Arc<Library>) -> Self {
        Self { library }
    }

    pub(super) async fn call(&self, question: &MessageText) -> Result<Answer, Failure> {
        let (library, question) = (Arc::clone(&self.library), question.clone());
        let answer = spawn_blocking(move || library.answer(question.as_str())).await;
        let answer = answer.map_err(|_| Failure::Internal)?;
        Ok(Answer {
            text: answer.text,
            at: 0,
            suggestions: answer.suggestions,
        })
    }
}

/// An answer, given out a few words at a time.
#[derive(Debug)]
pub(crate) struct Answer {
    text: String,
    at: usize,
    suggestions: Vec<String>,
}

impl Answer {
    pub(super) fn read(&mut self, pieces: &mut Vec<ReplyPart>) -> Read {
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
        Read::End
    }
}

/// Where the first few words end, with the space behind them.
fn end_of_words(text: &str) -> usize {
    text.match_indices(' ')
        .nth(WORDS - 1)
        .map_or(text.len(), |(space, _)| space + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Vec<String> {
        let mut answer = Answer {
            text: text.into(),
            at: 0,
            suggestions: Vec::new(),
        };
        let mut pieces = Vec::new();
        while answer.read(&mut pieces) != Read::End {}
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
