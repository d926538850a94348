//! Refuses header names that are too long for the `http` crate, on which actix-http 3.20 panics.

use super::read_ahead;

/// The most bytes of a header name: those that the `http` crate takes, without those that were not inspected because they
/// came with the end of a body.
const MAX_LENGTH: usize = 0xffff - read_ahead::MAX_BYTES;

/// Looks for header names that are too long in all that actix reads of a connection.
#[derive(Debug)]
pub(super) struct HeaderNameLimit {
    /// The length of the line so far, while all of its characters may stand in a name.
    name_length: Option<usize>,
    is_exceeded: bool,
}

impl HeaderNameLimit {
    pub(super) const fn new() -> Self {
        Self { name_length: Some(0), is_exceeded: false }
    }

    /// Skips bytes of a request in flight: they are of its body, and at their end perhaps the beginning of the next head.
    pub(super) const fn skip_body(&mut self) {
        self.name_length = Some(0);
    }

    /// Inspects bytes on their way to actix, and ends a name that is too long with a byte that actix refuses.
    pub(super) fn inspect(&mut self, bytes: &mut [u8]) {
        for line in bytes.split_inclusive_mut(|byte| *byte == b'\n') {
            if let Some(before) = self.name_length {
                let name = line.iter().take_while(|byte| is_name_byte(**byte)).count();
                if before + name > MAX_LENGTH && line.get(name) == Some(&b':') {
                    line[name] = 0;
                    self.is_exceeded = true;
                }
                self.name_length = (name == line.len()).then_some(before + name);
            }
            if line.ends_with(b"\n") {
                self.name_length = Some(0);
            }
        }
    }

    /// Returns `true` once a name was too long; nothing more is read of the connection then.
    pub(super) const fn is_exceeded(&self) -> bool {
        self.is_exceeded
    }
}

/// Returns `true` for a byte that may stand in a name (RFC 9110 §5.6.2).
const fn is_name_byte(byte: u8) -> bool {
    matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
        || byte.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;

    use super::*;

    #[test]
    fn a_body_is_left_alone_and_the_next_head_is_inspected() {
        let mut limit = HeaderNameLimit::new();
        for _ in 0..2 * MAX_LENGTH {
            limit.skip_body();
        }
        assert_eq!(read(&mut limit, ":"), b":");
        assert!(!limit.is_exceeded());
        limit.skip_body();
        read(&mut limit, &format!("{}: b", "x".repeat(MAX_LENGTH + 1)));
        assert!(limit.is_exceeded());
    }

    fn read(limit: &mut HeaderNameLimit, text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        limit.inspect(&mut bytes);
        bytes
    }

    #[test]
    fn no_name_that_the_http_crate_refuses_passes() {
        for length in [1, MAX_LENGTH - 1, MAX_LENGTH, MAX_LENGTH + 1, 0xffff, 2 * 0xffff] {
            let name = "x".repeat(length);
            let line = format!("GET / HTTP/1.1\r\n{name}: a:b\r\n");
            let mut limit = HeaderNameLimit::new();
            let seen = read(&mut limit, &line);
            let passes = length <= MAX_LENGTH;
            assert_eq!(limit.is_exceeded(), !passes, "{length}");
            assert_eq!(seen == line.as_bytes(), passes, "{length}");
            assert!(!passes || HeaderName::from_bytes(name.as_bytes()).is_ok(), "{length}");
        }
    }

    #[test]
    fn a_name_is_found_however_it_was_cut() {
        let mut limit = HeaderNameLimit::new();
        read(&mut limit, "GET / HTTP/1.1\r\nHost: a\r\n");
        for _ in 0..=MAX_LENGTH {
            assert_eq!(read(&mut limit, "x"), b"x");
        }
        assert_eq!(read(&mut limit, ": b"), b"\0 b");
        assert!(limit.is_exceeded());
    }

    #[test]
    fn long_values_and_texts_are_left_alone() {
        let long = "x".repeat(2 * MAX_LENGTH);
        for text in [
            format!("X: {long}:\r\n"),
            format!("GET /{long}:443 HTTP/1.1\r\n"),
            format!("{{\"message\":\n\"{long}:\"}}"),
        ] {
            let mut limit = HeaderNameLimit::new();
            assert_eq!(read(&mut limit, &text), text.as_bytes());
            assert!(!limit.is_exceeded());
        }
    }

    /// The quotation mark is left out: actix's parser has refused it before.
    #[test]
    fn a_name_is_made_of_the_bytes_that_the_http_crate_takes() {
        for byte in (0..=u8::MAX).filter(|byte| *byte != b'"') {
            assert_eq!(is_name_byte(byte), HeaderName::from_bytes(&[byte]).is_ok(), "{byte}");
        }
    }
}
