//! Passages of a document: a section under its heading, or a part of a long one.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::blocks;
use crate::markdown;

/// The longest heading that is shown and indexed.
const MAX_HEADING_CHARS: usize = 160;

/// A text that can be quoted by itself, or the whole section that it is cut from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passage {
    /// The headings above it, the outermost first; empty before the first heading.
    pub(crate) path: Vec<String>,
    /// Markdown.
    pub(crate) text: String,
}

/// Splits a Markdown text at its headings, each section up to the next one.
pub(crate) fn sections(text: &str) -> Vec<Passage> {
    let mut sections = Vec::new();
    let mut path: Vec<(HeadingLevel, String)> = Vec::new();
    let mut start = 0;
    for heading in headings(text) {
        push(&mut sections, &path, &text[start..heading.range.start]);
        start = heading.range.end;
        path.retain(|(level, _)| *level < heading.level);
        path.push((heading.level, heading.text));
    }
    push(&mut sections, &path, &text[start..]);
    sections
}

/// Cuts sections into passages; `title` is left out of the paths, since answers show it before them.
pub(crate) fn cut(sections: &[Passage], title: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    for section in sections {
        let path: Vec<String> = match section.path.split_first() {
            Some((first, rest)) if first == title => rest.to_vec(),
            _ => section.path.clone(),
        };
        let pieces = blocks::pieces(&section.text);
        passages.extend(pieces.into_iter().map(|text| Passage { path: path.clone(), text }));
    }
    passages
}

fn push(sections: &mut Vec<Passage>, path: &[(HeadingLevel, String)], text: &str) {
    if !text.trim().is_empty() || !path.is_empty() {
        let path = path.iter().map(|(_, heading)| heading.clone()).collect();
        sections.push(Passage { path, text: text.to_owned() });
    }
}

struct Heading {
    level: HeadingLevel,
    range: Range<usize>,
    text: String,
}

/// Finds the headings that are not inside a quote or a list item.
fn headings(text: &str) -> Vec<Heading> {
    let mut found = Vec::new();
    let mut open: Option<Heading> = None;
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(text, markdown::options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                open = Some(Heading::new(level, range));
            }
            Event::Start(Tag::BlockQuote(_) | Tag::List(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_)) => depth = depth.saturating_sub(1),
            Event::End(TagEnd::Heading(_)) => found.extend(open.take().and_then(Heading::ended)),
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut open {
                    heading.text.push_str(&part);
                }
            }
            _ => {}
        }
    }
    found
}

impl Heading {
    fn new(level: HeadingLevel, range: Range<usize>) -> Self {
        Self { level, range, text: String::new() }
    }

    /// Trims the text; an empty heading is none.
    fn ended(mut self) -> Option<Self> {
        self.text = self.text.trim().chars().take(MAX_HEADING_CHARS).collect();
        (!self.text.is_empty()).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_text(text: &str) -> Vec<(String, String)> {
        let passages = cut(&sections(text), "Title");
        passages.into_iter().map(|passage| (passage.path.join(" > "), passage.text)).collect()
    }

    fn pair(path: &str, text: &str) -> (String, String) {
        (path.to_owned(), text.to_owned())
    }

    #[test]
    fn a_passage_is_a_section_under_its_headings() {
        let text =
            "# Title\n\nIntro.\n\n## One\n\nText one.\n\n### Deep\n\n- a\n- b\n\nTwo\n---\n\nText two.\n";
        let expected = [
            pair("", "Intro."),
            pair("One", "Text one."),
            pair("One > Deep", "- a\n- b"),
            pair("Two", "Text two."),
        ];
        assert_eq!(cut_text(text), expected);
    }

    #[test]
    fn a_hash_in_code_or_in_a_quote_is_no_heading() {
        let text = "```sh\n# comment\n```\n\n> # quoted\n\n- # listed\n";
        assert_eq!(cut_text(text), [pair("", text.trim_end())]);
    }

    #[test]
    fn a_heading_is_plain_text() {
        assert_eq!(cut_text("## The `--all` *flag*\n\nText"), [pair("The --all flag", "Text")]);
    }

    #[test]
    fn a_text_without_headings_is_one_passage() {
        assert_eq!(cut_text("Just this.\n"), [pair("", "Just this.")]);
    }
}
