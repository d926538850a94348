//! Formulas: their source is shown as it is, so that no sign in it is lost or read as Markdown.

use super::cut::{byte, char_before, find, part, trim};
use super::inline::{Ending, InlineParser};

impl InlineParser<'_> {
    /// Reads `\(…\)`, `\[…\]`, `$$…$$` or `$…$`.
    pub(super) fn formula(&mut self) -> bool {
        let from = self.at + 2;
        let end = match part(self.text, self.at, from) {
            "\\(" => self.find_once(Ending::Inline, from),
            "\\[" => self.find_once(Ending::Display, from),
            "$$" => self.find_once(Ending::Dollars, from),
            _ => return self.dollar(),
        };
        end.is_some_and(|end| self.push_formula(from, end, end + 2))
    }

    /// Reads `$…$` on one line, which prices are not: a word or a number follows their second sign, or white space
    /// stands before it.
    fn dollar(&mut self) -> bool {
        let from = self.at + 1;
        let end = find(self.text, from, b"$\n");
        let content = part(self.text, from, end);
        let is_closed = byte(self.text, end) == b'$' && !byte(self.text, end + 1).is_ascii_alphanumeric();
        let stands_alone = !char_before(self.text, self.at).is_ascii_alphanumeric();
        byte(self.text, self.at) == b'$'
            && is_closed
            && stands_alone
            && trim(content) == content
            && self.push_formula(from, end, end + 1)
    }

    /// Adds a formula, if it is one without doubt.
    fn push_formula(&mut self, from: usize, end: usize, behind: usize) -> bool {
        let content = trim(part(self.text, from, end));
        // `\[x\]` is more often a box that was escaped.
        let is_letter = content.len() == 1
            && byte(content, 0).is_ascii_alphabetic()
            && byte(self.text, self.at + 1) != b'[';
        let has_sign = find(content, 0, b"\\^_={*+") < content.len();
        if !is_letter && !has_sign {
            return false;
        }
        self.flush(self.at);
        self.push_code(content);
        self.skip_to(behind)
    }
}
