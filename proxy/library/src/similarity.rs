//! Similarity of words: a typing error, or a part of a compound.

/// The shortest word that is compared: a shorter one resembles too many.
const MIN_CHARS: usize = 4;

/// Returns the distance between an unknown word and a known one; `None` where they are different words.
///
/// Similar are words one edit apart (a letter inserted, deleted, substituted, or two transposed) and words of which
/// one begins or ends with the other: "lampshade" and "shade", "Versandkosten" and "Versand".
pub(crate) fn distance(unknown: &str, known: &str) -> Option<usize> {
    let (short, long) = if unknown.len() <= known.len() { (unknown, known) } else { (known, unknown) };
    if long.len() - short.len() <= 4 && is_one_edit_apart(short, long) {
        return Some(1);
    }
    let inside = long.starts_with(short) || long.ends_with(short);
    let chars = short.chars().count();
    (inside && chars > MIN_CHARS && !has_digit(short)).then(|| long.chars().count() - chars + 1)
}

/// Numbers are exact: 2700 is not 3700.
fn has_digit(word: &str) -> bool {
    word.chars().any(char::is_numeric)
}

fn is_one_edit_apart(one: &str, other: &str) -> bool {
    let is_word = |word: &str| word.chars().count() >= MIN_CHARS && !has_digit(word);
    is_word(one) && is_word(other) && strsim::osa_distance(one, other) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_one_edit_apart_or_inside_one_another_are_similar() {
        for (unknown, known) in [
            ("warrenti", "warranti"),
            ("warrnati", "warranti"),
            ("warantee", "warrantee"),
            ("lampshad", "lampsha"),
            ("delai", "délai"),
            ("lampshade", "shade"),
            ("phone", "telephone"),
            ("versandkost", "versand"),
        ] {
            assert!(distance(unknown, known).is_some(), "{unknown} {known}");
        }
    }

    #[test]
    fn other_words_are_not() {
        for (unknown, known) in
            [("lamp", "ship"), ("sun", "son"), ("2700", "3700"), ("", "a"), ("", ""), ("bicycl", "cycl")]
        {
            assert!(distance(unknown, known).is_none(), "{unknown} {known}");
        }
    }
}
