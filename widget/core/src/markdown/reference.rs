//! Addresses that stand elsewhere in a reply, under a name: `[label][name]`, with `[name]: address` on a line of its own.

use super::cut::{byte, find, find_last, part, rest, skip, trim};
use super::link;

/// Names of one reply; later ones are hidden and lead nowhere.
const MAX_DEFINITIONS: usize = 100;

/// The addresses that a link may mean without spelling them out.
#[derive(Default)]
pub(super) struct References {
    /// The folder of the page that shows the chat; empty where there is none.
    pub page: String,
    definitions: Vec<Definition>,
    /// `true` once the whole text was read: a name without a definition is text then.
    pub complete: bool,
}

/// A name and its address.
#[derive(Clone)]
pub(super) struct Definition {
    name: String,
    /// The address, if a link may lead there.
    pub href: Option<String>,
}

impl References {
    /// Knows the page alone.
    pub(super) fn of(page: &str) -> Self {
        let path = part(page, 0, find(page, 0, b"?#"));
        let folder = part(page, 0, find_last(path, b'/').map_or(0, |at| at + 1));
        Self { page: folder.into(), ..Self::default() }
    }

    /// Knows all definitions of a text as well; the first one of a name counts.
    pub(super) fn complete(&self, mut definitions: Vec<Definition>) -> Self {
        definitions.truncate(MAX_DEFINITIONS);
        Self { page: self.page.clone(), definitions, complete: true }
    }

    /// Returns the definition of a name.
    pub(super) fn find(&self, label: &str) -> Option<&Definition> {
        if self.definitions.is_empty() {
            return None;
        }
        let name = name(label);
        self.definitions.iter().find(|definition| definition.name == name)
    }
}

impl Definition {
    /// Reads a line that is a definition and nothing else: `[name]: address "title"`.
    pub(super) fn read(line: &str, page: &str) -> Option<Self> {
        let (label, content) = split(line)?;
        let bracketed = ["(", content, ")"].concat();
        let found = link::destination(&bracketed, 0, page)?;
        // `[Note]: soon` is text, whatever the rules say: nobody would find it again.
        let leads =
            found.href.is_some() || byte(content, 0) == b'#' || find(content, 0, b":/") < content.len();
        let is_whole = found.end == bracketed.len() && !found.has_spaces && byte(label, 0) != b'^';
        (leads && is_whole).then(|| Self { name: name(label), href: found.href })
    }

    /// Makes known that a footnote is there.
    pub(super) fn note(label: &str) -> Self {
        Self { name: name(label), href: None }
    }
}

/// Splits `[^1]: text` into `^1` and the text.
pub(super) fn note(line: &str) -> Option<(&str, &str)> {
    split(line)
        .filter(|(label, _)| byte(label, 0) == b'^' && label.len() > 1 && find(label, 0, b" ") == label.len())
}

/// Splits `[label]: content`.
fn split(line: &str) -> Option<(&str, &str)> {
    let close = find(line, 1, b"[]");
    let label = part(line, 1, close);
    let content = trim(rest(line, close + 2));
    let is_split = byte(line, 0) == b'[' && byte(line, close) == b']' && byte(line, close + 1) == b':';
    (is_split && !trim(label).is_empty() && !content.is_empty()).then_some((label, content))
}

/// Returns `true` where a line that has no end yet could become a definition.
pub(super) fn may_become(line: &str) -> bool {
    const MAX_LABEL: usize = 48;
    let line = trim(line);
    let close = find(line, 1, b"[]");
    let content = rest(line, skip(line, close + 2, b" \t"));
    let is_begun = match (byte(line, close), byte(line, close + 1)) {
        (0, _) | (b']', 0) => true,
        (b']', b':') => {
            matches!(byte(content, skip(content, find(content, 0, b" "), b" ")), 0 | b'"' | b'\'' | b'(')
        }
        _ => false,
    };
    byte(line, 0) == b'[' && close < MAX_LABEL && is_begun
}

/// Returns `true` for a text that must be read again once all its definitions are known.
pub(super) fn refers(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| matches!(pair, b"][" | b"[^" | b"]:"))
}

/// Returns a label as labels are compared: in lower case, white space as one space.
fn name(label: &str) -> String {
    let mut name = String::new();
    let label = trim(label);
    for b in label.chars() {
        if !b.is_ascii_whitespace() {
            name.push(b.to_ascii_lowercase());
        } else if !name.ends_with(' ') {
            name.push(' ');
        }
    }
    name
}
