//! Small talk: what people say to a chat that is not a question.

use crate::language::Language;
use crate::words;

/// What a visitor meant who asked nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Courtesy {
    Greeting,
    Thanks,
    Farewell,
    Agreement,
    /// "Who are you?", "help".
    About,
}

/// More words than this are a question, whatever they begin with.
const MAX_WORDS: usize = 8;

/// Phrases by meaning and language; no language where it cannot be told or has no sentences of ours.
const PHRASES: [(Courtesy, Option<Language>, &str); 26] = [
    (
        Courtesy::Greeting,
        Some(Language::English),
        "hi|hello|hey|hiya|howdy|greetings|good morning|good afternoon|good evening|good day|how are you|how do you do|what's up",
    ),
    (
        Courtesy::Greeting,
        Some(Language::German),
        "hallo|moin|servus|grüezi|guten tag|guten morgen|guten abend|grüß gott|wie geht's|wie geht es",
    ),
    (
        Courtesy::Greeting,
        Some(Language::French),
        "bonjour|bonsoir|salut|coucou|ça va|comment ça va|comment allez vous",
    ),
    (
        Courtesy::Greeting,
        Some(Language::Spanish),
        "hola|buenos días|buenos dias|buenas|buenas tardes|buenas noches|qué tal|que tal",
    ),
    (
        Courtesy::Greeting,
        Some(Language::Italian),
        "ciao|buongiorno|buonasera|salve|come stai|come va",
    ),
    (
        Courtesy::Greeting,
        Some(Language::Portuguese),
        "olá|ola|oi|bom dia|boa tarde|boa noite|tudo bem",
    ),
    (
        Courtesy::Greeting,
        Some(Language::Dutch),
        "hoi|goedemorgen|goedemiddag|goedenavond|goedendag|hoe gaat het",
    ),
    (
        Courtesy::Greeting,
        None,
        "hej|hei|merhaba|selam|cześć|dzień dobry|привет|здравствуйте|добрый день|مرحبا|السلام عليكم|שלום|नमस्ते|你好|您好|こんにちは|안녕하세요|안녕",
    ),
    (
        Courtesy::Thanks,
        Some(Language::English),
        "thanks|thank you|thx|ty|cheers|thanks a lot|thank you very much|thank you so much|many thanks|much appreciated",
    ),
    (
        Courtesy::Thanks,
        Some(Language::German),
        "danke|dankeschön|danke schön|danke sehr|vielen dank|besten dank|herzlichen dank|vielen lieben dank",
    ),
    (
        Courtesy::Thanks,
        Some(Language::French),
        "merci|merci beaucoup|merci bien",
    ),
    (
        Courtesy::Thanks,
        Some(Language::Spanish),
        "gracias|muchas gracias|mil gracias",
    ),
    (
        Courtesy::Thanks,
        Some(Language::Italian),
        "grazie|grazie mille|molte grazie",
    ),
    (
        Courtesy::Thanks,
        Some(Language::Portuguese),
        "obrigado|obrigada|muito obrigado|muito obrigada",
    ),
    (
        Courtesy::Thanks,
        Some(Language::Dutch),
        "bedankt|dank je|dank je wel|dank u|dank u wel|dankjewel",
    ),
    (
        Courtesy::Thanks,
        None,
        "tack|takk|tak|kiitos|teşekkürler|teşekkür ederim|dziękuję|спасибо|شكرا|תודה|谢谢|謝謝|ありがとう|ありがとうございます|감사합니다",
    ),
    (
        Courtesy::Farewell,
        Some(Language::English),
        "bye|bye bye|goodbye|good bye|see you|see you later|good night|have a nice day",
    ),
    (
        Courtesy::Farewell,
        Some(Language::German),
        "tschüss|tschüß|auf wiedersehen|bis bald|gute nacht|schönen tag noch",
    ),
    (
        Courtesy::Farewell,
        Some(Language::French),
        "au revoir|à bientôt|bonne journée|bonne nuit",
    ),
    (
        Courtesy::Farewell,
        Some(Language::Spanish),
        "adiós|adios|hasta luego|hasta pronto",
    ),
    (
        Courtesy::Farewell,
        Some(Language::Italian),
        "arrivederci|a presto|buonanotte",
    ),
    (Courtesy::Farewell, Some(Language::Dutch), "tot ziens|doei|dag"),
    (
        Courtesy::Agreement,
        None,
        "ok|okay|okey|great|perfect|cool|nice|super|alright|all right|got it|i see|understood|very good|good|yes|no|no thanks|yep|nope|wow|gut|alles klar|verstanden|ja|nein|parfait|d'accord|oui|non|vale|perfecto|perfetto|sí",
    ),
    (
        Courtesy::About,
        Some(Language::English),
        "help|help me|who are you|what are you|what can you do|what can i ask|what can i ask you|what do you know|can you help me|are you a robot|are you a bot|are you human|how does this work|i have a question|question|test|testing",
    ),
    (
        Courtesy::About,
        Some(Language::German),
        "hilfe|wer bist du|wer sind sie|was kannst du|was können sie|ich habe eine frage|frage",
    ),
    (
        Courtesy::About,
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

/// What a text means, and in which language, when it asks nothing.
pub(crate) fn recognise(text: &str) -> Option<(Courtesy, Option<Language>)> {
    let said: Vec<String> = words::plain(text).take(MAX_WORDS + 1).collect();
    if said.is_empty() || said.len() > MAX_WORDS {
        return None;
    }
    let mut meaning = None;
    let mut rest = said.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if let Some((length, courtesy, language)) = longest_phrase(rest) {
            meaning.get_or_insert((courtesy, language));
            rest = &rest[length..];
        } else if meaning.is_some() && FILLERS.contains(&first.as_str()) {
            rest = others;
        } else {
            return None;
        }
    }
    meaning
}

fn longest_phrase(said: &[String]) -> Option<(usize, Courtesy, Option<Language>)> {
    let phrases = PHRASES.iter().flat_map(|(courtesy, language, phrases)| {
        phrases
            .split('|')
            .map(move |phrase| (words::plain(phrase).collect::<Vec<_>>(), *courtesy, *language))
    });
    phrases
        .filter(|(phrase, ..)| said.starts_with(phrase))
        .map(|(phrase, courtesy, language)| (phrase.len(), courtesy, language))
        // Of phrases of one length the first counts, and `max_by_key` would take the last.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_talk_is_told_from_questions() {
        for (text, expected) in [
            ("hi", Some(Courtesy::Greeting)),
            ("Hello there!!! 👋", Some(Courtesy::Greeting)),
            ("Hi, how are you?", Some(Courtesy::Greeting)),
            ("Bonjour", Some(Courtesy::Greeting)),
            ("Guten Tag", Some(Courtesy::Greeting)),
            ("你好", Some(Courtesy::Greeting)),
            ("thanks", Some(Courtesy::Thanks)),
            ("Thank you so much for your help", Some(Courtesy::Thanks)),
            ("Vielen Dank!", Some(Courtesy::Thanks)),
            ("bye", Some(Courtesy::Farewell)),
            ("ok", Some(Courtesy::Agreement)),
            ("Who are you?", Some(Courtesy::About)),
            ("Hi, how long is the warranty?", None),
            ("there", None),
            ("thanks but my lamp is broken", None),
            ("", None),
            ("!!!", None),
        ] {
            assert_eq!(
                recognise(text).map(|(courtesy, _)| courtesy),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_language_of_a_greeting_is_known() {
        assert_eq!(
            recognise("Bonjour !"),
            Some((Courtesy::Greeting, Some(Language::French)))
        );
        assert_eq!(
            recognise("danke"),
            Some((Courtesy::Thanks, Some(Language::German)))
        );
    }
}
