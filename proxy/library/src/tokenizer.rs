//! Text to terms: words as Unicode cuts them, and bigrams of characters where a script is written without spaces.

use unicode_segmentation::UnicodeSegmentation;

/// Words longer than this are data, not language.
const MAX_WORD_BYTES: usize = 96;

/// Returns the words of a text in lower case.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    text.unicode_words().filter(|word| word.len() <= MAX_WORD_BYTES).map(normalize)
}

/// Returns the terms that a text is indexed under: words, and for scripts without spaces characters and bigrams.
pub(crate) fn index_terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    visit(text, |segment| match segment {
        Segment::Word(word) => terms.push(normalize(word)),
        Segment::Run(run) => {
            terms.extend(run.iter().map(|character| (*character).to_owned()));
            terms.extend(run.windows(2).map(<[&str]>::concat));
        }
    });
    terms
}

/// Returns the terms of a question: as [`index_terms`], but a single character only where it stands alone.
pub(crate) fn query_terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    visit(text, |segment| match segment {
        Segment::Word(word) => terms.push(normalize(word)),
        Segment::Run([single]) => terms.push((*single).to_owned()),
        Segment::Run(run) => terms.extend(run.windows(2).map(<[&str]>::concat)),
    });
    terms
}

/// Counts the words of a text; a character counts as one where a script is written without spaces.
pub(crate) fn count_words(text: &str) -> usize {
    text.unicode_words().count()
}

/// A word, or a run of characters without spaces between them.
enum Segment<'run, 'text> {
    Word(&'text str),
    Run(&'run [&'text str]),
}

fn visit<'text>(text: &'text str, mut visitor: impl for<'run> FnMut(Segment<'run, 'text>)) {
    let mut run: Vec<&str> = Vec::new();
    let mut end = 0;
    for (start, word) in text.unicode_word_indices() {
        let unspaced = word.chars().next().is_some_and(is_unspaced);
        if !run.is_empty() && (!unspaced || start != end) {
            visitor(Segment::Run(&run));
            run.clear();
        }
        if unspaced {
            run.extend(word.graphemes(true));
        } else if word.len() <= MAX_WORD_BYTES {
            visitor(Segment::Word(word));
        }
        end = start + word.len();
    }
    if !run.is_empty() {
        visitor(Segment::Run(&run));
    }
}

/// Lowers the case, and replaces the typographic apostrophe, so that both spellings of "don't" are one word.
fn normalize(word: &str) -> String {
    word.to_lowercase().replace('\u{2019}', "'")
}

/// Returns `true` for scripts that are written without spaces, or, as Korean, join particles to words.
fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{0E00}'..='\u{0EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Myanmar
        | '\u{1100}'..='\u{11FF}' // Hangul letters
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30FF}' // Hiragana, Katakana
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' // Han
        | '\u{AC00}'..='\u{D7AF}' // Hangul syllables
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lower_case_and_apostrophes_are_plain() {
        assert_eq!(query_terms("Don\u{2019}t PANIC, Größe 42"), ["don't", "panic", "größe", "42"]);
    }

    #[test]
    fn scripts_without_spaces_are_asked_for_in_pairs() {
        assert_eq!(query_terms("退货政策 lamp"), ["退货", "货政", "政策", "lamp"]);
        assert_eq!(query_terms("灯"), ["灯"]);
    }

    #[test]
    fn a_single_character_is_found_inside_a_longer_run() {
        assert!(index_terms("台灯很亮").contains(&"灯".to_owned()));
    }
}
