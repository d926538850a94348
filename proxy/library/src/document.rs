//! A document: its title, its address, its language, its sections.

use std::path::Path;

use url::Url;

use crate::language::{Language, Lexicons};
use crate::markdown;
use crate::passage::{self, Passage};

/// How many lines a front matter may have; a rule at the head of a text is not one without an end.
const MAX_FRONT_MATTER_LINES: usize = 64;
/// The longest title that is shown.
const MAX_TITLE_CHARS: usize = 120;

/// A document, cut into passages.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) title: String,
    /// Where it can be read, if its front matter says so; `http` or `https`.
    pub(crate) url: Option<String>,
    /// Further words that it is found by.
    pub(crate) keywords: String,
    pub(crate) language: Option<Language>,
    pub(crate) passages: Vec<Passage>,
}

#[derive(Debug, Default)]
struct FrontMatter<'a> {
    title: Option<&'a str>,
    url: Option<&'a str>,
    lang: Option<&'a str>,
    keywords: Option<&'a str>,
}

impl Document {
    /// Reads a document; whatever it holds, it becomes one, perhaps without passages.
    pub(crate) fn parse(path: &Path, text: &str, lexicons: &Lexicons) -> Self {
        let text = text
            .strip_prefix('\u{FEFF}')
            .unwrap_or(text)
            .replace("\r\n", "\n")
            .replace(['\r', '\0'], "\n");
        let (front, body) = split_front_matter(&text);
        let url = front.url.and_then(web_address);
        let sections = if is_markdown(path) {
            passage::sections(&markdown::clean(body, url.as_ref()))
        } else {
            passage::plain_sections(body)
        };
        let title = front
            .title
            .map(str::to_owned)
            .or_else(|| sections.iter().find_map(|section| section.path.first().cloned()))
            .unwrap_or_else(|| file_title(path));
        let title: String = title.chars().take(MAX_TITLE_CHARS).collect();
        let language = front
            .lang
            .and_then(Language::from_tag)
            .or_else(|| lexicons.detect(body));
        let passages = passage::cut(&sections, &title);
        let keywords = front.keywords.unwrap_or_default().to_owned();
        Self {
            title,
            url: url.map(link_target),
            keywords,
            language,
            passages,
        }
    }
}

fn is_markdown(path: &Path) -> bool {
    !path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("txt"))
}

/// The simple head of `key: value` lines between two lines of `---`; what else YAML can do is passed over.
fn split_front_matter(text: &str) -> (FrontMatter<'_>, &str) {
    let mut front = FrontMatter::default();
    let Some(rest) = text
        .strip_prefix("---")
        .and_then(|rest| rest.trim_start_matches([' ', '\t']).strip_prefix('\n'))
    else {
        return (front, text);
    };
    let mut offset = 0;
    for line in rest.split_inclusive('\n').take(MAX_FRONT_MATTER_LINES) {
        offset += line.len();
        let line = line.trim_end();
        if line == "---" || line == "..." {
            return (front, &rest[offset..]);
        }
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = Some(unquoted(value.trim())).filter(|value| !value.is_empty());
        match key.trim().to_ascii_lowercase().as_str() {
            "title" => front.title = value,
            "url" => front.url = value,
            "lang" | "language" => front.lang = value,
            "keywords" => front.keywords = value,
            _ => {}
        }
    }
    (FrontMatter::default(), text)
}

fn unquoted(value: &str) -> &str {
    let inside = |quote| {
        value
            .strip_prefix(quote)
            .and_then(|value| value.strip_suffix(quote))
    };
    inside('"').or_else(|| inside('\'')).unwrap_or(value).trim()
}

fn web_address(text: &str) -> Option<Url> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// An address as it may stand between the brackets of a Markdown link.
pub(crate) fn link_target(url: Url) -> String {
    String::from(url).replace('(', "%28").replace(')', "%29")
}

/// `opening-hours.md` is "Opening hours".
fn file_title(path: &Path) -> String {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().replace(['-', '_'], " "))
        .unwrap_or_default();
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
        Document::parse(Path::new(path), text, &Lexicons::all())
    }

    #[test]
    fn the_front_matter_gives_title_address_and_language() {
        let text = "\u{FEFF}---\r\ntitle: \"Shipping: all of it\"\r\nurl: https://lamps.example/a (b)\r\nlang: de-AT\r\n---\r\n\r\nText.\r\n";
        let document = parse("x.md", text);
        assert_eq!(document.title, "Shipping: all of it");
        assert_eq!(document.url.as_deref(), Some("https://lamps.example/a%20%28b%29"));
        assert_eq!(document.language, Some(Language::German));
        assert_eq!(
            document.passages,
            [Passage {
                path: Vec::new(),
                text: "Text.".to_owned()
            }]
        );
    }

    #[test]
    fn a_rule_at_the_head_is_no_front_matter() {
        let document = parse("x.md", "---\n\nurl: https://lamps.example/\n\nText");
        assert_eq!(document.url, None);
        assert!(document.passages[0].text.ends_with("Text"));
    }

    #[test]
    fn an_address_that_no_browser_should_open_is_left_out() {
        for url in [
            "javascript:alert(1)",
            "data:text/html,x",
            "help/shipping",
            "file:///etc/passwd",
            "",
        ] {
            assert_eq!(
                parse("x.md", &format!("---\nurl: {url}\n---\nText")).url,
                None,
                "{url}"
            );
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
        assert_eq!(parse("x.md", "One\rTwo").passages[0].text, "One\nTwo");
    }

    #[test]
    fn a_language_is_told_from_a_text() {
        for (text, language) in [
            (
                "The lamp is in the box, and it is for you if you want it.",
                Some(Language::English),
            ),
            (
                "Die Lampe ist in der Kiste, und sie ist für Sie, wenn Sie sie haben möchten.",
                Some(Language::German),
            ),
            (
                "La lampe est dans la boîte et elle est pour vous si vous la voulez.",
                Some(Language::French),
            ),
            ("退货政策:您可以在六十天内退货。", None),
        ] {
            assert_eq!(parse("x.md", text).language, language, "{text}");
        }
    }
}
