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

impl Language {
    const ALL: [Self; 14] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Italian,
        Self::Portuguese,
        Self::Dutch,
        Self::Danish,
        Self::Swedish,
        Self::Norwegian,
        Self::Finnish,
        Self::Russian,
        Self::Turkish,
        Self::Arabic,
    ];

    /// Finds a language by its tag, such as `de` or `de-AT`.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        let code = if primary == "nb" || primary == "nn" {
            "no"
        } else {
            &primary
        };
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Italian => "it",
            Self::Portuguese => "pt",
            Self::Dutch => "nl",
            Self::Danish => "da",
            Self::Swedish => "sv",
            Self::Norwegian => "no",
            Self::Finnish => "fi",
            Self::Russian => "ru",
            Self::Turkish => "tr",
            Self::Arabic => "ar",
        }
    }

    fn stemmer(self) -> Stemmer {
        Stemmer::new(match self {
            Self::English => Algorithm::English,
            Self::German => Algorithm::German,
            Self::French => Algorithm::French,
            Self::Spanish => Algorithm::Spanish,
            Self::Italian => Algorithm::Italian,
            Self::Portuguese => Algorithm::Portuguese,
            Self::Dutch => Algorithm::Dutch,
            Self::Danish => Algorithm::Danish,
            Self::Swedish => Algorithm::Swedish,
            Self::Norwegian => Algorithm::Norwegian,
            Self::Finnish => Algorithm::Finnish,
            Self::Russian => Algorithm::Russian,
            Self::Turkish => Algorithm::Turkish,
            Self::Arabic => Algorithm::Arabic,
        })
    }

    /// Stop words of questions, which the lists made for prose lack.
    fn question_words(self) -> &'static str {
        match self {
            Self::English => {
                "also another anyone anything ask could either else ever find get getting give go got help know let like \
                 look looking make many may maybe might much must need one please really say see something still \
                 sure take tell thing things think try us use using want way whether within without would yes yet"
            }
            Self::German => {
                "bitte brauche darf eigentlich finde geben gibt gerne gern hätte helfen kannst könnt könnte möchte \
                 mal muss müssen sagen viel viele wann warum welche wieviel wissen würde"
            }
            Self::French => {
                "aimerais besoin combien comment est-ce faire faut peut peux pourquoi pouvez puis quand quel quelle quelles \
                 quels savoir veux voudrais où"
            }
            Self::Spanish => {
                "necesito puedo puede quiero quisiera saber favor cuánto cuánta cómo dónde cuándo"
            }
            Self::Italian => "bisogno posso può vorrei voglio sapere favore quanto quanta dove quando",
            Self::Portuguese => "posso pode preciso quero gostaria saber favor quanto quanta onde quando",
            Self::Dutch => "graag hoeveel kunt mag moet nodig wanneer waar waarom welke wil weten zou",
            Self::Danish
            | Self::Swedish
            | Self::Norwegian
            | Self::Finnish
            | Self::Russian
            | Self::Turkish
            | Self::Arabic => "",
        }
    }
}

/// The stop words and the stemmer of one language.
pub(crate) struct Lexicon {
    pub(crate) language: Language,
    stop_words: HashSet<&'static str>,
    stemmer: Stemmer,
}

impl Lexicon {
    fn new(language: Language) -> Self {
        let prose = stop_words::lookup(language.code()).unwrap_or_default();
        let stop_words = prose
            .iter()
            .copied()
            .chain(language.question_words().split_whitespace())
            .collect();
        Self {
            language,
            stop_words,
            stemmer: language.stemmer(),
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
        Self(Language::ALL.into_iter().map(Lexicon::new).collect())
    }

    /// Keeps only these languages.
    pub(crate) fn only(self, languages: &[Language]) -> Self {
        Self(
            self.0
                .into_iter()
                .filter(|lexicon| languages.contains(&lexicon.language))
                .collect(),
        )
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
            sample
                .iter()
                .filter(|word| lexicon.stop_words.contains(word.as_str()))
                .count()
        };
        // On a tie the language listed first wins, so that answers are deterministic.
        let (hits, found) = self
            .0
            .iter()
            .rev()
            .map(|lexicon| (count(lexicon), lexicon))
            .max_by_key(|(hits, _)| *hits)?;
        (hits >= 3 && hits * 8 >= sample.len()).then_some(found.language)
    }
}
