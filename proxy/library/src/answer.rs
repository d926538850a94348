//! Writes what a visitor reads: a sentence, quoted passages, the list of their sources.

use std::fmt::Write;

use crate::courtesy::Courtesy;
use crate::document::Document;
use crate::language::Language;
use crate::passage::Passage;
use crate::phrases::Phrases;

/// The most suggestions that go with an answer.
pub(crate) const MAX_SUGGESTIONS: usize = 3;

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

/// How sure the ranking is that its passages answer the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    Found,
    Unsure,
}

impl Answer {
    /// Quotes passages, of which there is at least one.
    pub(crate) fn quoting(quotes: &[Quote<'_>], certainty: Certainty) -> Self {
        let phrases = Phrases::of(quotes.first().and_then(|quote| quote.document.language));
        let mut text = match certainty {
            Certainty::Found => phrases.found.to_owned(),
            Certainty::Unsure => phrases.unsure.to_owned(),
        };
        for quote in quotes {
            text.push_str("\n\n");
            text.push_str(&quote.markdown());
        }
        let _ = write!(text, "\n\n**{}**\n", phrases.sources);
        let mut named: Vec<String> = Vec::new();
        for source in quotes.iter().map(Quote::source) {
            if !named.contains(&source) {
                let _ = write!(text, "\n- {source}");
                named.push(source);
            }
        }
        Self {
            text,
            suggestions: related(quotes),
        }
    }

    /// Says that nothing was found, and what could be.
    pub(crate) fn nothing(documents: &[Document], language: Option<Language>) -> Self {
        let phrases = Phrases::of(language);
        let suggestions = topics(documents);
        let mut text = format!("{} {}\n", phrases.nothing, phrases.topics);
        for document in spread(documents) {
            let _ = write!(text, "\n- {}", escaped(&document.title));
        }
        Self { text, suggestions }
    }

    /// Answers small talk.
    pub(crate) fn courtesy(courtesy: Courtesy, language: Option<Language>, documents: &[Document]) -> Self {
        let text = Phrases::of(language).courtesy(courtesy).to_owned();
        let suggestions = if courtesy == Courtesy::Farewell {
            Vec::new()
        } else {
            topics(documents)
        };
        Self { text, suggestions }
    }

    /// Says that there is nothing to answer from.
    pub(crate) fn empty(language: Option<Language>) -> Self {
        Self {
            text: Phrases::of(language).empty.to_owned(),
            suggestions: Vec::new(),
        }
    }
}

impl Quote<'_> {
    /// Whether a passage says what another says already, or is the introduction to it.
    pub(crate) fn adds_nothing_to(&self, other: &Self) -> bool {
        let is_introduction = self.passage.path.is_empty() && std::ptr::eq(self.document, other.document);
        is_introduction || self.passage.text == other.passage.text
    }

    /// The passage as a quote, under its heading.
    fn markdown(&self) -> String {
        let mut quote = String::new();
        let heading = self.passage.path.last().unwrap_or(&self.document.title);
        let _ = write!(quote, "> **{}**\n>\n", escaped(heading));
        for line in self.passage.text.lines() {
            let line = line.trim_end();
            quote.push_str(if line.is_empty() { ">" } else { "> " });
            quote.push_str(line);
            quote.push('\n');
        }
        quote.truncate(quote.trim_end().len());
        quote
    }

    /// Where the passage is from: `[Returns › How to return](https://…)`, or the same without a link.
    fn source(&self) -> String {
        let path: Vec<String> = [&self.document.title]
            .into_iter()
            .chain(&self.passage.path)
            .map(|part| escaped(part))
            .collect();
        let path = path.join(" › ");
        match &self.document.url {
            Some(url) => format!("[{path}]({url})"),
            None => path,
        }
    }
}

/// Text of a heading where Markdown is read: nothing in it may become a link, code or emphasis by chance.
fn escaped(text: &str) -> String {
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

/// Questions near the quoted passages: the other headings of the documents that they are from.
fn related(quotes: &[Quote<'_>]) -> Vec<String> {
    let is_quoted = |heading: &str| {
        quotes
            .iter()
            .any(|quote| quote.passage.path.last().is_some_and(|own| own == heading))
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

/// The headings of a document that are questions.
fn questions(document: &Document) -> impl Iterator<Item = &str> {
    let headings = document.passages.iter().filter_map(|passage| passage.path.last());
    headings
        .map(String::as_str)
        .filter(|heading| heading.ends_with(['?', '？', '؟']) && heading.len() <= 80)
}

/// A question to each of a few documents: their first heading that is one, otherwise their title.
fn topics(documents: &[Document]) -> Vec<String> {
    let question = |document| {
        questions(document)
            .next()
            .map_or_else(|| document.title.clone(), str::to_owned)
    };
    spread(documents).map(question).collect()
}

/// The documents that most can be said about.
fn spread(documents: &[Document]) -> impl Iterator<Item = &Document> {
    let mut largest: Vec<&Document> = documents
        .iter()
        .filter(|document| !document.passages.is_empty())
        .collect();
    largest.sort_by_key(|document| std::cmp::Reverse(document.passages.len()));
    largest.into_iter().take(MAX_SUGGESTIONS)
}
