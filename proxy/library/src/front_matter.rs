//! The front matter of a document: `key: value` lines between two lines of `---`.

/// The most lines of a front matter; without an end within them a `---` is a horizontal rule.
const MAX_LINES: usize = 64;

/// The keys of a front matter that count; all else that YAML can express is ignored.
#[derive(Debug, Default)]
pub(crate) struct FrontMatter<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) lang: Option<&'a str>,
    pub(crate) keywords: Option<&'a str>,
}

impl<'a> FrontMatter<'a> {
    /// Splits a text into its front matter, empty where there is none, and its body.
    pub(crate) fn split(text: &'a str) -> (Self, &'a str) {
        Self::parse(text).unwrap_or_else(|| (Self::default(), text))
    }

    fn parse(text: &'a str) -> Option<(Self, &'a str)> {
        let rest = text.strip_prefix("---")?;
        let rest = rest.trim_start_matches([' ', '\t']).strip_prefix('\n')?;
        let mut front = Self::default();
        let mut offset = 0;
        for line in rest.split_inclusive('\n').take(MAX_LINES) {
            offset += line.len();
            match line.trim_end() {
                "---" | "..." => return Some((front, &rest[offset..])),
                line => front.read_line(line),
            }
        }
        None
    }

    fn read_line(&mut self, line: &'a str) {
        let Some((key, value)) = line.split_once(':') else {
            return;
        };
        let value = Some(unquoted(value.trim())).filter(|value| !value.is_empty());
        match key.trim().to_ascii_lowercase().as_str() {
            "title" => self.title = value,
            "url" => self.url = value,
            "lang" | "language" => self.lang = value,
            "keywords" => self.keywords = value,
            _ => {}
        }
    }
}

fn unquoted(value: &str) -> &str {
    let inside = |quote| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(value).trim()
}
