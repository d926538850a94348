use crate::{input, text};

/// The end of the tags of a flag, which stay.
const LAST_TAG: char = '\u{e007f}';

/// Returns `true` for a character that is never shown, but for the tags of a flag.
pub(super) fn is_unseen(c: char) -> bool {
    text::is_hidden(c) && !matches!(c, '\u{e0061}'..=LAST_TAG)
}

/// Cleans a text for display: only what deceives is left out, and nothing of it stays.
pub fn visible_text(input: &[u8]) {
    let given = input::text(input);
    let cleaned = text::clean(&given);
    assert!(!cleaned.chars().any(is_unseen));
    assert_eq!(text::clean(&cleaned), cleaned);
    let mut left = given.chars();
    assert!(cleaned.chars().all(|kept| left.any(|c| c == kept)), "in its order: {cleaned:?}");
    let hidden = given.chars().filter(|c| text::is_hidden(*c)).count();
    assert!(text::count(&cleaned) + hidden <= given.chars().count() + given.matches(LAST_TAG).count() * 6);
    let mut growing = text::Cleaner::default();
    let pieces: String = given.chars().map(|c| growing.push(c.encode_utf8(&mut [0; 4]))).collect();
    assert_eq!(pieces, cleaned, "cut between all characters");
    let turned: String = cleaned.chars().rev().collect();
    let strong = |text: &str| (text::first_strong(text), text::first_strong(&format!("1 {text}")));
    let (first, behind_a_digit) = strong(&turned);
    assert_eq!(first, behind_a_digit);
}
