//! The answer to a question as Markdown: a sentence, quoted passages, the list of their sources.

use std::fmt::Write;

use crate::document::Document;
use crate::language::{Language, sentence};
use crate::passage::Passage;
use crate::small_talk::SmallTalk;

/// The most suggestions that go with an answer.
const MAX_SUGGESTIONS: usize = 3;
/// The longest heading that is suggested.
const MAX_SUGGESTION_BYTES: usize = 80;

/// An answer to a visitor's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Markdown, never empty: a sentence, quoted passages, a list of sources.
    pub text: String,
    /// Questions that the documents can answer, at most three; may be empty.
    pub suggestions: Vec<String>,
}

/// A passage chosen for an answer, with the document that it is from.
#[derive(Clone, Copy)]
pub(crate) struct Quote<'a> {
    pub(crate) document: &'a Document,
    pub(crate) passage: &'a Passage,
}

/// The certainty that the best passages answer the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    Found,
    Unsure,
}

impl Answer {
    /// Quotes passages, of which there is at least one.
    pub(crate) fn from_quotes(quotes: &[Quote<'_>], certainty: Certainty) -> Self {
        let language = quotes.first().and_then(|quote| quote.document.language);
        let introduction = match certainty {
            Certainty::Found => "found",
            Certainty::Unsure => "unsure",
        };
        let mut text = sentence(language, introduction).to_owned();
        for quote in quotes {
            text.push_str("\n\n");
            text.push_str(&quote.render());
        }
        let _ = write!(text, "\n\n**{}**\n", sentence(language, "sources"));
        for source in sources(quotes) {
            let _ = write!(text, "\n- {source}");
        }
        Self { text, suggestions: related_questions(quotes) }
    }

    /// Says that nothing was found, and lists what the documents are about.
    pub(crate) fn not_found(documents: &[Document], language: Option<Language>) -> Self {
        let suggestions = topics(documents);
        let mut text = format!("{} {}\n", sentence(language, "nothing"), sentence(language, "topics"));
        for document in largest(documents) {
            let _ = write!(text, "\n- {}", escape(&document.title));
        }
        Self { text, suggestions }
    }

    /// Replies to small talk.
    pub(crate) fn to_small_talk(
        small_talk: SmallTalk,
        language: Option<Language>,
        documents: &[Document],
    ) -> Self {
        let text = sentence(language, small_talk.key()).to_owned();
        let suggestions = if small_talk == SmallTalk::Farewell { Vec::new() } else { topics(documents) };
        Self { text, suggestions }
    }

    /// Says that the library has no documents.
    pub(crate) fn no_documents(language: Option<Language>) -> Self {
        Self { text: sentence(language, "empty").to_owned(), suggestions: Vec::new() }
    }
}

impl Quote<'_> {
    /// Returns `true` for a passage that repeats another one, or introduces the document of that one.
    pub(crate) fn is_redundant_to(&self, other: &Self) -> bool {
        let is_introduction = self.passage.path.is_empty() && std::ptr::eq(self.document, other.document);
        is_introduction || self.passage.text == other.passage.text
    }

    /// Renders the passage as a block quote under its heading.
    fn render(&self) -> String {
        let mut quote = String::new();
        let heading = self.passage.path.last().unwrap_or(&self.document.title);
        let _ = write!(quote, "> **{}**\n>\n", escape(heading));
        for line in self.passage.text.lines() {
            let line = line.trim_end();
            quote.push_str(if line.is_empty() { ">" } else { "> " });
            quote.push_str(line);
            quote.push('\n');
        }
        quote.truncate(quote.trim_end().len());
        quote
    }

    /// Renders the passage's source: `[Returns › How to return](https://…)`, or the same without a link.
    fn source(&self) -> String {
        let path: Vec<String> =
            [&self.document.title].into_iter().chain(&self.passage.path).map(|part| escape(part)).collect();
        let path = path.join(" › ");
        match &self.document.url {
            Some(url) => format!("[{path}]({url})"),
            None => path,
        }
    }
}

/// Lists the sources of quotes, each once.
fn sources(quotes: &[Quote<'_>]) -> Vec<String> {
    let mut sources = Vec::new();
    for source in quotes.iter().map(Quote::source) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}

/// Escapes the text of a heading, so that nothing in it becomes a link, code or emphasis.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '[' | ']' | '*' | '_' | '`' | '<' | '>' | '~' | '|' => escaped.extend(['\\', character]),
            '\n' | '\r' => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Suggests the other headings of the quoted documents that are questions.
fn related_questions(quotes: &[Quote<'_>]) -> Vec<String> {
    let is_quoted = |heading: &str| {
        quotes.iter().any(|quote| quote.passage.path.last().is_some_and(|own| own == heading))
    };
    let mut suggestions: Vec<String> = Vec::new();
    for heading in quotes.iter().flat_map(|quote| questions(quote.document)) {
        if suggestions.len() < MAX_SUGGESTIONS
            && !is_quoted(heading)
            && !suggestions.iter().any(|own| own == heading)
        {
            suggestions.push(heading.to_owned());
        }
    }
    suggestions
}

/// Returns the headings of a document that are questions, and short enough for a button.
fn questions(document: &Document) -> impl Iterator<Item = &str> {
    let headings = document.passages.iter().filter_map(|passage| passage.path.last());
    headings
        .map(String::as_str)
        .filter(|heading| heading.ends_with(['?', '？', '؟']) && heading.len() <= MAX_SUGGESTION_BYTES)
}

/// Suggests a question to each of the largest documents: its first heading that is one, otherwise its title.
fn topics(documents: &[Document]) -> Vec<String> {
    let question =
        |document| questions(document).next().map_or_else(|| document.title.clone(), str::to_owned);
    largest(documents).map(question).collect()
}

/// Returns the documents with the most passages.
fn largest(documents: &[Document]) -> impl Iterator<Item = &Document> {
    let mut documents: Vec<&Document> =
        documents.iter().filter(|document| !document.passages.is_empty()).collect();
    documents.sort_by_key(|document| std::cmp::Reverse(document.passages.len()));
    documents.into_iter().take(MAX_SUGGESTIONS)
}
