use std::fs;

use porthole_library::Library;

use crate::input;

/// Reads a folder with one document, and asks it with the input's last line and with its first.
pub fn documents(input: &[u8]) {
    let text = input::text(input);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.md"), input).unwrap();
    fs::write(folder.path().join("b.txt"), &*text).unwrap();
    let library = Library::open(folder.path()).unwrap();
    let (first, last) = (text.lines().next().unwrap_or_default(), text.lines().last().unwrap_or_default());
    for question in [first, last, "Where is my order?"] {
        let answer = library.answer(question);
        assert!(!answer.text.trim().is_empty(), "nothing for {question:?}");
        assert!(answer.suggestions.len() <= 3);
        assert_eq!(library.answer(question).text, answer.text, "another answer to {question:?}");
    }
    assert_eq!(library.skipped().is_empty(), std::str::from_utf8(input).is_ok());
}
