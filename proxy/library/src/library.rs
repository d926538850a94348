//! A folder of documents, ready to be asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use crate::answer::{Answer, Certainty, Quote};
use crate::courtesy;
use crate::document::Document;
use crate::folder::{Folder, LibraryError, SkipReason, Skipped};
use crate::language::{Language, Lexicon, Lexicons};
use crate::ranking::{Asked, Hit, Index, Terms};
use crate::words;

/// As much of a question as is looked at.
const MAX_QUESTION_CHARS: usize = 4_000;
/// The most passages that are indexed; a question takes time in proportion to them.
const MAX_PASSAGES: usize = 60_000;
/// The most passages that are quoted in one answer.
const MAX_QUOTES: usize = 3;
/// The most words that are quoted in one answer, however many passages they are.
const MAX_QUOTED_WORDS: usize = 260;
/// A further passage must be this good, compared with the best.
const RELEVANT: f32 = 0.7;
/// The share of the question that the best passage must have for a plain answer.
const SURE: f32 = 0.5;
/// The share that is as good as all of it.
const WHOLE: f32 = 0.9;
/// The share below which nothing is quoted.
const WORTH_SHOWING: f32 = 0.3;

/// A folder of documents, read once and answered from memory.
pub struct Library {
    documents: Vec<Document>,
    /// The place of each indexed passage: the document, and the passage in it.
    places: Vec<(usize, usize)>,
    index: Index,
    lexicons: Lexicons,
    language: Option<Language>,
    skipped: Vec<Skipped>,
}

impl Library {
    /// Reads every `*.md`, `*.markdown` and `*.txt` file below a folder.
    ///
    /// At most 2,000 files of at most 1 MiB each and 32 MiB in all; hidden files are passed over, links are not
    /// followed out of the folder. An empty folder is a library that says so in its answers.
    pub fn open(dir: &Path) -> Result<Self, LibraryError> {
        let Folder { sources, mut skipped } = Folder::read(dir)?;
        let lexicons = Lexicons::all();
        let mut documents = Vec::new();
        let mut passages = 0;
        for source in sources {
            let document = Document::parse(&source.path, &source.text, &lexicons);
            if passages + document.passages.len() > MAX_PASSAGES {
                skipped.push(Skipped {
                    path: source.path,
                    reason: SkipReason::LibraryFull,
                });
                continue;
            }
            passages += document.passages.len();
            documents.push(document);
        }
        Ok(Self::of(documents, skipped, lexicons))
    }

    /// A library without documents, which says so in its answers.
    #[must_use]
    pub fn empty() -> Self {
        Self::of(Vec::new(), Vec::new(), Lexicons::all())
    }

    fn of(mut documents: Vec<Document>, skipped: Vec<Skipped>, lexicons: Lexicons) -> Self {
        let language = main_language(&documents);
        let mut places = Vec::new();
        let mut terms = Vec::new();
        for (place, document) in documents.iter_mut().enumerate() {
            // Too short to tell its own language, a document speaks that of the others.
            document.language = document.language.or(language);
            let lexicon = document.language.and_then(|language| lexicons.of(language));
            for (number, _) in document.passages.iter().enumerate() {
                places.push((place, number));
                terms.push(passage_terms(document, number, lexicon));
            }
        }
        let spoken: BTreeSet<Language> = documents
            .iter()
            .filter_map(|document| document.language)
            .collect();
        let lexicons = lexicons.only(&spoken.into_iter().collect::<Vec<_>>());
        Self {
            index: Index::build(&terms),
            documents,
            places,
            lexicons,
            language,
            skipped,
        }
    }

    /// Answers a question, whatever it contains, in a bounded time; the same question always alike.
    #[must_use]
    pub fn answer(&self, question: &str) -> Answer {
        let question: String = question.chars().take(MAX_QUESTION_CHARS).collect();
        let courtesy = courtesy::recognise(&question);
        if let Some((courtesy, language)) = courtesy {
            return Answer::courtesy(courtesy, language.or(self.language), &self.documents);
        }
        if self.places.is_empty() {
            return Answer::empty(self.language);
        }
        let mut hits = self.index.rank(&self.asked(&question));
        self.put_named_first(&mut hits, &question);
        let Some(certainty) = hits.first().and_then(certainty) else {
            return Answer::nothing(&self.documents, self.language);
        };
        Answer::quoting(&self.quotes(&hits, certainty), certainty)
    }

    /// Counts the documents that can be quoted.
    #[must_use]
    pub fn document_count(&self) -> usize {
        self.documents
            .iter()
            .filter(|document| !document.passages.is_empty())
            .count()
    }

