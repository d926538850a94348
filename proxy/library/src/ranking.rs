//! Ranks passages against the words of a question, with BM25.

use std::collections::{BTreeMap, BTreeSet};

use bm25::{Embedder, EmbedderBuilder, Embedding, Scorer, TokenEmbedder, TokenEmbedding, Tokenizer};

use crate::likeness;

/// The most words of a question that are looked up; the rest of a longer one adds time, not meaning.
const MAX_WORDS: usize = 32;
/// The most unknown words of a question for which a similar one is looked up in the vocabulary.
const MAX_GUESSES: usize = 8;
/// The most similar words taken for an unknown one.
const MAX_SIMILAR: usize = 4;
/// What a similar word counts, where an equal one counts 1.
const SIMILAR_WEIGHT: f32 = 0.7;

/// What a word counts that no document has, in the share of a question that a passage covers.
const UNKNOWN_WEIGHT: f32 = 0.7;

/// One word of a question: its stems in the languages of the library, one of which has to match.
pub(crate) struct Asked {
    pub(crate) stems: Vec<String>,
}

/// The terms of one passage: those of its headings count more, those of the document's title are known as well.
pub(crate) struct Terms {
    pub(crate) title: Vec<String>,
    pub(crate) heading: Vec<String>,
    pub(crate) body: Vec<String>,
}

/// A passage that has words of the question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hit {
    /// Its place in the order in which passages were given.
    pub(crate) passage: usize,
    /// Higher is better; comparable within one question only.
    pub(crate) score: f32,
    /// The share of what the question asks that the passage has, rare words weighing more: 0 to 1.
    pub(crate) coverage: f32,
    /// How many different words of the question it has.
    pub(crate) words: usize,
    /// Whether one of them is in its headings or in the document's title.
    pub(crate) in_heading: bool,
    /// The share of what the question asks that is in its own headings.
    heading_coverage: f32,
}

/// Terms come stemmed and joined by spaces: the languages of the documents are known where they are cut.
struct Spaced;

