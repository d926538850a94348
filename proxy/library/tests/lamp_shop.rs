//! Asks the documents of the example shop what visitors would ask.

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use porthole_library::{Answer, Library};
use proptest::prelude::*;

const DOCUMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/documents");
const NOTHING_FOUND: &str = "I could not find anything";
const UNSURE: &str = "I am not sure";

fn open() -> Library {
    Library::open(Path::new(DOCUMENTS))
        .unwrap_or_else(|error| unreachable!("the example documents are in the repository: {error}"))
}

/// Opened once, since opening it takes longer than a thousand questions.
fn lamp_shop() -> &'static Library {
    static LAMP_SHOP: LazyLock<Library> = LazyLock::new(open);
    &LAMP_SHOP
}

/// The address of the first source of an answer, below the shop's own.
fn first_source(answer: &Answer) -> &str {
    let source = answer.text.lines().find_map(|line| line.strip_prefix("- [")).unwrap_or_default();
    source.split_once("](https://lamps.example/").map_or("", |(_, rest)| rest.trim_end_matches(')'))
}

#[test]
fn every_document_can_be_quoted() {
    let library = lamp_shop();
    assert_eq!((library.document_count(), library.skipped()), (10, [].as_slice()));
}

#[test]
fn questions_find_the_document_that_answers_them() {
    let library = lamp_shop();
    for (question, document) in [
        ("how much is shipping to France?", "help/shipping"),
        ("How long does delivery take", "help/shipping"),
        ("where is my parcel", "help/shipping"),
        ("Where is my order 1042?", "help/shipping"),
        ("my lamp arrived broken", "help/shipping"),
        ("do I have to pay customs?", "help/shipping"),
        ("can I pick up my order myself", "help/shipping"),
        ("Can I send a lamp back?", "help/returns"),
        ("how many days do I have to return something", "help/returns"),
        ("when do I get my refund", "help/returns"),
        ("I want to swap it for a bigger size", "help/returns"),
        ("can I return a bulb I opened", "help/returns"),
        ("what does a new cable cost", "help/repairs"),
        ("my lamp is flickering", "help/repairs"),
        ("lamp does not turn on", "help/repairs"),
        ("Where can I order a spare shade", "help/repairs"),
        ("how long is the warranty?", "help/warranty"),
        ("warrenty", "help/warranty"),
        ("is my warranty valid if I bought the lamp second hand", "help/warranty"),
        ("does the guarantee cover broken glass", "help/warranty"),
        ("how do I clean a paper lampshade", "help/care"),
        ("how to polish brass", "help/care"),
        ("can I hang it in the bathroom", "help/care"),
        ("which bulb do I need for the Heron", "help/sizes-and-bulbs"),
        ("how many lumen for a kitchen", "help/sizes-and-bulbs"),
        ("how high should a lamp hang above the dining table", "help/sizes-and-bulbs"),
        ("can I dim the Linden lamp", "help/sizes-and-bulbs"),
        ("how tall is the Reed", "help/sizes-and-bulbs"),
        ("do you take PayPal", "help/payment"),
        ("can I pay in instalments", "help/payment"),
        ("where do I enter a discount code", "help/payment"),
        ("I need an invoice with VAT", "help/payment"),
        ("my credit card was declined", "help/payment"),
        ("who makes the lamps", "about"),
        ("can you build a custom lamp for me", "about"),
        ("do you have jobs", "about"),
        ("are you open on Saturday", "contact"),
        ("what is your phone number", "contact"),
        ("is there parking", "contact"),
        ("I want to complain", "contact"),
        ("I forgot my password", "help/account"),
        ("how do I cancel my order", "help/account"),
        ("delete my data", "help/account"),
        ("unsubscribe from the newsletter", "help/account"),
    ] {
        let answer = library.answer(question);
        assert_eq!(first_source(&answer), document, "{question}: {}", answer.text);
    }
}

#[test]
fn questions_about_other_things_are_not_answered_with_a_random_passage() {
    let library = lamp_shop();
    for question in [
        "what is the weather in Paris",
        "who won the world cup in 1990",
        "how do I cook pasta",
        "qwertz",
        "Wo ist der Bahnhof?",
    ] {
        let answer = library.answer(question);
        assert!(answer.text.starts_with(NOTHING_FOUND), "{question}: {}", answer.text);
        assert_eq!(answer.suggestions.len(), 3, "{question}");
    }
    let half = library.answer("do you sell bicycles");
    assert!(half.text.starts_with(UNSURE), "{}", half.text);
}

