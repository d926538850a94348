//! The languages that can be stemmed; words of any other match as they are written.

use std::collections::HashSet;

use frostem::{Algorithm, Stemmer};

use crate::tokenizer;

/// A language with a stemmer and a list of stop words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Language {
    English,
    German,
    French,
    Spanish,
    Italian,
    Portuguese,
    Dutch,
    Danish,
    Swedish,
    Norwegian,
    Finnish,
    Russian,
    Turkish,
    Arabic,
}

/// The most words of a document that are read to detect its language.
const SAMPLE_WORDS: usize = 2_000;

/// Tag, stemmer and file of words of each language.
///
/// Of two languages that fit a text equally well the first listed counts.
const LANGUAGES: [(Language, &str, Algorithm, &str); 14] = [
    (Language::English, "en", Algorithm::English, include_str!("../words/en.txt")),
    (Language::German, "de", Algorithm::German, include_str!("../words/de.txt")),
    (Language::French, "fr", Algorithm::French, include_str!("../words/fr.txt")),
    (Language::Spanish, "es", Algorithm::Spanish, include_str!("../words/es.txt")),
    (Language::Italian, "it", Algorithm::Italian, include_str!("../words/it.txt")),
    (Language::Portuguese, "pt", Algorithm::Portuguese, include_str!("../words/pt.txt")),
    (Language::Dutch, "nl", Algorithm::Dutch, include_str!("../words/nl.txt")),
    (Language::Danish, "da", Algorithm::Danish, ""),
    (Language::Swedish, "sv", Algorithm::Swedish, ""),
    (Language::Norwegian, "no", Algorithm::Norwegian, ""),
    (Language::Finnish, "fi", Algorithm::Finnish, ""),
    (Language::Russian, "ru", Algorithm::Russian, ""),
    (Language::Turkish, "tr", Algorithm::Turkish, ""),
    (Language::Arabic, "ar", Algorithm::Arabic, ""),
];

/// Phrases of visitors that several languages share, and those of languages without a file.
const SHARED: &str = include_str!("../words/any.txt");

/// Returns a sentence of answers in a language, or else in English.
pub(crate) fn sentence(language: Option<Language>, key: &str) -> &'static str {
    let own = language.and_then(|language| words(Some(language), key));
    own.or_else(|| words(Some(Language::English), key)).unwrap_or_default()
}

/// Returns the words under a key in a language's file, or in the one that all share.
pub(crate) fn words(language: Option<Language>, key: &str) -> Option<&'static str> {
    let own = LANGUAGES.iter().find(|(known, ..)| Some(*known) == language);
    let mut lines = own.map_or(SHARED, |(.., file)| file).lines();
    lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))
}

impl Language {
    /// Finds a language by its tag, such as `de` or `de-AT`.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        let primary = match primary.as_str() {
            "nb" | "nn" => "no",
            primary => primary,
        };
        LANGUAGES.into_iter().find_map(|(language, tag, ..)| (tag == primary).then_some(language))
    }

    /// Returns every language.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        LANGUAGES.into_iter().map(|(language, ..)| language)
    }
}

/// The stop words and the stemmer of one language.
pub(crate) struct Lexicon {
    pub(crate) language: Language,
    stop_words: HashSet<&'static str>,
    stemmer: Stemmer,
}

impl Lexicon {
    /// Builds the lexicon of every language.
    pub(crate) fn all() -> Vec<Self> {
        LANGUAGES.into_iter().map(Self::new).collect()
    }

    fn new((language, tag, algorithm, _): (Language, &str, Algorithm, &str)) -> Self {
        let prose = stop_words::lookup(tag).unwrap_or_default();
        let questions = words(Some(language), "question_words").unwrap_or_default();
        Self {
            language,
            stop_words: prose.iter().copied().chain(questions.split_whitespace()).collect(),
            stemmer: Stemmer::new(algorithm),
        }
    }

    /// Returns `true` for a word, in lower case, that says nothing about the subject of a text.
    pub(crate) fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(word)
    }

    /// Stems a word in lower case.
    pub(crate) fn stem(&self, word: &str) -> String {
        self.stemmer.stem(word).into_owned()
    }
}

/// Detects the language of a text by its stop words; short or foreign texts have none.
pub(crate) fn detect(text: &str, lexicons: &[Lexicon]) -> Option<Language> {
    let sample: Vec<String> = tokenizer::words(text).take(SAMPLE_WORDS).collect();
    let count = |lexicon: &Lexicon| sample.iter().filter(|word| lexicon.is_stop_word(word)).count();
    // `max_by_key` takes the last of equals, here the first listed.
    let counted = lexicons.iter().rev().map(|lexicon| (count(lexicon), lexicon.language));
    let (hits, found) = counted.max_by_key(|(hits, _)| *hits)?;
    (hits >= 3 && hits * 8 >= sample.len()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_with_sentences_has_all_of_them() {
        let keys = |file: &'static str| file.lines().filter_map(|line| Some(line.split_once(" = ")?.0));
        let (.., english) = LANGUAGES[0];
        let sentences: Vec<_> = keys(english).take_while(|key| !key.starts_with("heard_")).collect();
        assert_eq!(sentences.len(), 11);
        for (language, _, _, file) in LANGUAGES.into_iter().filter(|(.., file)| !file.is_empty()) {
            let own: Vec<_> = keys(file).take(sentences.len()).collect();
            assert_eq!(own, sentences, "{language:?}");
        }
    }
}
