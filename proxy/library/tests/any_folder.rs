//! Opens folders that are not the example's: other languages, nothing in them, anything in them.

use std::error::Error;
use std::fs;
use std::path::Path;

use porthole_library::Library;
use proptest::prelude::*;

fn library(documents: &[(&str, &str)]) -> Library {
    try_library(documents).unwrap_or_else(|error| unreachable!("a temporary folder can be used: {error}"))
}

fn try_library(documents: &[(&str, &str)]) -> Result<Library, Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    for (name, text) in documents {
        fs::write(dir.path().join(name), text)?;
    }
    Ok(Library::open(dir.path())?)
}

#[test]
fn a_library_can_be_shared_between_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Library>();
}

#[test]
fn an_empty_library_says_so() {
    for documents in [[].as_slice(), &[("empty.md", ""), ("blank.md", "\n\n")]] {
        let empty = library(documents);
        assert!(empty.answer("Where is my order?").text.contains("no documents"));
        assert!(empty.answer("hi").text.starts_with("Hello"));
        assert_eq!(empty.document_count(), 0);
    }
}

#[test]
fn a_folder_that_is_missing_says_what_to_do() {
    let error = Library::open(Path::new("/does/not/exist")).unwrap_err().to_string();
    assert!(error.contains("DOCS_DIR"), "{error}");
}

const GERMAN: &str = "# Versand\n\nWir liefern in alle Länder der EU, und die Lieferung ist ab 80 Euro für Sie kostenlos. \
                      Sonst kostet der Versand 4,90 Euro.\n\n## Rücksendung\n\nSie können die Lampen, die Sie nicht \
                      mögen, innerhalb von 60 Tagen an uns zurückschicken.\n";
const FRENCH: &str = "# Livraison\n\nNous livrons dans tous les pays de l’Union, et la livraison est gratuite pour les \
                      commandes de plus de 80 euros.\n\n## Retours\n\nVous pouvez renvoyer les lampes qui ne vous plaisent \
                      pas dans les 60 jours.\n";
const CHINESE: &str = "# 退货政策\n\n您可以在收到灯具后六十天内退货。\n\n# 保修\n\n我们的灯具保修十年。\n";
const ARABIC: &str =
    "# الضمان\n\nضمان المصابيح عشر سنوات من يوم الاستلام.\n\n# الشحن\n\nالشحن داخل المدينة مجاني.\n";
const THAI: &str = "# การรับประกัน\n\nโคมไฟรับประกันสิบปี\n\n# การจัดส่ง\n\nจัดส่งฟรีทั่วประเทศ\n";

#[test]
fn questions_in_other_languages_find_their_words_in_other_forms() {
    let library = library(&[
        ("de.md", GERMAN),
        ("fr.md", FRENCH),
        ("zh.md", CHINESE),
        ("ar.md", ARABIC),
        ("th.md", THAI),
    ]);
    for (question, expected) in [
        ("Was kostet der Versand?", "Das habe ich dazu gefunden:\n\n> **Versand**"),
        ("Kann ich eine Lampe zurückschicken?", "> **Rücksendung**"),
        ("In welches Land liefern Sie?", "> **Versand**"),
        ("Versandkostenpauschale", "> **Versand**"),
        ("La livraison est-elle gratuite ?", "Voici ce que j’ai trouvé :\n\n> **Livraison**"),
        ("Comment renvoyer une lampe", "> **Retours**"),
        ("退货", "> **退货政策**"),
        ("保修多久?", "> **保修**"),
        ("الشحن", "> **الشحن**"),
        ("รับประกัน", "> **การรับประกัน**"),
    ] {
        let text = library.answer(question).text;
        assert!(text.contains(expected), "{question}: {text}");
    }
}

#[test]
fn a_source_without_an_address_is_named_without_a_link() {
    let text = library(&[("opening-hours.md", "We are open on Monday.")]).answer("open Monday").text;
    assert!(text.ends_with("**Sources**\n\n- Opening hours"), "{text}");
}

#[test]
fn a_heading_cannot_smuggle_a_link_into_the_sources() {
    let text = library(&[("a.md", "# Shipping](https://evil.example/) <b>\n\nShipping is free.")])
        .answer("shipping")
        .text;
    assert!(text.contains("- Shipping\\](https://evil.example/)"), "{text}");
}

#[test]
fn the_same_passage_is_not_quoted_twice() {
    let twice =
        library(&[("a.md", "# Parking\n\nParking is free."), ("b.md", "# Parking\n\nParking is free.")]);
    assert_eq!(twice.answer("parking").text.matches("Parking is free").count(), 1);
}

#[test]
fn a_quoted_passage_never_leaves_its_quote() {
    let text =
        "# Code\n\n```sh\nporthole serve\n\nporthole keys\n```\n\n| a | b |\n|---|---|\n| porthole | 1 |\n";
    let answer = library(&[("a.md", text)]).answer("porthole serve").text;
    let quote: Vec<&str> = answer.lines().skip(2).take_while(|line| *line != "**Sources**").collect();
    assert!(quote.iter().all(|line| line.is_empty() || line.starts_with('>')), "{answer}");
    assert!(answer.contains("> porthole serve\n>\n> porthole keys\n"), "{answer}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_document_can_be_read_and_asked(
        text in "(\\PC|[\r\n#>`|*\\-\\[\\]()<!:0-9 \t]|---\n|url: https://e.example/\n|```\n|\\| a \\|\n|\\[x\\]\\(y\\)){0,120}",
        question in "\\PC{0,40}",
    ) {
        let library = library(&[("a.md", &text), ("b.txt", &text)]);
        prop_assert!(!library.answer(&question).text.is_empty());
        let own: String = text.chars().take(60).collect();
        prop_assert!(!library.answer(&own).text.is_empty());
    }
}