impl Tokenizer for Spaced {
    fn tokenize(&self, text: &str) -> Vec<String> {
        text.split(' ')
            .filter(|term| !term.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// A heading's terms are counted this often, so that the section about a thing beats one that mentions it.
const HEADING_WEIGHT: usize = 3;
/// How much short passages are preferred, 0 to 1: less than in prose (0.75), since a table is no worse for its length.
const LENGTH_WEIGHT: f32 = 0.4;

/// Passages, ready to be ranked.
pub(crate) struct Index {
    scorer: Scorer<u32>,
    headings: Vec<BTreeSet<u32>>,
    titles: Vec<BTreeSet<u32>>,
    vocabulary: BTreeSet<String>,
}

impl Index {
    /// Indexes passages in the order given.
    pub(crate) fn build(passages: &[Terms]) -> Self {
        let texts: Vec<String> = passages.iter().map(Terms::spaced).collect();
        let corpus: Vec<&str> = texts.iter().map(String::as_str).collect();
        let embedder: Embedder<u32, Spaced> =
            EmbedderBuilder::with_tokenizer_and_fit_to_corpus(Spaced, &corpus)
                .b(LENGTH_WEIGHT)
                .build();
        let mut scorer = Scorer::new();
        for (passage, text) in (0_u32..).zip(&texts) {
            scorer.upsert(&passage, distinct(embedder.embed(text)));
        }
        let headings = passages.iter().map(|terms| tokens(&terms.heading)).collect();
        let titles = passages.iter().map(|terms| tokens(&terms.title)).collect();
        let vocabulary = passages.iter().flat_map(Terms::all).cloned().collect();
        Self {
            scorer,
            headings,
            titles,
            vocabulary,
        }
    }

    /// Ranks the passages that have at least one word of the question, the best first.
    pub(crate) fn rank(&self, question: &[Asked]) -> Vec<Hit> {
        let mut hits: BTreeMap<u32, Hit> = BTreeMap::new();
        let mut whole = 0.0;
        let mut guesses = MAX_GUESSES;
        for asked in question.iter().take(MAX_WORDS) {
            let found = self.find(asked, &mut guesses);
            let worth = self.worth(&found);
            whole += worth;
            for (passage, score) in found.passages {
                let hit = hits.entry(passage).or_insert_with(|| Hit::none(passage));
                hit.score += score * found.weight;
                hit.coverage += worth * found.weight;
                hit.words += 1;
                if has_any(&self.headings, hit.passage, &found.tokens) {
                    hit.in_heading = true;
                    hit.heading_coverage += worth * found.weight;
                }
                hit.in_heading |= has_any(&self.titles, hit.passage, &found.tokens);
            }
        }
        let mut ranked: Vec<Hit> = hits.into_values().map(|hit| hit.weighed(whole)).collect();
        // The sort is stable, so equal scores stay in the order of the documents.
        ranked.sort_by(|one, other| other.score.total_cmp(&one.score));
        ranked
    }

    fn find(&self, asked: &Asked, guesses: &mut usize) -> Found {
        let exact = self.look_up(asked.stems.iter().map(String::as_str), 1.0);
        let is_number = asked.stems.iter().any(|stem| stem.contains(char::is_numeric));
        if is_number || !exact.passages.is_empty() || *guesses == 0 {
            return Found { is_number, ..exact };
        }
        *guesses -= 1;
        let similar: Vec<&str> = asked.stems.iter().flat_map(|stem| self.similar(stem)).collect();
        self.look_up(similar.into_iter(), SIMILAR_WEIGHT)
    }

    /// The passages that have one of these terms, each with the best score that one of them gives.
    fn look_up<'a>(&self, terms: impl Iterator<Item = &'a str>, weight: f32) -> Found {
        let tokens: BTreeSet<u32> = terms.map(token).collect();
        let mut passages: BTreeMap<u32, f32> = BTreeMap::new();
        for index in &tokens {
            let query = Embedding(vec![TokenEmbedding {
                index: *index,
                value: 1.0,
            }]);
            for scored in self.scorer.matches(&query) {
                let best = passages.entry(scored.id).or_default();
                *best = best.max(scored.score);
            }
        }
        Found {
            tokens,
            passages,
            weight,
            is_number: false,
        }
    }

    /// Words of the library that an unknown word may stand for: one slip of the keyboard away, or one inside the other.
    fn similar(&self, unknown: &str) -> Vec<&str> {
        let mut found: Vec<(usize, &str)> = self
            .vocabulary
            .iter()
            .filter_map(|known| likeness::distance(unknown, known).map(|distance| (distance, known.as_str())))
            .collect();
        found.sort_unstable();
        found
            .into_iter()
            .take(MAX_SIMILAR)
            .map(|(_, known)| known)
            .collect()
    }

    /// What a word weighs: the rarer the more. One that no document has may be mere chatter; a number, such as that
    /// of an order, is the visitor's own.
    fn worth(&self, found: &Found) -> f32 {
        let count = |number: usize| u16::try_from(number).map_or(f32::from(u16::MAX), f32::from);
        let (all, having) = (count(self.headings.len()), count(found.passages.len()));
        let rarity = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
        if !found.passages.is_empty() {
            rarity
        } else if found.is_number {
            0.0
        } else {
            rarity * UNKNOWN_WEIGHT
        }
    }
}

fn has_any(terms: &[BTreeSet<u32>], passage: usize, tokens: &BTreeSet<u32>) -> bool {
    terms.get(passage).is_some_and(|terms| !terms.is_disjoint(tokens))
}

/// Where one word of a question was found.
struct Found {
    tokens: BTreeSet<u32>,
    passages: BTreeMap<u32, f32>,
    weight: f32,
    is_number: bool,
}

impl Hit {
    fn none(passage: u32) -> Self {
        let passage = usize::try_from(passage).unwrap_or(usize::MAX);
        Self {
            passage,
            score: 0.0,
            coverage: 0.0,
            words: 0,
            in_heading: false,
            heading_coverage: 0.0,
        }
    }

    /// Turns sums into shares; who has all words passes who has one often, who is about them passes who mentions them.
    fn weighed(mut self, whole: f32) -> Self {
        self.coverage /= whole;
        self.heading_coverage /= whole;
        self.score *= 0.5 + 0.5 * self.coverage + 0.3 * self.heading_coverage;
        self
    }
}

impl Terms {
    fn all(&self) -> impl Iterator<Item = &String> {
        self.title.iter().chain(&self.heading).chain(&self.body)
    }

    fn spaced(&self) -> String {
        let extra = std::iter::repeat_n(&self.heading, HEADING_WEIGHT - 1).flatten();
        self.all()
            .chain(extra)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn tokens(terms: &[String]) -> BTreeSet<u32> {
    terms.iter().map(|term| token(term)).collect()
}

fn token(term: &str) -> u32 {
    <u32 as TokenEmbedder>::embed(term)
}

/// One entry a term: the crate repeats an entry as often as the term occurs, which only costs memory.
fn distinct(embedding: Embedding<u32>) -> Embedding<u32> {
    let values: BTreeMap<u32, f32> = embedding
        .0
        .into_iter()
        .map(|entry| (entry.index, entry.value))
        .collect();
    Embedding(
        values
            .into_iter()
            .map(|(index, value)| TokenEmbedding { index, value })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(passages: &[(&str, &str)]) -> Index {
        let split = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let terms: Vec<Terms> = passages
            .iter()
            .map(|(heading, body)| Terms {
                title: Vec::new(),
                heading: split(heading),
                body: split(body),
            })
            .collect();
        Index::build(&terms)
    }

    fn ask(words: &str) -> Vec<Asked> {
        words
            .split_whitespace()
            .map(|word| Asked {
                stems: vec![word.to_owned()],
            })
            .collect()
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
    fn a_slip_of_the_keyboard_is_forgiven() {
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
