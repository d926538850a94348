//! A document: its title, address, language and passages.

use std::path::Path;

use url::Url;

use crate::front_matter::FrontMatter;
use crate::language::{Language, Lexicon, detect};
use crate::markdown;
use crate::passage::{self, Passage};

/// The longest title that is shown.
const MAX_TITLE_CHARS: usize = 120;

/// A document, cut into passages.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) title: String,
    /// The address that its front matter gives; `http` or `https`, escaped for a Markdown link.
    pub(crate) url: Option<String>,
    /// Further words that match it.
    pub(crate) keywords: String,
    pub(crate) language: Option<Language>,
    pub(crate) passages: Vec<Passage>,
}

impl Document {
    /// Parses a document; any text is one, perhaps without passages.
    pub(crate) fn parse(path: &Path, text: &str, lexicons: &[Lexicon]) -> Self {
        let text = normalize_lines(text);
        let (front, body) = FrontMatter::split(&text);
        let url = front.url.and_then(web_url);
        let sections = if is_markdown(path) {
            passage::sections(&markdown::clean(body, url.as_ref()))
        } else {
            vec![Passage { path: Vec::new(), text: body.to_owned() }]
        };
        let title = title(front.title, &sections, path);
        let tagged = front.lang.and_then(Language::from_tag);
        Self {
            passages: passage::cut(&sections, &title),
            title,
            url: url.map(markdown::link_target),
            keywords: front.keywords.unwrap_or_default().to_owned(),
            language: tagged.or_else(|| detect(body, lexicons)),
        }
    }
}

/// Ends lines in the Unix way, and drops the byte order mark.
fn normalize_lines(text: &str) -> String {
    text.strip_prefix('\u{FEFF}').unwrap_or(text).replace("\r\n", "\n").replace(['\r', '\0'], "\n")
}

/// The front matter's title, the first heading or the file's name.
fn title(front: Option<&str>, sections: &[Passage], path: &Path) -> String {
    let title = front
        .map(str::to_owned)
        .or_else(|| sections.iter().find_map(|section| section.path.first().cloned()))
        .unwrap_or_else(|| file_title(path));
    title.chars().take(MAX_TITLE_CHARS).collect()
}

fn is_markdown(path: &Path) -> bool {
    !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"))
}

fn web_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// `opening-hours.md` is "Opening hours".
fn file_title(path: &Path) -> String {
    let stem =
        path.file_stem().map(|stem| stem.to_string_lossy().replace(['-', '_'], " ")).unwrap_or_default();
    let mut chars = stem.trim().chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => "Document".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str, text: &str) -> Document {
        Document::parse(Path::new(path), text, &Lexicon::all())
    }

    #[test]
    fn the_front_matter_gives_title_address_and_language() {
        let text = "\u{FEFF}---\r\ntitle: \"Shipping: all of it\"\r\nurl: https://lamps.example/a (b)\r\nlang: de-AT\r\n---\r\n\r\nText.\r\n";
        let document = parse("x.md", text);
        assert_eq!(document.title, "Shipping: all of it");
        assert_eq!(document.url.as_deref(), Some("https://lamps.example/a%20%28b%29"));
        assert_eq!(document.language, Some(Language::German));
        assert_eq!(document.passages, [Passage { path: Vec::new(), text: "Text.".to_owned() }]);
    }

    #[test]
    fn a_rule_at_the_head_is_no_front_matter() {
        let document = parse("x.md", "---\n\nurl: https://lamps.example/\n\nText");
        assert_eq!(document.url, None);
        assert!(document.passages[0].text.ends_with("Text"));
    }

    #[test]
    fn an_address_that_no_browser_should_open_is_left_out() {
        for url in ["javascript:alert(1)", "data:text/html,x", "help/shipping", "file:///etc/passwd", ""] {
            assert_eq!(parse("x.md", &format!("---\nurl: {url}\n---\nText")).url, None, "{url}");
        }
    }

    #[test]
    fn the_title_is_the_front_matters_or_the_first_heading_or_the_files_name() {
        assert_eq!(parse("x.md", "---\ntitle: One\n---\n# Two").title, "One");
        assert_eq!(parse("x.md", "# Two\n\nText").title, "Two");
        assert_eq!(parse("opening-hours.md", "Text").title, "Opening hours");
        assert_eq!(parse("notes.txt", "# not a heading").title, "Notes");
    }

    #[test]
    fn odd_documents_are_documents() {
        assert!(parse("x.md", "").passages.is_empty());
        assert!(parse("x.md", " \n\t\n").passages.is_empty());
        assert_eq!(parse("x.md", "```sh\nls\n```").passages[0].text, "```sh\nls\n```");
        assert_eq!(parse("x.md", "One\rTwo").passages[0].text, "One Two");
    }

    #[test]
    fn a_language_is_told_from_a_text() {
        for (text, language) in [
            ("The lamp is in the box, and it is for you if you want it.", Some(Language::English)),
            (
                "Die Lampe ist in der Kiste, und sie ist für Sie, wenn Sie sie haben möchten.",
                Some(Language::German),
            ),
            ("La lampe est dans la boîte et elle est pour vous si vous la voulez.", Some(Language::French)),
            ("退货政策:您可以在六十天内退货。", None),
        ] {
            assert_eq!(parse("x.md", text).language, language, "{text}");
        }
    }
}
