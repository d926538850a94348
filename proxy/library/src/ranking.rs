//! Ranking of passages against the words of a question, with BM25.

use std::collections::{BTreeMap, BTreeSet};

use bm25::{Embedder, EmbedderBuilder, Embedding, Scorer, TokenEmbedder, TokenEmbedding, Tokenizer};

use crate::similarity;

/// The most words of a question that are looked up; the rest of a longer one adds time, not meaning.
const MAX_WORDS: usize = 32;
/// The most unknown words of a question that are replaced by similar ones: each costs a pass over the vocabulary.
const MAX_SIMILARITY_SEARCHES: usize = 8;
/// The most similar words taken for an unknown one.
const MAX_SIMILAR: usize = 4;
/// The weight of a similar word, where an equal one weighs 1.
const SIMILAR_WEIGHT: f32 = 0.7;
/// The weight of a word that no document has, in the coverage of a question.
const UNKNOWN_WEIGHT: f32 = 0.7;

/// The number of times that a heading's terms count: a section about a thing beats one that mentions it.
const HEADING_WEIGHT: usize = 3;
/// The preference for short passages, BM25's `b`: less than for prose (0.75), since a table is no worse for its length.
const LENGTH_WEIGHT: f32 = 0.4;

/// The stems of a question's word in the languages of the library, one of which has to match.
pub(crate) type Stems = Vec<String>;

/// The terms of one passage.
pub(crate) struct PassageTerms {
    pub(crate) title: Vec<String>,
    pub(crate) heading: Vec<String>,
    pub(crate) body: Vec<String>,
}

/// A passage that has words of the question.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Hit {
    /// Its index among the passages.
    pub(crate) passage: usize,
    /// Higher is better; comparable within one question only.
    pub(crate) score: f32,
    /// The share of the question's words that the passage has, rare ones weighing more: 0 to 1.
    pub(crate) coverage: f32,
    /// The number of different words of the question that it has.
    pub(crate) words: usize,
    /// `true` where one of them is in its headings or in the document's title.
    pub(crate) in_heading: bool,
    /// The coverage by its own headings.
    heading_coverage: f32,
}

/// Splits terms that come stemmed and joined by spaces, since only the library knows the languages of its documents.
struct SpaceTokenizer;

impl Tokenizer for SpaceTokenizer {
    fn tokenize(&self, text: &str) -> Vec<String> {
        text.split(' ').filter(|term| !term.is_empty()).map(str::to_owned).collect()
    }
}

/// An inverted index of passages.
pub(crate) struct Index {
    scorer: Scorer<u32>,
    headings: Vec<BTreeSet<u32>>,
    titles: Vec<BTreeSet<u32>>,
    vocabulary: BTreeSet<String>,
}

impl Index {
    /// Indexes passages.
    pub(crate) fn new(passages: &[PassageTerms]) -> Self {
        let texts: Vec<String> = passages.iter().map(PassageTerms::spaced).collect();
        let corpus: Vec<&str> = texts.iter().map(String::as_str).collect();
        let embedder: Embedder<u32, SpaceTokenizer> =
            EmbedderBuilder::with_tokenizer_and_fit_to_corpus(SpaceTokenizer, &corpus)
                .b(LENGTH_WEIGHT)
                .build();
        let mut scorer = Scorer::new();
        for (passage, text) in (0_u32..).zip(&texts) {
            scorer.upsert(&passage, distinct(embedder.embed(text)));
        }
        let headings = passages.iter().map(|terms| tokens(&terms.heading)).collect();
        let titles = passages.iter().map(|terms| tokens(&terms.title)).collect();
        let vocabulary = passages.iter().flat_map(PassageTerms::all).cloned().collect();
        Self { scorer, headings, titles, vocabulary }
    }

    /// Ranks the passages that have at least one word of the question, the best first.
    pub(crate) fn rank(&self, question: &[Stems]) -> Vec<Hit> {
        let mut hits: BTreeMap<u32, Hit> = BTreeMap::new();
        let mut whole = 0.0;
        let mut searches = MAX_SIMILARITY_SEARCHES;
        for word in question.iter().take(MAX_WORDS) {
            let matches = self.find(word, &mut searches);
            let rarity = self.rarity(&matches);
            whole += rarity;
            for (passage, score) in &matches.passages {
                let hit = hits.entry(*passage).or_insert_with(|| Hit::new(*passage));
                self.add(hit, *score, rarity, &matches);
            }
        }
        let mut ranked: Vec<Hit> = hits.into_values().map(|hit| hit.normalized(whole)).collect();
        // A stable sort: equal scores stay in the order of the documents.
        ranked.sort_by(|one, other| other.score.total_cmp(&one.score));
        ranked
    }

    /// Adds one word's score to a passage that has it.
    fn add(&self, hit: &mut Hit, score: f32, rarity: f32, matches: &Matches) {
        let is_in = |terms: &[BTreeSet<u32>]| {
            terms.get(hit.passage).is_some_and(|terms| !terms.is_disjoint(&matches.tokens))
        };
        let (in_heading, in_title) = (is_in(&self.headings), is_in(&self.titles));
        hit.score += score * matches.weight;
        hit.coverage += rarity * matches.weight;
        hit.words += 1;
        hit.in_heading |= in_heading || in_title;
        if in_heading {
            hit.heading_coverage += rarity * matches.weight;
        }
    }

    /// Finds a word, or words similar to it while `searches` are left.
    fn find(&self, word: &Stems, searches: &mut usize) -> Matches {
        let exact = self.look_up(word.iter().map(String::as_str), 1.0);
        let is_number = word.iter().any(|stem| stem.contains(char::is_numeric));
        if is_number || !exact.passages.is_empty() || *searches == 0 {
            return Matches { is_number, ..exact };
        }
        *searches -= 1;
        let similar: Vec<&str> = word.iter().flat_map(|stem| self.similar(stem)).collect();
        self.look_up(similar.into_iter(), SIMILAR_WEIGHT)
    }

