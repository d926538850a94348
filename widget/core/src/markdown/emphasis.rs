//! Emphasis: a run of marks that can open waits on a short stack; a run that can close wraps the nodes
//! since its partner.

use super::cut::{char_at, char_before, find_last, part, rest, run};
use super::inline::{InlineParser, Node, depth, merge_texts};
use super::{Inline, Style, TextEnd, work};

/// Marks within marks; deeper ones are text.
const MAX_DEPTH: u8 = 8;
/// Marks that wait for their partner; older ones are text.
const MAX_OPEN_MARKS: usize = 32;

/// The kind of a mark.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Sign(u8),
    Tag(Style),
}

/// A run of marks that waits for its partner.
#[derive(Clone, Copy)]
pub(super) struct OpenMark {
    mark: Mark,
    /// Its node.
    node: usize,
    /// Its place in the text.
    at: usize,
    /// Marks left, and marks at first.
    count: usize,
    full: usize,
    /// `true` if it could close as well.
    both: bool,
    /// `true` if it opens without doubt, so that it may count before its partner has come.
    eager: bool,
}

fn wrap(mark: Mark, used: usize, inner: Vec<Inline>) -> Inline {
    let style = match (mark, used) {
        (Mark::Tag(style), _) => style,
        (Mark::Sign(b'~'), _) => Style::Strike,
        (_, 1) => Style::Emphasis,
        _ => Style::Strong,
    };
    Inline::Styled(style, inner)
}

const fn is_white(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{3000}')
}

const fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || matches!(c, '\u{2010}'..='\u{205e}')
}

impl InlineParser<'_> {
    pub(super) fn mark_run(&mut self, mark: u8) {
        let at = self.at;
        let full = run(rest(self.text, at), mark);
        let end = at + full;
        self.flush(at);
        self.skip_to(end);
        work::add(full);
        let before = char_before(self.text, at);
        let after = char_at(self.text, end);
        let (left, right) = flanks(before, after);
        let (opens, closes) = match mark {
            b'_' => (left && (!right || is_punctuation(before)), right && (!left || is_punctuation(after))),
            b'~' => (left && full == 2, full == 2 && !is_white(before)),
            // A sign between numbers is a product.
            _ if full == 1 && is_product(before, after) => (false, false),
            // `**Price:**100`: the rules say that these do not close, and every writer means that they do.
            _ => (left, right || full > 1 && !is_white(before)),
        };
        let run = OpenMark {
            mark: Mark::Sign(mark),
            node: 0,
            at,
            count: full,
            full,
            both: opens && closes,
            eager: mark != b'*' || full > 1 || !before.is_ascii_alphanumeric(),
        };
        let left = if closes { self.close(&run) } else { full };
        // At the very end more marks, or a word, may come: none is shown until then.
        if left == 0 || self.is_growing_end(end) {
            return;
        }
        let text = part(self.text, end - left, end);
        if opens {
            self.push_open_mark(OpenMark { count: left, node: self.nodes.len(), ..run }, text);
        } else {
            self.push_text(text);
        }
    }

    /// Opens or closes the style of a tag; without its partner it has none.
    pub(super) fn style(&mut self, style: Style, closes: bool) {
        let (node, mark) = (self.nodes.len(), Mark::Tag(style));
        let tag = OpenMark { mark, node, at: self.at, count: 1, full: 1, both: false, eager: true };
        if closes {
            self.close(&tag);
        } else {
            self.push_open_mark(tag, "");
        }
    }

    fn push_open_mark(&mut self, run: OpenMark, text: &str) {
        if self.open_marks.len() == MAX_OPEN_MARKS {
            self.open_marks.remove(0);
        }
        self.open_marks.push(run);
        self.nodes.push(Node { inline: Inline::Text(text.into()), depth: 0, mark: true });
    }

    /// Closes the open marks that wait for these; returns the number of marks left.
    fn close(&mut self, closer: &OpenMark) -> usize {
        let mut left = closer.count;
        while left > 0 {
            let fits = |open: &OpenMark| {
                // The rule of three: runs that open and close must not add up to one of its multiples.
                let odd = !(open.full + closer.full).is_multiple_of(3) || open.full.is_multiple_of(3);
                open.mark == closer.mark && (odd || !open.both && !closer.both)
            };
            let Some(index) = self.open_marks.iter().rposition(fits) else {
                break;
            };
            self.open_marks.truncate(index + 1);
            let Some(open) = self.open_marks.last_mut() else {
                break;
            };
            // Half of a closing run at the end of a growing text: the rest is on its way.
            if open.count > left
                && self.ending == TextEnd::Growing
                && closer.at + closer.full == self.text.len()
            {
                break;
            }
            let used = if left > 1 && open.count > 1 { 2 } else { 1 };
            if self.wrap_since(used) {
                left -= used;
            }
        }
        left
    }

    /// Uses up marks of the run that was opened last, and wraps the nodes behind it. Where that would be
    /// too deep the run is dropped, and `false` is returned.
    fn wrap_since(&mut self, used: usize) -> bool {
        let Some(open) = self.open_marks.last_mut() else {
            return false;
        };
        let (node, mark) = (open.node, open.mark);
        let depth = depth(self.nodes.get(node + 1..).unwrap_or_default());
        if depth > MAX_DEPTH {
            self.open_marks.pop();
            return false;
        }
        open.count -= used;
        let rest = open.count;
        let inner = merge_texts(self.nodes.split_off(node + 1));
        if rest == 0 {
            self.open_marks.pop();
            self.nodes.pop();
        } else if let Some(Node { inline: Inline::Text(text), .. }) = self.nodes.last_mut() {
            text.truncate(rest);
        }
        self.push(wrap(mark, used, inner), depth);
        true
    }

    /// Closes the open marks of the last line, at the end of a growing text.
    pub(super) fn close_eagerly(&mut self) {
        let line = find_last(self.text, b'\n').unwrap_or(0);
        while let Some(open) = self.open_marks.last().copied() {
            let last = open.node + 1 == self.nodes.len();
            if self.ending == TextEnd::Final || open.at < line || !open.eager || last {
                self.open_marks.pop();
            } else {
                self.wrap_since(open.count.min(2));
            }
        }
    }
}

/// Tells if a run of marks between two characters can open, and if it can close. Some scripts write no
/// space beside a mark, so a letter outside ASCII counts as a border too.
const fn flanks(before: char, after: char) -> (bool, bool) {
    let border_before = is_white(before) || is_punctuation(before) || !before.is_ascii();
    let border_after = is_white(after) || is_punctuation(after) || !after.is_ascii();
    let left = !is_white(after) && (!is_punctuation(after) || border_before);
    let right = !is_white(before) && (!is_punctuation(before) || border_after);
    (left, right)
}

const fn is_product(before: char, after: char) -> bool {
    before.is_ascii_alphanumeric()
        && after.is_ascii_alphanumeric()
        && (before.is_ascii_digit() || after.is_ascii_digit())
}
