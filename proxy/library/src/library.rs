//! The library: documents in memory, and the way from a question to an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fmt, iter};

use crate::answer::{Answer, Certainty, Quote};
use crate::document::Document;
use crate::folder::{Folder, LibraryError, SkipReason, Skipped};
use crate::language::{Language, Lexicon};
use crate::passage::Passage;
use crate::ranking::{Hit, Index, PassageTerms, Stems};
use crate::small_talk;
use crate::tokenizer;

/// The part of a question that is read.
const MAX_QUESTION_CHARS: usize = 4_000;
/// The most passages that are indexed; the time of an answer is proportional to them.
const MAX_PASSAGES: usize = 60_000;
/// The most passages that are quoted in one answer.
const MAX_QUOTES: usize = 3;
/// The most words that are quoted in one answer, however many passages they are.
const MAX_QUOTED_WORDS: usize = 260;
/// The score that a further passage needs, as a share of the best one's.
const MIN_RELATIVE_SCORE: f32 = 0.7;
/// The coverage from which an answer is certain.
const CERTAIN_COVERAGE: f32 = 0.5;
/// The coverage that counts as the whole question.
const WHOLE_COVERAGE: f32 = 0.9;
/// The coverage below which nothing is quoted.
const MIN_COVERAGE: f32 = 0.3;

/// The words behind which "used" is a verb.
const BEFORE_A_VERB: [&str; 10] = ["already", "be", "been", "had", "has", "have", "i", "is", "was", "ve"];

