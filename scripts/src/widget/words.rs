//! The visitor's words, filled in by key: `words.key` in scripts, `{{words.key}}` in documents.
//!
//! They become literals: a script of another language is another file, and no lookup is left in it.

use std::collections::BTreeMap;

use crate::error::{TaskError, TaskResult};

#[path = "../../../widget/words/table.rs"]
mod table;

/// A table of words by key.
pub(super) struct Words(BTreeMap<String, String>);

impl Words {
    /// Parses a table.
    pub(super) fn new(text: &str) -> Self {
        let entries = table::entries(text);
        Self(entries.map(|(key, words)| (key.to_owned(), words.to_owned())).collect())
    }

    /// Fills a script: each `words.key` becomes a literal.
    pub(super) fn in_script(&self, script: &str) -> TaskResult<String> {
        self.fill(script, ("words.", ""), |words| format!("{words:?}"))
    }

    /// Fills a document: each `{{words.key}}` becomes text.
    pub(super) fn in_document(&self, document: &str) -> TaskResult<String> {
        self.fill(document, ("{{words.", "}}"), str::to_owned)
    }

    fn fill(
        &self,
        text: &str,
        (open, close): (&str, &str),
        write: impl Fn(&str) -> String,
    ) -> TaskResult<String> {
        let mut parts = text.split(open);
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|c: char| !c.is_ascii_lowercase() && c != '_');
            let (key, rest) = part.split_at(end.unwrap_or(part.len()));
            out.push_str(&write(self.get(key)?));
            out.push_str(rest.strip_prefix(close).unwrap_or(rest));
        }
        Ok(out)
    }

    fn get(&self, key: &str) -> TaskResult<&str> {
        self.0.get(key).map(String::as_str).ok_or_else(|| {
            TaskError::new(
                format!("there are no words for `{key}`"),
                "Add the key to widget/words/en.txt, or mend its name.",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn words_are_filled_in_by_key_and_an_unknown_key_is_refused() {
        let words = Words::new("# a comment = none\nretry = Try again\n");
        let script = words.in_script("make(words.retry, 1)").unwrap();
        assert_eq!(script, "make(\"Try again\", 1)");
        let document = words.in_document("<p>{{words.retry}}</p>{{title}}").unwrap();
        assert_eq!(document, "<p>Try again</p>{{title}}");
        assert!(words.in_script("words.again").is_err());
    }
}
