//! Running text: links, by label or as they stand, and the marks of footnotes.

use super::cut::{byte, find, part, rest, run, skip};
use super::inline::{InlineParser, Node};
use super::link::{self, Destination, Target};
use super::{Inline, Style, address, work};

impl InlineParser<'_> {
    pub(super) fn link(&mut self, bracket: usize) -> bool {
        let Some((label, found)) = self.find_link(bracket) else {
            return self.note(bracket);
        };
        self.flush(self.at);
        let image = bracket > self.at;
        let label = part(self.text, bracket + 1, label);
        let Some(href) = found.href.filter(|_| self.target == Target::Link) else {
            // A link that leads to a forbidden address is shown as its words.
            let mut inner = self.label(label);
            self.nodes.append(&mut inner);
            return self.skip_to(found.end);
        };
        let words = if image { vec![Node::text(label)] } else { self.label(label) };
        self.push_link(href, words);
        self.skip_to(found.end)
    }

    /// Finds the end of the label and the address behind it.
    fn find_link(&mut self, bracket: usize) -> Option<(usize, Destination)> {
        if self.target == Target::Nothing && bracket == self.at {
            return None;
        }
        let label = self.label_end(bracket + 1)?;
        let found = link::destination(self.text, label + 1, &self.references.page);
        Some((label, found.or_else(|| self.named(bracket, label))?))
    }

    /// Finds the definition that a label means, in `[label][name]`, `[label][]` and `[label]`. As long as more
    /// definitions may come, the label stands there alone.
    fn named(&self, bracket: usize, close: usize) -> Option<Destination> {
        let mut name = part(self.text, bracket + 1, close);
        let mut end = close + 1;
        let has_name = byte(self.text, end) == b'[';
        if has_name {
            let to = find(self.text, end + 1, b"[]");
            if to > end + 1 {
                name = part(self.text, end + 1, to);
            }
            end = to + 1;
        }
        let found = self.references.find(name).map(|definition| definition.href.clone());
        let is_expected = !self.references.complete && has_name && address::may_begin(self.text, bracket);
        let href = found.or(is_expected.then_some(None))?;
        let is_whole = byte(self.text, end - 1) == b']' && byte(name, 0) != b'^';
        is_whole.then_some(Destination { href, end, has_spaces: false })
    }

    /// Raises the number of a footnote, or its name where the note is there.
    fn note(&mut self, bracket: usize) -> bool {
        let close = find(self.text, bracket + 1, b"[] \n");
        let label = part(self.text, bracket + 1, close);
        let number = rest(label, 1);
        let is_number = skip(number, 0, b"0123456789") == number.len();
        let is_label = byte(label, 0) == b'^' && !number.is_empty() && byte(self.text, close) == b']';
        if !is_label || bracket > self.at || !is_number && self.references.find(label).is_none() {
            return false;
        }
        self.flush(self.at);
        self.push(Inline::Styled(Style::Superscript, vec![Inline::Text(number.into())]), 1);
        self.skip_to(close + 1)
    }

    fn label_end(&mut self, from: usize) -> Option<usize> {
        const MAX_NESTED: usize = 4;
        if self.unlinked {
            return None;
        }
        let mut nested = 0;
        let mut any = false;
        let mut at = from;
        while at < self.text.len() {
            work::add(1);
            match byte(self.text, at) {
                b'\\' => at += 1,
                b'`' => {
                    let ticks = run(rest(self.text, at), b'`');
                    at = self.closing_ticks(at + ticks, ticks).unwrap_or(at) + ticks - 1;
                }
                b'[' if nested == MAX_NESTED => return None,
                b'[' => nested += 1,
                b']' if nested == 0 => return Some(at),
                b']' => {
                    any = true;
                    nested -= 1;
                }
                _ => {}
            }
            at += 1;
        }
        self.unlinked = !any;
        None
    }

    pub(super) fn autolink(&mut self) -> bool {
        if self.target == Target::Nothing {
            return false;
        }
        let inner = rest(self.text, self.at + 1);
        let len = find(inner, 0, b"<> \n");
        work::add(len);
        let closed = byte(inner, len) == b'>';
        let inner = part(inner, 0, len);
        let end = self.at + len + 2;
        let Some(href) = address::address(inner, "").filter(|_| closed) else {
            return false;
        };
        self.flush(self.at);
        self.push(link::link(href, vec![Inline::Text(inner.into())]), 1);
        self.skip_to(end)
    }

    pub(super) fn address(&mut self) -> bool {
        if !address::may_begin(self.text, self.at) {
            return false;
        }
        let here = rest(self.text, self.at);
        let len = address::web_len(here).max(address::mail_len(here));
        work::add(len);
        if len == 0 {
            return false;
        }
        let end = self.at + len;
        let text = link::unescape(part(self.text, self.at, end));
        let href = address::address(&text, "");
        // At the very end more of it may come: it stays plain text until then.
        if let Some(href) = href.filter(|_| self.target == Target::Link && !self.is_growing_end(end)) {
            self.flush(self.at);
            self.push(link::link(href, vec![Inline::Text(text)]), 1);
            return self.skip_to(end);
        }
        self.at = end;
        true
    }
}
