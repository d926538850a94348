//! Documents without indentation and needless quotes: 300 B less of the frame's, which is not compressed ahead.

/// Removes the white space around lines, whose ends are tags, and the quotes of values that need none.
pub(crate) fn trim(source: &str) -> String {
    let joined: String = source.lines().map(str::trim).collect();
    let mut trimmed = String::with_capacity(joined.len());
    for (at, part) in joined.split('"').enumerate() {
        let is_value = at % 2 == 1;
        let quote = if is_value && !is_bare(part) { "\"" } else { "" };
        trimmed.extend([quote, part, quote]);
    }
    trimmed
}

fn is_bare(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::trim;

    #[test]
    fn lines_are_joined_and_values_of_letters_lose_their_quotes() {
        let source = "<main>\n\n  <a id=\"top-1\" class=\"a b\" href=\"#i\"/>Words of a line</a>\n  <i title=\"\"></i>\n</main>\n";
        let trimmed =
            "<main><a id=top-1 class=\"a b\" href=\"#i\"/>Words of a line</a><i title=\"\"></i></main>";
        assert_eq!(trim(source), trimmed);
    }
}
