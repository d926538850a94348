//! The sentences around quotes, in the language of the documents, or else in English.

use crate::language::Language;
use crate::small_talk::SmallTalk;

/// The sentences of one language.
pub(crate) struct Phrases {
    pub(crate) found: &'static str,
    pub(crate) unsure: &'static str,
    pub(crate) sources: &'static str,
    pub(crate) nothing: &'static str,
    /// Introduces the titles of documents.
    pub(crate) topics: &'static str,
    pub(crate) empty: &'static str,
    greeting: &'static str,
    thanks: &'static str,
    farewell: &'static str,
    agreement: &'static str,
    about: &'static str,
}

impl Phrases {
    /// Returns the sentences of a language, or the English ones.
    pub(crate) fn in_language(language: Option<Language>) -> &'static Self {
        match language {
            Some(Language::German) => &GERMAN,
            Some(Language::French) => &FRENCH,
            Some(Language::Spanish) => &SPANISH,
            Some(Language::Italian) => &ITALIAN,
            Some(Language::Portuguese) => &PORTUGUESE,
            Some(Language::Dutch) => &DUTCH,
            _ => &ENGLISH,
        }
    }

    /// Returns the reply to small talk.
    pub(crate) fn reply_to(&self, small_talk: SmallTalk) -> &'static str {
        match small_talk {
            SmallTalk::Greeting => self.greeting,
            SmallTalk::Thanks => self.thanks,
            SmallTalk::Farewell => self.farewell,
            SmallTalk::Agreement => self.agreement,
            SmallTalk::About => self.about,
        }
    }
}

static ENGLISH: Phrases = Phrases {
    found: "Here is what I found:",
    unsure: "I am not sure that this is what you mean. The closest I found is this:",
    sources: "Sources",
    nothing: "I could not find anything about that in the documents. Perhaps other words help.",
    topics: "This is what I can tell you about:",
    empty: "I have no documents to answer from yet, so I cannot answer anything. As soon as some are there, I can.",
    greeting: "Hello! What would you like to know?",
    thanks: "You are welcome! Is there anything else that you would like to know?",
    farewell: "Goodbye, and come back whenever you have a question.",
    agreement: "Good! Just ask if there is anything else.",
    about: "I look your question up in the documents here and quote what they say, with the source.",
};

static GERMAN: Phrases = Phrases {
    found: "Das habe ich dazu gefunden:",
    unsure: "Ich bin nicht sicher, ob das gemeint ist. Am nächsten kommt dies:",
    sources: "Quellen",
    nothing: "Dazu habe ich in den Dokumenten nichts gefunden. Vielleicht helfen andere Worte.",
    topics: "Zu diesen Themen weiß ich etwas:",
    empty: "Noch liegen mir keine Dokumente vor, deshalb kann ich nichts beantworten.",
    greeting: "Guten Tag! Was möchten Sie wissen?",
    thanks: "Gern geschehen! Möchten Sie noch etwas wissen?",
    farewell: "Auf Wiedersehen, und bis zur nächsten Frage.",
    agreement: "Gut! Fragen Sie gern, wenn noch etwas ist.",
    about: "Ich schlage Ihre Frage in den Dokumenten nach und zitiere, was dort steht, mit der Quelle.",
};

static FRENCH: Phrases = Phrases {
    found: "Voici ce que j’ai trouvé :",
    unsure: "Je ne suis pas sûr que ce soit ce que vous cherchez. Voici ce qui s’en approche le plus :",
    sources: "Sources",
    nothing: "Je n’ai rien trouvé à ce sujet dans les documents. Essayez peut-être d’autres mots.",
    topics: "Voici les sujets que je connais :",
    empty: "Je n’ai pas encore de documents, je ne peux donc pas répondre.",
    greeting: "Bonjour ! Que souhaitez-vous savoir ?",
    thanks: "Avec plaisir ! Souhaitez-vous savoir autre chose ?",
    farewell: "Au revoir, et à votre prochaine question.",
    agreement: "Très bien ! N’hésitez pas si vous avez une autre question.",
    about: "Je cherche votre question dans les documents et je cite ce qu’ils disent, avec la source.",
};

static SPANISH: Phrases = Phrases {
    found: "Esto es lo que he encontrado:",
    unsure: "No estoy seguro de que sea lo que busca. Esto es lo más parecido:",
    sources: "Fuentes",
    nothing: "No he encontrado nada sobre eso en los documentos. Quizá ayuden otras palabras.",
    topics: "Puedo informarle sobre estos temas:",
    empty: "Todavía no tengo documentos, así que no puedo responder.",
    greeting: "¡Hola! ¿Qué le gustaría saber?",
    thanks: "¡De nada! ¿Le gustaría saber algo más?",
    farewell: "Adiós, y hasta la próxima pregunta.",
    agreement: "¡Bien! Pregunte cuando quiera si hay algo más.",
    about: "Busco su pregunta en los documentos y cito lo que dicen, con la fuente.",
};

static ITALIAN: Phrases = Phrases {
    found: "Ecco che cosa ho trovato:",
    unsure: "Non sono sicuro che sia quello che cerca. Questo è ciò che più si avvicina:",
    sources: "Fonti",
    nothing: "Non ho trovato nulla al riguardo nei documenti. Forse aiutano altre parole.",
    topics: "Posso dirle qualcosa su questi argomenti:",
    empty: "Non ho ancora documenti, quindi non posso rispondere.",
    greeting: "Buongiorno! Che cosa desidera sapere?",
    thanks: "Prego! Desidera sapere altro?",
    farewell: "Arrivederci, e alla prossima domanda.",
    agreement: "Bene! Chieda pure se c’è altro.",
    about: "Cerco la sua domanda nei documenti e cito ciò che dicono, con la fonte.",
};

static PORTUGUESE: Phrases = Phrases {
    found: "Isto é o que encontrei:",
    unsure: "Não tenho a certeza de que seja isto. O mais próximo que encontrei:",
    sources: "Fontes",
    nothing: "Não encontrei nada sobre isso nos documentos. Talvez outras palavras ajudem.",
    topics: "Posso informar sobre estes temas:",
    empty: "Ainda não tenho documentos, por isso não posso responder.",
    greeting: "Olá! O que gostaria de saber?",
    thanks: "De nada! Gostaria de saber mais alguma coisa?",
    farewell: "Adeus, e até à próxima pergunta.",
    agreement: "Muito bem! Pergunte se houver mais alguma coisa.",
    about: "Procuro a sua pergunta nos documentos e cito o que dizem, com a fonte.",
};

static DUTCH: Phrases = Phrases {
    found: "Dit heb ik gevonden:",
    unsure: "Ik weet niet zeker of u dit bedoelt. Dit komt het dichtst in de buurt:",
    sources: "Bronnen",
    nothing: "Daarover heb ik in de documenten niets gevonden. Misschien helpen andere woorden.",
    topics: "Over deze onderwerpen weet ik iets:",
    empty: "Ik heb nog geen documenten, dus ik kan niets beantwoorden.",
    greeting: "Hallo! Wat wilt u weten?",
    thanks: "Graag gedaan! Wilt u nog iets weten?",
    farewell: "Tot ziens, en tot de volgende vraag.",
    agreement: "Mooi! Vraag gerust als er nog iets is.",
    about: "Ik zoek uw vraag op in de documenten en citeer wat daar staat, met de bron.",
};
