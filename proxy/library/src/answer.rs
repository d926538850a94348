//! What a visitor reads.

/// An answer to a visitor's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Markdown, never empty: a sentence, quoted passages, a list of sources.
    pub text: String,
    /// Questions that the documents can answer, at most three; may be empty.
    pub suggestions: Vec<String>,
}
