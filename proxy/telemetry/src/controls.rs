//! Characters that would command a terminal or forge a line.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns `true` for control characters, line separators, and the characters that turn or hide text.
#[must_use]
pub fn is_terminal_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Escapes the terminal's controls in JSON, which itself must escape only those below a space.
///
/// JSON has such characters in strings only, so that its value stays the same.
pub(crate) fn escape_controls(json: &str) -> Cow<'_, str> {
    if !json.contains(is_terminal_control) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_terminal_control(character) {
            let _infallible = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}
