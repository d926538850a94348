//! Small talk: greetings, thanks and the like, which ask nothing of the documents.

use crate::language::{Language, words};
use crate::tokenizer;

/// The meaning of a text that asks nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SmallTalk {
    Greeting,
    Thanks,
    Farewell,
    Agreement,
    /// A question about the chat itself, such as "help".
    About,
}

/// The most words of small talk; a longer text is a question, even if it begins with a greeting.
const MAX_WORDS: usize = 8;

/// Words that may stand beside such a phrase without making it a question.
const FILLERS: &str = "there all everyone everybody team again so very much a lot then and you for your";

impl SmallTalk {
    const ALL: [Self; 5] = [Self::Greeting, Self::Thanks, Self::Farewell, Self::Agreement, Self::About];

    /// Returns the key of the reply to it; that of the phrases themselves is `heard_…`.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Thanks => "thanks",
            Self::Farewell => "farewell",
            Self::Agreement => "agreement",
            Self::About => "about",
        }
    }

    /// Returns its phrases, each with its language; none where several share it, or where no answer is in that language.
    fn phrases(self) -> impl Iterator<Item = (Vec<String>, Self, Option<Language>)> {
        let key = format!("heard_{}", self.key());
        let languages = Language::all().map(Some).chain([None]);
        let heard = languages.filter_map(move |language| Some((language, words(language, &key)?)));
        heard.flat_map(move |(language, phrases)| {
            phrases.split('|').map(move |phrase| (tokenizer::words(phrase).collect(), self, language))
        })
    }
}

/// Recognizes small talk, and its language; `None` for a question.
pub(crate) fn recognize(text: &str) -> Option<(SmallTalk, Option<Language>)> {
    let said: Vec<String> = tokenizer::words(text).take(MAX_WORDS + 1).collect();
    if said.is_empty() || said.len() > MAX_WORDS {
        return None;
    }
    let mut meaning = None;
    let mut rest = said.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if let Some((length, small_talk, language)) = longest_phrase(rest) {
            meaning.get_or_insert((small_talk, language));
            rest = &rest[length..];
        } else if meaning.is_some() && FILLERS.split(' ').any(|filler| filler == first) {
            rest = others;
        } else {
            return None;
        }
    }
    meaning
}

fn longest_phrase(heard: &[String]) -> Option<(usize, SmallTalk, Option<Language>)> {
    SmallTalk::ALL
        .into_iter()
        .flat_map(SmallTalk::phrases)
        .filter(|(phrase, ..)| heard.starts_with(phrase))
        .map(|(phrase, small_talk, language)| (phrase.len(), small_talk, language))
        // Of phrases of one length the first listed wins; `max_by_key` would take the last.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_talk_is_told_from_questions() {
        for (text, expected) in [
            ("hi", Some(SmallTalk::Greeting)),
            ("Hello there!!! 👋", Some(SmallTalk::Greeting)),
            ("Hi, how are you?", Some(SmallTalk::Greeting)),
            ("Bonjour", Some(SmallTalk::Greeting)),
            ("Guten Tag", Some(SmallTalk::Greeting)),
            ("你好", Some(SmallTalk::Greeting)),
            ("thanks", Some(SmallTalk::Thanks)),
            ("Thank you so much for your help", Some(SmallTalk::Thanks)),
            ("Vielen Dank!", Some(SmallTalk::Thanks)),
            ("bye", Some(SmallTalk::Farewell)),
            ("ok", Some(SmallTalk::Agreement)),
            ("Who are you?", Some(SmallTalk::About)),
            ("Hi, how long is the warranty?", None),
            ("there", None),
            ("thanks but my lamp is broken", None),
            ("", None),
            ("!!!", None),
        ] {
            assert_eq!(recognize(text).map(|(small_talk, _)| small_talk), expected, "{text:?}");
        }
    }

    #[test]
    fn the_language_of_a_greeting_is_known() {
        assert_eq!(recognize("Bonjour !"), Some((SmallTalk::Greeting, Some(Language::French))));
        assert_eq!(recognize("danke"), Some((SmallTalk::Thanks, Some(Language::German))));
    }
}