/// A folder of documents, read once and searched in memory.
pub struct Library {
    documents: Vec<Document>,
    /// Document and passage of each entry of the index.
    places: Vec<(usize, usize)>,
    index: Index,
    /// Those of the languages that the documents are written in.
    lexicons: Vec<Lexicon>,
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
        let lexicons = Lexicon::all();
        let mut documents = Vec::new();
        let mut passages = 0;
        for source in sources {
            let document = Document::parse(&source.path, &source.text, &lexicons);
            if passages + document.passages.len() > MAX_PASSAGES {
                skipped.push(Skipped { path: source.path, reason: SkipReason::LibraryFull });
                continue;
            }
            passages += document.passages.len();
            documents.push(document);
        }
        Ok(Self::from_documents(documents, skipped, lexicons))
    }

    /// A library without documents, which says so in its answers.
    #[must_use]
    pub fn empty() -> Self {
        Self::from_documents(Vec::new(), Vec::new(), Lexicon::all())
    }

    fn from_documents(
        mut documents: Vec<Document>,
        skipped: Vec<Skipped>,
        mut lexicons: Vec<Lexicon>,
    ) -> Self {
        let language = main_language(&documents);
        for document in &mut documents {
            // A document too short for detection counts as written in the language of the others.
            document.language = document.language.or(language);
        }
        lexicons.retain(|it| documents.iter().any(|document| document.language == Some(it.language)));
        let (places, index) = index(&documents, &lexicons);
        Self { documents, places, index, lexicons, language, skipped }
    }

    /// Answers a question, any text, in bounded time; the same question always alike.
    #[must_use]
    pub fn answer(&self, question: &str) -> Answer {
        let question: String = question.chars().take(MAX_QUESTION_CHARS).collect();
        if let Some((small_talk, language)) = small_talk::recognize(&question) {
            return Answer::to_small_talk(small_talk, language.or(self.language), &self.documents);
        }
        if self.places.is_empty() {
            return Answer::no_documents(self.language);
        }
        let mut hits = self.index.rank(&self.query(&question));
        self.promote_named_section(&mut hits, &question);
        let Some(certainty) = hits.first().and_then(certainty) else {
            return Answer::not_found(&self.documents, self.language);
        };
        Answer::from_quotes(&self.quotes(&hits, certainty), certainty)
    }

    /// Counts the documents that can be quoted.
    #[must_use]
    pub fn document_count(&self) -> usize {
        self.documents.iter().filter(|document| !document.passages.is_empty()).count()
    }

    /// Lists files that were left out, and the reasons; of those not read at all at most the first 100.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Returns the words of a question without stop words, each stemmed in every language of the library.
    fn query(&self, question: &str) -> Vec<Stems> {
        let mut seen = BTreeSet::new();
        let mut query = Vec::new();
        let words = tokenizer::query_terms(question);
        for word in without_measures(&words) {
            let is_stop_word = self.lexicons.iter().any(|lexicon| lexicon.is_stop_word(word));
            if is_stop_word || !seen.insert(word.clone()) {
                continue;
            }
            let mut stems: Stems = self.lexicons.iter().map(|lexicon| lexicon.stem(word)).collect();
            stems.push(word.clone());
            stems.sort();
            stems.dedup();
            query.push(stems);
        }
        query
    }

    /// Returns the best passages whose scores are close to the very best, within a total length.
    fn quotes(&self, hits: &[Hit], certainty: Certainty) -> Vec<Quote<'_>> {
        let most = match certainty {
            Certainty::Found => MAX_QUOTES,
            Certainty::Unsure => 1,
        };
        let min_score = hits.first().map_or(0.0, |best| best.score * MIN_RELATIVE_SCORE);
        let mut quotes: Vec<Quote<'_>> = Vec::new();
        let mut length = 0;
        let relevant = hits.iter().take_while(|hit| hit.score >= min_score);
        for quote in relevant.filter_map(|hit| self.quote(hit)) {
            if quotes.len() == most {
                break;
            }
            let words = tokenizer::count_words(&quote.passage.text);
            let fits = length == 0 || length + words <= MAX_QUOTED_WORDS;
            if fits && !quotes.iter().any(|other| quote.is_redundant_to(other)) {
                length += words;
                quotes.push(quote);
            }
        }
        quotes
    }

    /// Ranks a section first whose heading is the question, as every suggestion is.
    fn promote_named_section(&self, hits: &mut [Hit], question: &str) {
        let question: Vec<String> = tokenizer::words(question).collect();
        let is_named = |hit: &Hit| {
            let heading = self.quote(hit).and_then(|quote| quote.passage.path.last());
            heading.is_some_and(|heading| tokenizer::words(heading).eq(question.iter().cloned()))
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
        Some(Quote { document, passage: document.passages.get(*passage)? })
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

/// Rates the best hit; one word in the running text, where the question has others, is no evidence of an answer.
fn certainty(best: &Hit) -> Option<Certainty> {
    let is_evidence = best.words > 1 || best.in_heading || best.coverage >= WHOLE_COVERAGE;
    match best.coverage {
        _ if !is_evidence => None,
        coverage if coverage >= CERTAIN_COVERAGE => Some(Certainty::Found),
        coverage if coverage >= MIN_COVERAGE => Some(Certainty::Unsure),
        _ => None,
    }
}

/// Removes the second word of "how long", "I have used" and the like: it is part of the question, not of its subject.
/// A "used lamp" is one.
fn without_measures(words: &[String]) -> impl Iterator<Item = &String> {
    let is_subject = |before: &str, word: &str| match word {
        "long" | "far" | "often" => before != "how",
        "used" => !BEFORE_A_VERB.contains(&before),
        _ => true,
    };
    let before = iter::once("").chain(words.iter().map(String::as_str));
    words.iter().zip(before).filter(move |(word, before)| is_subject(before, word)).map(|(word, _)| word)
}

/// Returns the language of most documents; of two equally frequent ones the first listed.
fn main_language(documents: &[Document]) -> Option<Language> {
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    for language in documents.iter().filter_map(|document| document.language) {
        *counts.entry(language).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(language, _)| language)
}

/// Indexes the passages of all documents, and returns document and passage of each entry.
fn index(documents: &[Document], lexicons: &[Lexicon]) -> (Vec<(usize, usize)>, Index) {
    let mut places = Vec::new();
    let mut terms = Vec::new();
    for (place, document) in documents.iter().enumerate() {
        let lexicon = lexicons.iter().find(|lexicon| Some(lexicon.language) == document.language);
        for (number, passage) in document.passages.iter().enumerate() {
            places.push((place, number));
            terms.push(passage_terms(document, passage, lexicon));
        }
    }
    (places, Index::new(&terms))
}

fn passage_terms(document: &Document, passage: &Passage, lexicon: Option<&Lexicon>) -> PassageTerms {
    let stemmed = |text: &str| -> Vec<String> {
        let words = tokenizer::index_terms(text).into_iter();
        match lexicon {
            Some(lexicon) => {
                words.filter(|word| !lexicon.is_stop_word(word)).map(|word| lexicon.stem(&word)).collect()
            }
            None => words.collect(),
        }
    };
    let title = stemmed(&document.title);
    let mut heading: Vec<String> = passage.path.iter().flat_map(|part| stemmed(part)).collect();
    if heading.is_empty() {
        // Text right below the title has the title as its heading.
        heading.clone_from(&title);
    }
    let mut body = stemmed(&passage.text);
    body.extend(stemmed(&document.keywords));
    PassageTerms { title, heading, body }
}
