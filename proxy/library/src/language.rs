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

/// Tag, stemmer and stop words of questions of each language; the lists of stop words are made for prose and lack them.
///
/// Of two languages that fit a text equally well the first listed counts.
const LANGUAGES: [(Language, &str, Algorithm, &str); 14] = [
    (Language::English, "en", Algorithm::English, ENGLISH),
    (Language::German, "de", Algorithm::German, GERMAN),
    (Language::French, "fr", Algorithm::French, FRENCH),
    (Language::Spanish, "es", Algorithm::Spanish, SPANISH),
    (Language::Italian, "it", Algorithm::Italian, ITALIAN),
    (Language::Portuguese, "pt", Algorithm::Portuguese, PORTUGUESE),
    (Language::Dutch, "nl", Algorithm::Dutch, DUTCH),
    (Language::Danish, "da", Algorithm::Danish, ""),
    (Language::Swedish, "sv", Algorithm::Swedish, ""),
    (Language::Norwegian, "no", Algorithm::Norwegian, ""),
    (Language::Finnish, "fi", Algorithm::Finnish, ""),
    (Language::Russian, "ru", Algorithm::Russian, ""),
    (Language::Turkish, "tr", Algorithm::Turkish, ""),
    (Language::Arabic, "ar", Algorithm::Arabic, ""),
];

const ENGLISH: &str = "able already also another anyone anything ask asked could either else ever find found gave get gets \
    getting give given gives giving go goes going gone got gotten help know let like look looked looking made make makes \
    making many may maybe might much must need needed needs one please possible really said saw say see seen something \
    still sure take takes taken taking tell thing things think told took tried tries try trying us use uses using \
    want wanted wants way whether within without would yes yet";
const GERMAN: &str = "bitte brauche darf eigentlich finde geben gibt gerne gern hätte helfen kannst könnt könnte \
    möchte mal muss müssen sagen viel viele wann warum welche wieviel wissen würde";
const FRENCH: &str = "aimerais besoin combien comment est-ce faire faut peut peux pourquoi pouvez puis quand quel \
    quelle quelles quels savoir veux voudrais où";
const SPANISH: &str = "necesito puedo puede quiero quisiera saber favor cuánto cuánta cómo dónde cuándo";
const ITALIAN: &str = "bisogno posso può vorrei voglio sapere favore quanto quanta dove quando";
const PORTUGUESE: &str = "posso pode preciso quero gostaria saber favor quanto quanta onde quando";
const DUTCH: &str = "graag hoeveel kunt mag moet nodig wanneer waar waarom welke wil weten zou";

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
}

/// The stop words and the stemmer of one language.
pub(crate) struct Lexicon {
    pub(crate) language: Language,
    stop_words: HashSet<&'static str>,
    stemmer: Stemmer,
}

impl Lexicon {
    fn new((language, tag, algorithm, question_words): (Language, &str, Algorithm, &'static str)) -> Self {
        let prose = stop_words::lookup(tag).unwrap_or_default();
        Self {
            language,
            stop_words: prose.iter().copied().chain(question_words.split_whitespace()).collect(),
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

/// The lexicons of the languages that a library's documents are written in.
pub(crate) struct Lexicons(Vec<Lexicon>);

impl Lexicons {
    /// Builds the lexicon of every language.
    pub(crate) fn all() -> Self {
        Self(LANGUAGES.into_iter().map(Lexicon::new).collect())
    }

    /// Keeps only some languages.
    pub(crate) fn only(mut self, is_kept: impl Fn(Language) -> bool) -> Self {
        self.0.retain(|lexicon| is_kept(lexicon.language));
        self
    }

    pub(crate) fn get(&self, language: Language) -> Option<&Lexicon> {
        self.0.iter().find(|lexicon| lexicon.language == language)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Lexicon> {
        self.0.iter()
    }

    /// Detects the language of a text by its stop words; short or foreign texts have none.
    pub(crate) fn detect(&self, text: &str) -> Option<Language> {
        let sample: Vec<String> = tokenizer::words(text).take(SAMPLE_WORDS).collect();
        let count = |lexicon: &Lexicon| {
            sample.iter().filter(|word| lexicon.stop_words.contains(word.as_str())).count()
        };
        // `max_by_key` takes the last of equals, here the first listed.
        let (hits, found) =
            self.0.iter().rev().map(|lexicon| (count(lexicon), lexicon)).max_by_key(|(hits, _)| *hits)?;
        (hits >= 3 && hits * 8 >= sample.len()).then_some(found.language)
    }
}
