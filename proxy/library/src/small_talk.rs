//! Small talk: greetings, thanks and the like, which ask nothing of the documents.

use crate::language::Language;
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

/// Phrases by meaning and language; no language where several share a phrase or `Phrases` has none for it.
const PHRASES: [(SmallTalk, Option<Language>, &str); 26] = [
    (
        SmallTalk::Greeting,
        Some(Language::English),
        "hi|hello|hey|hiya|howdy|greetings|good morning|good afternoon|good evening|good day|how are you|how do you do|what's up",
    ),
    (
        SmallTalk::Greeting,
        Some(Language::German),
        "hallo|moin|servus|grüezi|guten tag|guten morgen|guten abend|grüß gott|wie geht's|wie geht es",
    ),
    (
        SmallTalk::Greeting,
        Some(Language::French),
        "bonjour|bonsoir|salut|coucou|ça va|comment ça va|comment allez vous",
    ),
    (
        SmallTalk::Greeting,
        Some(Language::Spanish),
        "hola|buenos días|buenos dias|buenas|buenas tardes|buenas noches|qué tal|que tal",
    ),
    (SmallTalk::Greeting, Some(Language::Italian), "ciao|buongiorno|buonasera|salve|come stai|come va"),
    (SmallTalk::Greeting, Some(Language::Portuguese), "olá|ola|oi|bom dia|boa tarde|boa noite|tudo bem"),
    (
        SmallTalk::Greeting,
        Some(Language::Dutch),
        "hoi|goedemorgen|goedemiddag|goedenavond|goedendag|hoe gaat het",
    ),
    (
        SmallTalk::Greeting,
        None,
        "hej|hei|merhaba|selam|cześć|dzień dobry|привет|здравствуйте|добрый день|مرحبا|السلام عليكم|שלום|नमस्ते|你好|您好|こんにちは|안녕하세요|안녕",
    ),
    (
        SmallTalk::Thanks,
        Some(Language::English),
        "thanks|thank you|thx|ty|cheers|thanks a lot|thank you very much|thank you so much|many thanks|much appreciated",
    ),
    (
        SmallTalk::Thanks,
        Some(Language::German),
        "danke|dankeschön|danke schön|danke sehr|vielen dank|besten dank|herzlichen dank|vielen lieben dank",
    ),
    (SmallTalk::Thanks, Some(Language::French), "merci|merci beaucoup|merci bien"),
    (SmallTalk::Thanks, Some(Language::Spanish), "gracias|muchas gracias|mil gracias"),
    (SmallTalk::Thanks, Some(Language::Italian), "grazie|grazie mille|molte grazie"),
    (SmallTalk::Thanks, Some(Language::Portuguese), "obrigado|obrigada|muito obrigado|muito obrigada"),
    (SmallTalk::Thanks, Some(Language::Dutch), "bedankt|dank je|dank je wel|dank u|dank u wel|dankjewel"),
    (
        SmallTalk::Thanks,
        None,
        "tack|takk|tak|kiitos|teşekkürler|teşekkür ederim|dziękuję|спасибо|شكرا|תודה|谢谢|謝謝|ありがとう|ありがとうございます|감사합니다",
    ),
    (
        SmallTalk::Farewell,
        Some(Language::English),
        "bye|bye bye|goodbye|good bye|see you|see you later|good night|have a nice day",
    ),
    (
        SmallTalk::Farewell,
        Some(Language::German),
        "tschüss|tschüß|auf wiedersehen|bis bald|gute nacht|schönen tag noch",
    ),
    (SmallTalk::Farewell, Some(Language::French), "au revoir|à bientôt|bonne journée|bonne nuit"),
    (SmallTalk::Farewell, Some(Language::Spanish), "adiós|adios|hasta luego|hasta pronto"),
    (SmallTalk::Farewell, Some(Language::Italian), "arrivederci|a presto|buonanotte"),
    (SmallTalk::Farewell, Some(Language::Dutch), "tot ziens|doei|dag"),
    (
        SmallTalk::Agreement,
        None,
        "ok|okay|okey|great|perfect|cool|nice|super|alright|all right|got it|i see|understood|very good|good|yes|no|no thanks|yep|nope|wow|gut|alles klar|verstanden|ja|nein|parfait|d'accord|oui|non|vale|perfecto|perfetto|sí",
    ),
    (
        SmallTalk::About,
        Some(Language::English),
        "help|help me|who are you|what are you|what can you do|what can i ask|what can i ask you|what do you know|can you help me|are you a robot|are you a bot|are you human|how does this work|i have a question|question|test|testing",
    ),
    (
        SmallTalk::About,
        Some(Language::German),
        "hilfe|wer bist du|wer sind sie|was kannst du|was können sie|ich habe eine frage|frage",
    ),
    (
        SmallTalk::About,
        Some(Language::French),
        "aide|qui êtes vous|qui es tu|que peux tu faire|que pouvez vous faire|j'ai une question",
    ),
];

/// Words that may stand beside such a phrase without making it a question.
const FILLERS: [&str; 16] = [
    "there",
    "all",
    "everyone",
    "everybody",
    "team",
    "again",
    "so",
    "very",
    "much",
    "a",
    "lot",
    "then",
    "and",
    "you",
    "for",
    "your",
];

/// Recognizes small talk, and its language; `None` for a question.
pub(crate) fn recognize(text: &str) -> Option<(SmallTalk, Option<Language>)> {
    let words: Vec<String> = tokenizer::words(text).take(MAX_WORDS + 1).collect();
    if words.is_empty() || words.len() > MAX_WORDS {
        return None;
    }
    let mut meaning = None;
    let mut rest = words.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if let Some((length, small_talk, language)) = longest_phrase(rest) {
            meaning.get_or_insert((small_talk, language));
            rest = &rest[length..];
        } else if meaning.is_some() && FILLERS.contains(&first.as_str()) {
            rest = others;
        } else {
            return None;
        }
    }
    meaning
}

fn longest_phrase(words: &[String]) -> Option<(usize, SmallTalk, Option<Language>)> {
    let phrases = PHRASES.iter().flat_map(|(small_talk, language, phrases)| {
        phrases
            .split('|')
            .map(move |phrase| (tokenizer::words(phrase).collect::<Vec<_>>(), *small_talk, *language))
    });
    phrases
        .filter(|(phrase, ..)| words.starts_with(phrase))
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
