use crate::{input, text};

/// Cleans a text for display: only what deceives is left out, and nothing of it stays.
pub fn visible_text(input: &[u8]) {
    let given = input::text(input);
    let cleaned = text::clean(&given);
    assert!(!cleaned.chars().any(text::is_hidden));
    assert_eq!(text::clean(&cleaned), cleaned);
    let mut left = given.chars();
    assert!(cleaned.chars().all(|kept| left.any(|c| c == kept)), "in its order: {cleaned:?}");
    let hidden = given.chars().filter(|c| text::is_hidden(*c)).count();
    assert_eq!(text::count(&cleaned) + hidden, given.chars().count());
    let turned: String = cleaned.chars().rev().collect();
    let strong = |text: &str| (text::first_strong(text), text::first_strong(&format!("1 {text}")));
    let (first, behind_a_digit) = strong(&turned);
    assert_eq!(first, behind_a_digit);
}
