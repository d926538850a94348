//! Finds names of headers that are longer than any may be: actix does not refuse them, it panics.

/// The longest name that the `http` crate takes.
const LONGEST: usize = 0xffff;

/// Reads along with actix, line by line.
#[derive(Debug)]
pub(super) struct Names {
    /// How many characters the line has so far, where all of them may stand in a name.
    line: Option<usize>,
    is_too_long: bool,
}

impl Names {
    pub(super) const fn new() -> Self {
        Self {
            line: Some(0),
            is_too_long: false,
        }
    }

    /// Looks at what is on its way to actix; a name that is too long ends in a byte that actix refuses.
    ///
    /// Where a head ends is not known here. A body has such lines only as a chunk that begins within a text of 64 KiB
    /// without a space, or where it is no JSON anyway.
    pub(super) fn read(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.line = match (self.line, *byte) {
                (_, b'\n') => Some(0),
                (Some(length), b':') if length > LONGEST => {
                    *byte = 0;
                    self.is_too_long = true;
                    None
                }
                (Some(length), byte) if is_of_a_name(byte) => Some(length + 1),
                _ => None,
            };
        }
    }

    /// Whether there was one; it is the last that is read of a connection.
    pub(super) const fn is_too_long(&self) -> bool {
        self.is_too_long
    }
}

/// Whether a byte may stand in a name (RFC 9110 §5.6.2).
const fn is_of_a_name(byte: u8) -> bool {
    matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
        || byte.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;

    use super::*;

    fn read(names: &mut Names, text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        names.read(&mut bytes);
        bytes
    }

    #[test]
    fn a_name_is_too_long_where_the_http_crate_says_so() {
        for length in [1, LONGEST - 1, LONGEST, LONGEST + 1, 2 * LONGEST] {
            let name = "x".repeat(length);
            let line = format!("GET / HTTP/1.1\r\n{name}: a:b\r\n");
            let mut names = Names::new();
            let seen = read(&mut names, &line);
            let is_name = HeaderName::from_bytes(name.as_bytes()).is_ok();
            assert_eq!(names.is_too_long(), !is_name, "{length}");
            assert_eq!(seen == line.as_bytes(), is_name, "{length}");
        }
    }

    #[test]
    fn it_does_not_matter_how_it_was_cut() {
        let mut names = Names::new();
        read(&mut names, "GET / HTTP/1.1\r\nHost: a\r\n");
        for _ in 0..=LONGEST {
            assert_eq!(read(&mut names, "x"), b"x");
        }
        assert_eq!(read(&mut names, ": b"), b"\0 b");
        assert!(names.is_too_long());
    }

    #[test]
    fn long_values_and_texts_are_left_alone() {
        let long = "x".repeat(2 * LONGEST);
        for text in [
            format!("X: {long}:\r\n"),
            format!("GET /{long}:443 HTTP/1.1\r\n"),
            format!("{{\"message\":\n\"{long}:\"}}"),
        ] {
            let mut names = Names::new();
            assert_eq!(read(&mut names, &text), text.as_bytes());
            assert!(!names.is_too_long());
        }
    }

    /// But for the quotation mark, which actix's parser has refused before.
    #[test]
    fn what_may_stand_in_a_name_is_what_the_http_crate_takes() {
        for byte in (0..=u8::MAX).filter(|byte| *byte != b'"') {
            assert_eq!(
                is_of_a_name(byte),
                HeaderName::from_bytes(&[byte]).is_ok(),
                "{byte}"
            );
        }
    }
}