#[test]
fn what_a_document_answers_in_its_words_is_not_introduced_by_doubt() {
    let library = lamp_shop();
    for (question, heading) in [
        ("Can I return a lamp that I have used?", "How long can I return a lamp?"),
        ("I have used the lamp already, can I still return it?", "How long can I return a lamp?"),
        ("Am I able to return a lamp after using it?", "How long can I return a lamp?"),
        ("I've used it for a week: can the lamp be returned?", "How long can I return a lamp?"),
        ("Could a lamp be returned once I have tried it?", "How long can I return a lamp?"),
        (
            "Is it possible to exchange the colour that I got?",
            "Can I exchange a lamp for another colour or size?",
        ),
        ("When will my money be given back?", "When do I get my money back?"),
    ] {
        let text = library.answer(question).text;
        assert!(text.starts_with("Here is what I found:"), "{question}: {text}");
        assert!(text.contains(&format!("> **{heading}**")), "{question}: {text}");
    }
    for question in ["Can I return a lamp by drone?", "Do you sell used lamps?", "May I pay with seashells?"]
    {
        let text = library.answer(question).text;
        assert!(!text.starts_with("Here is what I found:"), "{question}: {text}");
    }
}

#[test]
fn an_answer_is_a_sentence_quotes_and_their_sources() {
    let answer = lamp_shop().answer("How do I return a lamp?");
    let text = &answer.text;
    assert!(
        text.starts_with("Here is what I found:\n\n> **How do I return a lamp?**\n>\n> 1. Open your order"),
        "{text}"
    );
    let sources = "\n\n**Sources**\n\n- [Returns and refunds › How do I return a lamp?](https://lamps.example/help/returns)";
    assert!(text.contains(sources), "{text}");
    assert!(text.matches("> **").count() <= 3);
}

#[test]
fn every_suggestion_is_answered_by_the_section_that_it_names() {
    let library = lamp_shop();
    let first = library.answer("hello").suggestions;
    assert_eq!(first.len(), 3);
    for suggestion in first.iter().flat_map(|question| library.answer(question).suggestions) {
        let text = library.answer(&suggestion).text;
        assert!(text.contains(&format!("> **{suggestion}**")), "{suggestion}: {text}");
    }
}

#[test]
fn small_talk_is_answered_kindly() {
    let library = lamp_shop();
    for (said, answer) in [
        ("hi", "Hello!"),
        ("Hello there 👋", "Hello!"),
        ("bonjour", "Bonjour"),
        ("thanks!", "You are welcome"),
        ("Danke schön", "Gern geschehen"),
        ("who are you?", "I look your question up"),
    ] {
        let found = library.answer(said);
        assert!(found.text.starts_with(answer) && !found.text.contains('>'), "{said}: {}", found.text);
        assert!(!found.suggestions.is_empty(), "{said}");
    }
}

#[test]
fn hostile_questions_are_harmless_and_quick() {
    let library = lamp_shop();
    let long = (0..1_000).map(|number| format!("w{number}")).collect::<Vec<_>>().join(" ");
    let questions = [
        "title:* AND (body:[a TO z] OR +-\"unclosed",
        "'; DROP TABLE lamps; --",
        "*:*^9999999999 ~~~ \\\\ {!x}",
        "((((((((((((((((((((((((((((((((",
        "<script>alert(1)</script>",
        "\u{0}\u{1}\u{202E}\u{FEFF}\u{FFFF}",
        "   \n\t ",
        "",
        "😀😀😀",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([
        long,
        "lamp ".repeat(800),
        "a".repeat(4_000),
        "灯".repeat(4_000),
        "(".repeat(4_000),
        "e\u{301}".repeat(2_000),
    ]);
    for question in questions {
        let start = Instant::now();
        let answer = library.answer(&question);
        assert!(!answer.text.is_empty(), "{question:?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{question:?} took {:?}", start.elapsed());
    }
}

#[test]
fn the_same_question_has_the_same_answer_from_another_library() {
    let other = open();
    for question in
        ["lamp", "bulb brass glass", "how much does it cost", "return repair order", "hi", "unicorn"]
    {
        assert_eq!(lamp_shop().answer(question), other.answer(question), "{question}");
    }
}

proptest! {
    #[test]
    fn any_question_has_an_answer(question in "\\PC{0,200}|(how|lamp|return|[ -~]){0,40}") {
        let library = lamp_shop();
        let answer = library.answer(&question);
        prop_assert!(!answer.text.is_empty() && answer.suggestions.len() <= 3);
    }
}
