//! The HTML that models write: a fixed list of harmless tags, which become nodes of ours or nothing.
//!
//! A tag never becomes markup, and whatever is not on the list stays text.

use super::address::address;
use super::cut::{byte, equals_ignoring_case, find, find_word, part, rest, skip};
use super::inline::{Ending, InlineParser, Node, depth, merge_texts};
use super::link::{self, Target};
use super::{Inline, Style, TextEnd, work};

/// The effect of a tag on the text around it.
#[derive(Clone, Copy)]
enum TagEffect {
    Nothing,
    Styled(Style),
    Heading,
    Break,
    /// At least so many line breaks.
    Lines(usize),
    Item,
    Cell,
    Anchor,
    Image,
}

/// The listed names, and their effects.
const TAGS: [(&str, TagEffect); 17] = [
    ("b strong", TagEffect::Styled(Style::Strong)),
    ("i em cite dfn var", TagEffect::Styled(Style::Emphasis)),
    ("s strike del", TagEffect::Styled(Style::Strike)),
    ("u ins", TagEffect::Styled(Style::Underline)),
    ("code kbd samp tt", TagEffect::Styled(Style::Code)),
    ("sub", TagEffect::Styled(Style::Subscript)),
    ("sup", TagEffect::Styled(Style::Superscript)),
    ("mark", TagEffect::Styled(Style::Mark)),
    ("h1 h2 h3 h4 h5 h6", TagEffect::Heading),
    ("br", TagEffect::Break),
    ("li", TagEffect::Item),
    ("td th", TagEffect::Cell),
    ("a", TagEffect::Anchor),
    ("img", TagEffect::Image),
    ("tr div dt dd summary thead tbody tfoot caption address", TagEffect::Lines(1)),
    ("p ul ol dl table blockquote pre center details section article header footer hr", TagEffect::Lines(2)),
    ("span font small big abbr wbr", TagEffect::Nothing),
];

const WHITE: &[u8] = b" \t\n";

/// A tag of the list.
struct Tag<'a> {
    name: &'a str,
    effect: TagEffect,
    closes: bool,
    address: &'a str,
    words: &'a str,
    /// The byte behind the tag.
    end: usize,
}

/// A text that begins with `<`.
enum Reading<'a> {
    Tag(Tag<'a>),
    /// It ends before it is known to be a tag.
    Half,
    Text,
}

fn read(text: &str, at: usize) -> Reading<'_> {
    let closes = byte(text, at + 1) == b'/';
    let from = at + 1 + usize::from(closes);
    let to = find(text, from, b" \t\n/<>");
    let name = part(text, from, to);
    work::add(name.len());
    if to == text.len() && effect(name, begins).is_some() {
        return Reading::Half;
    }
    let Some(effect) = effect(name, equals_ignoring_case) else {
        return Reading::Text;
    };
    let mut tag = Tag { name, effect, closes, address: "", words: "", end: to };
    match tag.read_attributes(text) {
        Some(b'>') => Reading::Tag(tag),
        Some(_) => Reading::Half,
        None => Reading::Text,
    }
}

fn begins(word: &str, name: &str) -> bool {
    equals_ignoring_case(part(word, 0, name.len()), name)
}

/// Finds the effect of the tag whose name fits.
fn effect(name: &str, fits: fn(&str, &str) -> bool) -> Option<TagEffect> {
    const LONGEST: usize = 10;
    if name.len() > LONGEST {
        return None;
    }
    TAGS.iter().find(|(names, _)| find_word(names, name, fits).is_some()).map(|(_, effect)| *effect)
}

impl<'a> Tag<'a> {
    /// Reads up to the end of the tag, and returns the byte there: 0 where the text ends first. A word without a
    /// value means that this is no tag: `a <b and c> d`.
    fn read_attributes(&mut self, text: &'a str) -> Option<u8> {
        loop {
            let from = skip(text, self.end, b" \t\n/");
            let to = find(text, from, b" \t\n/=<>\"'");
            let name = part(text, from, to);
            let equals = skip(text, to, WHITE);
            let mut value = skip(text, equals + 1, WHITE);
            let quote = byte(text, value);
            let has_value = byte(text, equals) == b'=' && !name.is_empty();
            let end = byte(text, from);
            self.end = from + 1;
            if matches!(end, b'>' | 0) {
                return Some(end);
            }
            if !has_value {
                self.end = to;
                if equals_ignoring_case(name, "open") || to == text.len() {
                    continue;
                }
                return None;
            }
            let stop = if matches!(quote, b'"' | b'\'') {
                value += 1;
                find(text, value, &[quote])
            } else {
                find(text, value, b" \t\n<>")
            };
            work::add(stop - from);
            self.end = stop + usize::from(byte(text, stop) == quote);
            let content = part(text, value, stop);
            if equals_ignoring_case(name, "href") || equals_ignoring_case(name, "src") {
                self.address = content;
            } else if equals_ignoring_case(name, "alt") {
                self.words = content;
            }
        }
    }
}

