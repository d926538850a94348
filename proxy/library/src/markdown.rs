//! Markdown that can be quoted by itself: no HTML, no images, links that work away from the document's page.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use url::Url;

/// Returns the extensions of `CommonMark` that documents may use.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// Removes HTML and images, makes relative and reference links absolute, and joins the wrapped lines of a paragraph, which
/// would be breaks in an answer; all else stays byte for byte.
pub(crate) fn clean(text: &str, base: Option<&Url>) -> String {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut open: Option<OpenElement> = None;
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        match (event, &mut open) {
            (Event::Html(_) | Event::InlineHtml(_), None) => edits.push((range, String::new())),
            (Event::Start(tag @ (Tag::Image { .. } | Tag::Link { .. })), None) => {
                open = Replacement::from_tag(&tag, base).map(|replacement| OpenElement {
                    range,
                    replacement,
                    label: String::new(),
                    depth: 0,
                });
            }
            (Event::Start(Tag::Image { .. } | Tag::Link { .. }), Some(open)) => open.depth += 1,
            (Event::Text(label) | Event::Code(label), Some(open)) => open.label.push_str(&label),
            (Event::SoftBreak, None) => {
                // The next line may begin with the marks of quotes and lists around the paragraph.
                let next = text[range.end..].trim_start_matches([' ', '\t', '>']);
                edits.push((range.start..text.len() - next.len(), " ".to_owned()));
            }
            (Event::SoftBreak | Event::HardBreak, Some(open)) => open.label.push(' '),
            (Event::End(TagEnd::Link | TagEnd::Image), Some(nested)) if nested.depth > 0 => nested.depth -= 1,
            (Event::End(TagEnd::Link | TagEnd::Image), Some(_)) => {
                edits.extend(open.take().map(OpenElement::close));
            }
            _ => {}
        }
    }
    apply(text, edits)
}

/// Escapes an address for the brackets of a Markdown link.
pub(crate) fn link_target(url: Url) -> String {
    String::from(url).replace('(', "%28").replace(')', "%29")
}

/// A link or an image that is rewritten when it ends.
struct OpenElement {
    range: Range<usize>,
    replacement: Replacement,
    label: String,
    depth: usize,
}

/// The replacement of a link or an image.
enum Replacement {
    /// A link to an absolute address.
    Link(String),
    /// The text of a link without an address that can be shown.
    Label,
    Nothing,
}

impl Replacement {
    /// Returns the target of an image or a link; `None` for a link that can stay as it is.
    fn from_tag(tag: &Tag<'_>, base: Option<&Url>) -> Option<Self> {
        let Tag::Link { link_type, dest_url, .. } = tag else {
            return Some(Self::Nothing);
        };
        let is_in_place = matches!(link_type, LinkType::Inline | LinkType::Autolink | LinkType::Email);
        match Url::parse(dest_url).ok() {
            Some(url) if !is_shown(&url) => Some(Self::Label),
            Some(_) if is_in_place => None,
            Some(url) => Some(Self::Link(link_target(url))),
            None if *link_type == LinkType::Email => None,
            None => Some(
                base.and_then(|base| base.join(dest_url).ok())
                    .map_or(Self::Label, |url| Self::Link(link_target(url))),
            ),
        }
    }
}

impl OpenElement {
    fn close(self) -> (Range<usize>, String) {
        let label = self.label.replace('[', "\\[").replace(']', "\\]");
        let text = match self.replacement {
            Replacement::Link(address) => format!("[{label}]({address})"),
            Replacement::Label => label,
            Replacement::Nothing => String::new(),
        };
        (self.range, text)
    }
}

/// Tells if a link with this address may be shown.
fn is_shown(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https" | "mailto" | "tel")
}

/// Applies edits, which are sorted by their start.
fn apply(text: &str, edits: Vec<(Range<usize>, String)>) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut position = 0;
    for (range, replacement) in edits {
        // Edits are sorted; a range inside the one before is part of it.
        let Some(kept) = text.get(position..range.start) else {
            continue;
        };
        cleaned.push_str(kept);
        cleaned.push_str(&replacement);
        position = range.end;
    }
    cleaned.push_str(text.get(position..).unwrap_or_default());
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        clean(text, Url::parse("https://lamps.example/help/a").ok().as_ref())
    }

    #[test]
    fn what_cannot_be_quoted_by_itself_is_completed_or_removed() {
        for (text, expected) in [
            ("a **b** `c` [d](https://e.example/)", "a **b** `c` [d](https://e.example/)"),
            ("[returns](returns#how)", "[returns](https://lamps.example/help/returns#how)"),
            ("[top][t]\n\n[t]: /x\n", "[top](https://lamps.example/x)\n\n[t]: /x\n"),
            ("[x](javascript:alert(1))", "x"),
            ("a ![photo](p.png) b", "a  b"),
            ("[![photo](p.png) text](/y)", "[photo text](https://lamps.example/y)"),
            ("a <b onclick=x>c</b>", "a c"),
            ("<div>\nraw\n</div>\n\ntext", "\ntext"),
            ("`<b>` and\n\n    <i>\n", "`<b>` and\n\n    <i>\n"),
            ("<https://e.example/>", "<https://e.example/>"),
            ("We take lamps\nback, *in\nMay*.\n\nNext", "We take lamps back, *in May*.\n\nNext"),
            ("- a\n  b\n- c\n\n> d\n> e\nf", "- a b\n- c\n\n> d e f"),
            ("a  \nb\\\nc\n\\* d", "a  \nb\\\nc \\* d"),
            ("```\na\nb\n```\n\n| a |\n|---|\n| b |", "```\na\nb\n```\n\n| a |\n|---|\n| b |"),
            ("[how\nto](https://e.example/)", "[how to](https://e.example/)"),
        ] {
            assert_eq!(cleaned(text), expected, "{text:?}");
        }
    }

    #[test]
    fn without_an_address_of_its_own_a_documents_relative_links_are_text() {
        assert_eq!(clean("see [returns](returns.md)", None), "see returns");
    }
}