    /// Returns the passages that have one of these terms, each with its best score.
    fn look_up<'a>(&self, terms: impl Iterator<Item = &'a str>, weight: f32) -> Matches {
        let tokens: BTreeSet<u32> = terms.map(token).collect();
        let mut passages: BTreeMap<u32, f32> = BTreeMap::new();
        for index in &tokens {
            let query = Embedding(vec![TokenEmbedding { index: *index, value: 1.0 }]);
            for scored in self.scorer.matches(&query) {
                let best = passages.entry(scored.id).or_default();
                *best = best.max(scored.score);
            }
        }
        Matches { tokens, passages, weight, is_number: false }
    }

    /// Returns the words of the vocabulary that are most similar to an unknown one.
    fn similar(&self, unknown: &str) -> Vec<&str> {
        let mut found: Vec<(usize, &str)> = self
            .vocabulary
            .iter()
            .filter_map(|known| {
                similarity::distance(unknown, known).map(|distance| (distance, known.as_str()))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().take(MAX_SIMILAR).map(|(_, known)| known).collect()
    }

    /// Returns the inverse document frequency of a word. A word that no document has may be mere chatter and counts
    /// less; a number, such as that of an order, is the visitor's own and counts nothing.
    fn rarity(&self, matches: &Matches) -> f32 {
        let count = |number: usize| u16::try_from(number).map_or(f32::from(u16::MAX), f32::from);
        let (all, having) = (count(self.headings.len()), count(matches.passages.len()));
        let rarity = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
        if !matches.passages.is_empty() {
            rarity
        } else if matches.is_number {
            0.0
        } else {
            rarity * UNKNOWN_WEIGHT
        }
    }
}

/// The passages that match one word of a question.
struct Matches {
    tokens: BTreeSet<u32>,
    passages: BTreeMap<u32, f32>,
    weight: f32,
    is_number: bool,
}

impl Hit {
    fn new(passage: u32) -> Self {
        Self { passage: usize::try_from(passage).unwrap_or(usize::MAX), ..Self::default() }
    }

    /// Turns sums into shares, and raises the score of passages that have all words, or have them in their headings.
    fn normalized(mut self, whole: f32) -> Self {
        self.coverage /= whole;
        self.heading_coverage /= whole;
        self.score *= 0.5 + 0.5 * self.coverage + 0.3 * self.heading_coverage;
        self
    }
}

impl PassageTerms {
    fn all(&self) -> impl Iterator<Item = &String> {
        self.title.iter().chain(&self.heading).chain(&self.body)
    }

    fn spaced(&self) -> String {
        let extra = std::iter::repeat_n(&self.heading, HEADING_WEIGHT - 1).flatten();
        self.all().chain(extra).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

fn tokens(terms: &[String]) -> BTreeSet<u32> {
    terms.iter().map(|term| token(term)).collect()
}

fn token(term: &str) -> u32 {
    <u32 as TokenEmbedder>::embed(term)
}

/// Keeps one entry a term: `bm25` repeats an entry for each occurrence of the term, which only costs memory.
fn distinct(embedding: Embedding<u32>) -> Embedding<u32> {
    let values: BTreeMap<u32, f32> =
        embedding.0.into_iter().map(|entry| (entry.index, entry.value)).collect();
    Embedding(values.into_iter().map(|(index, value)| TokenEmbedding { index, value }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(passages: &[(&str, &str)]) -> Index {
        let split = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let terms: Vec<PassageTerms> = passages
            .iter()
            .map(|(heading, body)| PassageTerms {
                title: Vec::new(),
                heading: split(heading),
                body: split(body),
            })
            .collect();
        Index::new(&terms)
    }

    fn ask(words: &str) -> Vec<Stems> {
        words.split_whitespace().map(|word| vec![word.to_owned()]).collect()
    }

    #[test]
    fn a_section_about_a_word_comes_before_one_that_mentions_it() {
        let index = index(&[("ship cost", "we warranti all"), ("warranti", "ten year of it")]);
        let hits = index.rank(&ask("warranti"));
        assert_eq!(hits[0].passage, 1);
        assert!(hits[0].in_heading);
    }

    #[test]
    fn coverage_is_the_share_of_the_question_that_was_found() {
        let index = index(&[("", "red lamp"), ("", "blue lamp"), ("", "green shade")]);
        let hits = index.rank(&ask("red lamp unicorn"));
        assert_eq!(hits[0].passage, 0);
        assert_eq!(hits[0].words, 2);
        assert!(hits[0].coverage < 0.7, "{}", hits[0].coverage);
        assert!((index.rank(&ask("red lamp"))[0].coverage - 1.0).abs() < 0.001);
    }

    #[test]
    fn a_typing_error_is_forgiven() {
        let index = index(&[("", "warranti"), ("", "deliveri")]);
        assert_eq!(index.rank(&ask("warrnati"))[0].passage, 0);
        assert!(index.rank(&ask("unicorn")).is_empty());
    }

    #[test]
    fn equal_scores_stay_in_the_order_of_the_documents() {
        let index = index(&[("", "lamp"), ("", "lamp"), ("", "lamp")]);
        let order: Vec<usize> = index.rank(&ask("lamp")).iter().map(|hit| hit.passage).collect();
        assert_eq!(order, [0, 1, 2]);
    }

    #[test]
    fn an_empty_index_and_an_empty_question_find_nothing() {
        assert!(index(&[]).rank(&ask("lamp")).is_empty());
        assert!(index(&[("", "lamp")]).rank(&[]).is_empty());
    }
}