impl InlineParser<'_> {
    /// Reads a tag or a comment. A half one at the end of a growing text is not shown yet.
    pub(super) fn html(&mut self) -> bool {
        if part(self.text, self.at, self.at + 4) == "<!--" {
            return self.comment();
        }
        match read(self.text, self.at) {
            Reading::Tag(tag) => {
                self.flush(self.at);
                self.elements += 1;
                self.skip_to(tag.end);
                self.apply(&tag);
                true
            }
            Reading::Half => self.hold_back(),
            Reading::Text if begins("<!-", rest(self.text, self.at)) => self.hold_back(),
            Reading::Text => false,
        }
    }

    /// Hides the rest of a growing text.
    fn hold_back(&mut self) -> bool {
        if self.ending == TextEnd::Final {
            return false;
        }
        self.flush(self.at);
        self.skip_to(self.text.len())
    }

    fn comment(&mut self) -> bool {
        match self.find_once(Ending::Comment, self.at + 2) {
            None => self.hold_back(),
            Some(end) => {
                self.flush(self.at);
                self.skip_to(end + 3)
            }
        }
    }

    fn apply(&mut self, tag: &Tag<'_>) {
        match tag.effect {
            TagEffect::Nothing => {}
            TagEffect::Styled(style) => self.style(style, tag.closes),
            TagEffect::Heading => {
                if tag.closes {
                    self.style(Style::Strong, true);
                }
                self.lines(2);
                if !tag.closes {
                    self.style(Style::Strong, false);
                }
            }
            TagEffect::Break => {
                self.push(Inline::Break, 0);
                self.skip_to(skip(self.text, self.at, WHITE));
            }
            TagEffect::Lines(wanted) => self.list_or_block(tag, wanted),
            TagEffect::Item => self.item(tag.closes),
            TagEffect::Cell => {
                if !tag.closes && self.breaks(1) == 0 {
                    self.push_text(" | ");
                }
            }
            TagEffect::Anchor => self.anchor(tag),
            TagEffect::Image => self.image(tag),
        }
    }

    /// Puts a block onto lines of its own; a list within an item without a gap.
    fn list_or_block(&mut self, tag: &Tag<'_>, wanted: usize) {
        let counts = equals_ignoring_case(tag.name, "ol");
        let is_list = counts || equals_ignoring_case(tag.name, "ul");
        if is_list && !tag.closes {
            self.items.push(u32::from(counts));
        }
        self.lines(if self.items.len() > 1 { 1 } else { wanted });
        if is_list && tag.closes {
            self.items.pop();
        }
    }

    fn item(&mut self, closes: bool) {
        self.lines(1);
        if closes {
            return;
        }
        for _ in 1..self.items.len() {
            self.push_text("\u{2003}");
        }
        match self.items.last_mut() {
            Some(number) if *number > 0 => {
                // Of the value itself: through a reference all of the formatting code came along.
                let shown = (*number).to_string();
                *number += 1;
                self.push_text(&shown);
                self.push_text(". ");
            }
            _ => self.push_text("• "),
        }
    }

    /// Begins a new line, unless a text begins here, and leaves out the white space behind.
    fn lines(&mut self, wanted: usize) {
        for _ in self.breaks(wanted)..wanted {
            self.push(Inline::Break, 0);
        }
        self.skip_to(skip(self.text, self.at, WHITE));
    }

    /// Counts the line breaks just before, up to so many; the beginning of the text counts as all of them.
    fn breaks(&self, most: usize) -> usize {
        let mut count = 0;
        for node in self.nodes.iter().rev() {
            match &node.inline {
                _ if count == most => break,
                Inline::Break => count += 1,
                Inline::Text(words) if words.is_empty() => {}
                _ => return count,
            }
        }
        most
    }

    /// Makes a link of the words up to the closing tag, by the rules for all links.
    fn anchor(&mut self, tag: &Tag<'_>) {
        let Some(href) = self.permitted(tag, &self.references.page) else {
            return;
        };
        let Some(end) = self.find_once(Ending::Anchor, self.at) else {
            return;
        };
        let label = self.label(part(self.text, self.at, end));
        self.push_link(href, label);
        self.skip_to(end);
    }

    /// Shows the words for an image, as a link to it where it has an address of its own.
    fn image(&mut self, tag: &Tag<'_>) {
        let words = link::unescape(tag.words);
        match self.permitted(tag, "") {
            Some(href) => self.push_link(href, vec![Node::text(&words)]),
            None => self.push_text(&words),
        }
    }

    fn permitted(&self, tag: &Tag<'_>, page: &str) -> Option<String> {
        let raw = Some(tag.address).filter(|_| self.target == Target::Link);
        raw.and_then(|raw| address(&link::unescape(raw), page))
    }

    /// Adds a link.
    pub(super) fn push_link(&mut self, href: String, label: Vec<Node>) {
        let depth = depth(&label);
        self.push(link::link(href, merge_texts(label)), depth);
    }
}
