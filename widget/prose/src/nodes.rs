//! Nodes as JSON: `["tag", {"attribute": "value"}, "words"]`, or a list of nodes in place of the words.

/// Attributes by name; one without a value is left out.
pub(crate) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Nodes, one behind the other.
#[derive(Default)]
pub(crate) struct Nodes(String);

impl Nodes {
    /// Opens an element; the nodes that follow, up to [`Nodes::close`], stand in it.
    pub(crate) fn open(&mut self, tag: &str, attributes: Attributes<'_>) {
        self.begin(tag, attributes);
        self.0.push('[');
    }

    /// Closes the element that was opened last.
    pub(crate) fn close(&mut self) {
        self.0.push_str("]]");
    }

    /// Adds an element that holds words and nothing else.
    pub(crate) fn words(&mut self, tag: &str, attributes: Attributes<'_>, words: &str) {
        self.begin(tag, attributes);
        self.string(words);
        self.0.push(']');
    }

    /// Adds an element that holds nothing.
    pub(crate) fn empty(&mut self, tag: &str, attributes: Attributes<'_>) {
        self.words(tag, attributes, "");
    }

    /// Returns the nodes, with commas between them.
    pub(crate) fn json(self) -> String {
        self.0
    }

    fn begin(&mut self, tag: &str, attributes: Attributes<'_>) {
        if self.0.ends_with(']') {
            self.0.push(',');
        }
        self.0.push('[');
        self.string(tag);
        self.0.push_str(",{");
        for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            if self.0.ends_with('"') {
                self.0.push(',');
            }
            self.string(name);
            self.0.push(':');
            self.string(value);
        }
        self.0.push_str("},");
    }

    /// Adds a string of JSON.
    fn string(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                '\u{10}'..='\u{1f}' => self.escape('1', c),
                '\0'..='\u{f}' => self.escape('0', c),
                _ => self.0.push(c),
            }
        }
        self.0.push('"');
    }

    fn escape(&mut self, first: char, c: char) {
        let last = char::from_digit(u32::from(c) & 15, 16).unwrap_or_default();
        self.0.push_str("\\u00");
        self.0.extend([first, last]);
    }
}

#[cfg(test)]
mod tests {
    use super::Nodes;

    #[test]
    fn nodes_stand_in_the_element_that_was_opened_last() {
        let mut nodes = Nodes::default();
        nodes.open("p", &[("dir", "auto"), ("class", ""), ("role", "note")]);
        nodes.words("b", &[], "a \"b\"\n\\\u{1f}");
        nodes.empty("br", &[]);
        nodes.close();
        nodes.empty("hr", &[]);
        let json = r#"["p",{"dir":"auto","role":"note"},[["b",{},"a \"b\"\u000a\\\u001f"],["br",{},""]]],["hr",{},""]"#;
        assert_eq!(nodes.json(), json);
    }
}
