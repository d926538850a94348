//! Makes a style sheet smaller without reading it as CSS: comments go, white space shrinks.

/// Characters beside which white space says nothing, wherever they stand outside strings.
///
/// `:` is none of them (`a :hover` is not `a:hover`), nor are `+`, `-` and brackets (`calc()`, media queries).
const TIGHT: &[char] = &['{', '}', ';', ','];

/// Removes comments and the white space that carries no meaning.
pub(crate) fn minify(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '\'' => string_length(rest, first),
            _ if first.is_ascii_whitespace() => rest.len() - rest.trim_ascii_start().len(),
            _ => first.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        match first {
            '/' if piece.len() > 1 => {}
            _ if first.is_ascii_whitespace() => push_space(&mut out),
            _ => push_piece(&mut out, piece),
        }
        rest = after;
    }
    out.truncate(out.trim_end().len());
    out
}

fn string_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, character)| {
        let ends = *character == quote && !escaped;
        escaped = *character == '\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(at, _)| at + 1)
}

fn push_space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') && !out.ends_with(TIGHT) {
        out.push(' ');
    }
}

fn push_piece(out: &mut String, piece: &str) {
    if piece.starts_with(TIGHT) && out.ends_with(' ') {
        out.pop();
    }
    if piece == "}" && out.ends_with(';') {
        out.pop();
    }
    out.push_str(piece);
}

#[cfg(test)]
mod tests {
    use super::minify;

    #[test]
    fn what_means_nothing_goes_and_what_means_something_stays() {
        let rows = [
            (
                "a { color : red; }\n\n/* why */ b , c{ top:0 }",
                "a{color : red}b,c{top:0}",
            ),
            (
                ".a :hover > b + c { x: calc(1px + 2px) }",
                ".a :hover > b + c{x: calc(1px + 2px)}",
            ),
            (
                "a::before { content: \"/* ; } \\\" \"; }",
                "a::before{content: \"/* ; } \\\" \"}",
            ),
            (
                "@media (min-width: 1px) and (max-width: 2px) {\n a { b: c }\n}",
                "@media (min-width: 1px) and (max-width: 2px){a{b: c}}",
            ),
        ];
        for (source, expected) in rows {
            assert_eq!(minify(source), expected, "{source}");
        }
    }
}
