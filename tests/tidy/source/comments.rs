//! The comments of a file, and their sentences.

/// The comment of one place: neighbouring lines are one comment.
#[derive(Debug, PartialEq)]
pub(crate) struct Comment {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// Reads the comments of a source file, or the prose of a document, by its extension.
pub(crate) fn read(path: &str, text: &str) -> Vec<Comment> {
    let syntax = match path.rsplit('.').next() {
        Some("md") => return paragraphs(text),
        Some("toml" | "example") => Syntax::Hash,
        Some("rs") => Syntax::Rust,
        Some("js") => Syntax::JavaScript,
        Some("css") => Syntax::Css,
        _ => Syntax::Html,
    };
    let mut scanner = Scanner { syntax, text, at: 0, line: 1, found: Vec::new() };
    scanner.run();
    join(scanner.found)
}

/// Reads the paragraphs of a Markdown document, without headings, tables and code in fences.
fn paragraphs(text: &str) -> Vec<Comment> {
    let mut found: Vec<Comment> = Vec::new();
    let (mut is_code, mut is_inside) = (false, false);
    for (at, line) in text.lines().enumerate() {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        if is_code || is_fence || line.starts_with(['#', '|']) || line.trim().is_empty() {
            is_inside = false;
            continue;
        }
        match found.last_mut() {
            Some(paragraph) if is_inside => {
                paragraph.text.push('\n');
                paragraph.text.push_str(line);
            }
            _ => found.push(Comment { line: at + 1, text: line.to_owned() }),
        }
        is_inside = true;
    }
    found
}

/// Splits a comment into its sentences, without the signs of Markdown and without code in fences.
pub(crate) fn sentences(comment: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut is_code = false;
    for line in comment.lines().map(str::trim) {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        let begins_anew = line.is_empty() || line.starts_with(['*', '-', '#', '|', '`', '1', '2', '3']);
        if begins_anew && !found.last().is_some_and(String::is_empty) {
            found.push(String::new());
        }
        for word in line.split_whitespace().filter(|_| !is_code) {
            let sentence = found.last_mut().expect("there is always one");
            sentence.push_str(word);
            sentence.push(' ');
            let end = word.trim_end_matches([')', '"', '”', '`', '*', '_']);
            if end.ends_with(['.', '?', '!']) {
                found.push(String::new());
            }
        }
    }
    let is_sign = |c: char| !c.is_alphanumeric();
    let without_signs = |sentence: &String| sentence.trim_start_matches(is_sign).trim_end().to_owned();
    found.iter().map(without_signs).filter(|sentence| !sentence.is_empty()).collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Syntax {
    Rust,
    JavaScript,
    Css,
    /// TOML and `.env` files.
    Hash,
    Html,
}

/// A comment as it was found: `marker` is its sign, nothing where code stands before it on its line.
struct Fragment {
    line: usize,
    marker: Option<&'static str>,
    text: String,
}

struct Scanner<'a> {
    syntax: Syntax,
    text: &'a str,
    at: usize,
    line: usize,
    found: Vec<Fragment>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let has_lines = matches!(self.syntax, Syntax::Rust | Syntax::JavaScript);
        while let Some(next) = self.rest().chars().next() {
            let rest = self.rest();
            match next {
                '/' if has_lines && rest.starts_with("//") => self.line_comment(),
                '#' if self.syntax == Syntax::Hash => self.line_comment(),
                '/' if !matches!(self.syntax, Syntax::Hash | Syntax::Html) && rest.starts_with("/*") => {
                    self.block_comment("/*", "*/");
                }
                '<' if self.syntax == Syntax::Html && rest.starts_with("<!--") => {
                    self.block_comment("<!--", "-->");
                }
                '/' if self.syntax == Syntax::JavaScript && self.is_after_operator() => self.quoted('/'),
                '`' if self.syntax == Syntax::JavaScript => self.quoted('`'),
                '"' if self.syntax == Syntax::Rust && self.raw_hashes().is_some() => self.raw_string(),
                '"' if self.syntax != Syntax::Html => self.quoted('"'),
                '\'' if self.syntax == Syntax::Rust => self.character_or_lifetime(),
                '\'' if self.syntax != Syntax::Html => self.quoted('\''),
                other => self.skip(other.len_utf8()),
            }
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.text.len());
        self.line += self.text[self.at..end].matches('\n').count();
        self.at = end;
    }

    fn line_comment(&mut self) {
        let before = self.text[..self.at].rsplit('\n').next().unwrap_or_default();
        let is_alone = before.trim().is_empty();
        let line = self.rest().lines().next().unwrap_or_default();
        let marker =
            ["///", "//!", "//", "#"].into_iter().find(|marker| line.starts_with(marker)).unwrap_or("//");
        let (text, length) = (line[marker.len()..].trim().to_owned(), line.len());
        self.found.push(Fragment { line: self.line, marker: is_alone.then_some(marker), text });
        self.skip(length);
    }

    fn block_comment(&mut self, opening: &str, closing: &str) {
        let length = self.rest().find(closing).map_or(self.rest().len(), |end| end + closing.len());
        let inner = self.rest()[..length].trim_end_matches(closing).trim_start_matches(opening);
        let lines: Vec<&str> = inner.lines().map(|line| line.trim().trim_start_matches(['*', '!'])).collect();
        let text = lines.join("\n").trim().to_owned();
        self.found.push(Fragment { line: self.line, marker: None, text });
        self.skip(length);
    }

    /// Skips a string, a template or a regular expression; the quote stands at the place reached.
    fn quoted(&mut self, quote: char) {
        let mut is_escaped = false;
        let inner = &self.rest()[1..];
        let end = inner.find(|c: char| {
            let ends = !is_escaped && (c == quote || (quote == '/' && c == '\n'));
            is_escaped = !is_escaped && c == '\\';
            ends
        });
        let length = end.map_or(inner.len(), |end| end + 1) + 1;
        self.skip(length);
    }

    /// The signs between `r` and the quote of a raw string, where one begins here.
    fn raw_hashes(&self) -> Option<usize> {
        let before = self.text[..self.at].trim_end_matches('#');
        before.ends_with('r').then(|| self.at - before.len())
    }

    fn raw_string(&mut self) {
        let closing = format!("\"{}", "#".repeat(self.raw_hashes().unwrap_or_default()));
        let inner = &self.rest()[1..];
        let length = inner.find(&closing).map_or(inner.len(), |end| end + closing.len()) + 1;
        self.skip(length);
    }

    fn character_or_lifetime(&mut self) {
        let mut inner = self.rest()[1..].chars();
        match (inner.next(), inner.next()) {
            (Some('\\'), _) => self.quoted('\''),
            (Some(character), Some('\'')) => self.skip(character.len_utf8() + 2),
            _ => self.skip(1),
        }
    }

    /// Tells a regular expression from a division.
    fn is_after_operator(&self) -> bool {
        let before = self.text[..self.at].trim_end();
        before.is_empty()
            || before.ends_with(['(', ',', '=', ':', '[', '!', '&', '|', '?', '{', '}', ';', '>'])
    }
}

fn join(pieces: Vec<Fragment>) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Vec::new();
    let mut before: Option<(usize, &str)> = None;
    for Fragment { line, marker, text } in pieces {
        match comments.last_mut() {
            Some(comment) if marker.is_some_and(|marker| before == Some((line - 1, marker))) => {
                comment.text.push('\n');
                comment.text.push_str(&text);
            }
            _ => comments.push(Comment { line, text }),
        }
        before = marker.map(|marker| (line, marker));
    }
    comments
}
