//! Makes the chat document smaller: indentation and comments go, everything else stays as it is.

/// Removes comments, blank lines and the white space at both ends of lines.
///
/// A line break stays one, since between two inline elements it is a visible space.
pub(crate) fn minify(source: &str) -> String {
    let without_comments = remove_comments(source);
    let lines = without_comments
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

fn remove_comments(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, comment)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::minify;

    #[test]
    fn comments_and_indentation_go_and_line_breaks_stay() {
        let source = "<!doctype html>\n<!-- why\n it is so -->\n  <p>\n    <b>a</b>\n    <i>b</i> <!-- c -->\n  </p>\n";
        assert_eq!(minify(source), "<!doctype html>\n<p>\n<b>a</b>\n<i>b</i>\n</p>");
    }
}