    /// Lists files that were left out, and why; of those not read at all at most the first 100.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The words of a question that say what it is about, each stemmed in every language of the library.
    fn asked(&self, question: &str) -> Vec<Asked> {
        let mut seen = BTreeSet::new();
        let mut asked = Vec::new();
        for word in without_measures(words::asked(question)) {
            let is_stop_word = self.lexicons.iter().any(|lexicon| lexicon.is_stop_word(&word));
            if is_stop_word || !seen.insert(word.clone()) {
                continue;
            }
            let mut stems: Vec<String> = self.lexicons.iter().map(|lexicon| lexicon.stem(&word)).collect();
            stems.push(word);
            stems.sort();
            stems.dedup();
            asked.push(Asked { stems });
        }
        asked
    }

    /// The best passages, as long as they are nearly as good as the very best and not too long together.
    fn quotes(&self, hits: &[Hit], certainty: Certainty) -> Vec<Quote<'_>> {
        let most = if certainty == Certainty::Unsure {
            1
        } else {
            MAX_QUOTES
        };
        let best = hits.first().map_or(0.0, |hit| hit.score);
        let mut quotes: Vec<Quote<'_>> = Vec::new();
        let mut length = 0;
        for hit in hits.iter().take_while(|hit| hit.score >= best * RELEVANT) {
            let Some(quote) = self.quote(hit) else { continue };
            let words = words::count(&quote.passage.text);
            let is_repeated = quotes.iter().any(|other| quote.adds_nothing_to(other));
            if is_repeated || (length > 0 && length + words > MAX_QUOTED_WORDS) {
                continue;
            }
            length += words;
            quotes.push(quote);
            if quotes.len() == most {
                break;
            }
        }
        quotes
    }

    /// A question that is a heading, as every suggestion is, means the section below it, however others rank.
    fn put_named_first(&self, hits: &mut [Hit], question: &str) {
        let asked: Vec<String> = words::plain(question).collect();
        let is_named = |hit: &Hit| {
            let heading = self.quote(hit).and_then(|quote| quote.passage.path.last());
            heading.is_some_and(|heading| words::plain(heading).eq(asked.iter().cloned()))
        };
        if let Some(place) = hits.iter().position(is_named) {
            let best = hits.first().map_or(0.0, |hit| hit.score);
            hits[..=place].rotate_right(1);
            hits[0].score = best;
        }
    }

    fn quote(&self, hit: &Hit) -> Option<Quote<'_>> {
        let (document, passage) = self.places.get(hit.passage)?;
        let document = self.documents.get(*document)?;
        Some(Quote {
            document,
            passage: document.passages.get(*passage)?,
        })
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Library")
            .field("documents", &self.documents.len())
            .field("passages", &self.places.len())
            .field("skipped", &self.skipped)
            .finish_non_exhaustive()
    }
}

/// One word in the running text of a passage, where the question has others, is no sign that it answers anything.
fn certainty(best: &Hit) -> Option<Certainty> {
    let is_sign = best.words > 1 || best.in_heading || best.coverage >= WHOLE;
    match best.coverage {
        _ if !is_sign => None,
        coverage if coverage >= SURE => Some(Certainty::Found),
        coverage if coverage >= WORTH_SHOWING => Some(Certainty::Unsure),
        _ => None,
    }
}

/// "How long", "how many": the second word asks, and is not what is asked about.
fn without_measures(words: Vec<String>) -> Vec<String> {
    let is_measure =
        |words: &[String]| words[0] == "how" && matches!(words[1].as_str(), "long" | "far" | "often");
    let measures: BTreeSet<usize> = words
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| is_measure(pair))
        .map(|(place, _)| place + 1)
        .collect();
    words
        .into_iter()
        .enumerate()
        .filter(|(place, _)| !measures.contains(place))
        .map(|(_, word)| word)
        .collect()
}

/// The language that most documents are written in; of two equally frequent ones the first listed.
fn main_language(documents: &[Document]) -> Option<Language> {
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    for language in documents.iter().filter_map(|document| document.language) {
        *counts.entry(language).or_default() += 1;
    }
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map(|(language, _)| language)
}

fn passage_terms(document: &Document, number: usize, lexicon: Option<&Lexicon>) -> Terms {
    let passage = &document.passages[number];
    let stemmed = |text: &str| -> Vec<String> {
        let words = words::terms(text).into_iter();
        match lexicon {
            Some(lexicon) => words
                .filter(|word| !lexicon.is_stop_word(word))
                .map(|word| lexicon.stem(&word))
                .collect(),
            None => words.collect(),
        }
    };
    let title = stemmed(&document.title);
    let mut heading: Vec<String> = passage.path.iter().flat_map(|part| stemmed(part)).collect();
    if heading.is_empty() {
        // What stands right below the title has it as its heading.
        heading.clone_from(&title);
    }
    let mut body = stemmed(&passage.text);
    body.extend(stemmed(&document.keywords));
    Terms { title, heading, body }
}
