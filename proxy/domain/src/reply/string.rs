//! Decoding of JSON strings and of UTF-8 that is cut inside a character.

use std::borrow::Cow;

use memchr::memchr;

/// A decoder of JSON string literals; a surrogate pair may be split over two of them.
///
/// A workflow that cuts its text into UTF-16 units sends `\ud83d` in one item and `\ude00` in the
/// next. JSON libraries refuse both, so the literal is decoded here.
#[derive(Debug, Default)]
pub(crate) struct Unescaper {
    /// The high surrogate that ended the last literal.
    high: Option<u16>,
}

impl Unescaper {
    /// Appends the text of `literal`: a JSON string with its quotes, already checked by a JSON parser.
    pub(crate) fn append(&mut self, literal: &str, out: &mut String) {
        let mut rest = literal.strip_prefix('"').unwrap_or(literal);
        rest = rest.strip_suffix('"').unwrap_or(rest);
        while !rest.is_empty() {
            let (plain, escape) = rest.split_at(memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len()));
            if !plain.is_empty() {
                self.flush(out);
                out.push_str(plain);
            }
            rest = escape.strip_prefix('\\').map_or("", |escape| self.escape(escape, out));
        }
    }

    /// Flushes a high surrogate that was not joined, as U+FFFD.
    pub(crate) fn flush(&mut self, out: &mut String) {
        if self.high.take().is_some() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }

    /// Decodes the escape behind a backslash, and returns the rest.
    fn escape<'a>(&mut self, escape: &'a str, out: &mut String) -> &'a str {
        let mut chars = escape.chars();
        let meant = match chars.next() {
            Some('u') => return self.unit(chars.as_str(), out),
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some(itself) => itself,
            None => return "",
        };
        self.flush(out);
        out.push(meant);
        chars.as_str()
    }

    /// Decodes the four digits behind `\u`, and returns the rest.
    fn unit<'a>(&mut self, rest: &'a str, out: &mut String) -> &'a str {
        let (digits, rest) = rest.split_at_checked(4).unwrap_or((rest, ""));
        let unit = u16::from_str_radix(digits, 16).unwrap_or(0xFFFD);
        match (self.high.take(), unit) {
            (None, 0xD800..=0xDBFF) => self.high = Some(unit),
            (Some(_), 0xD800..=0xDBFF) => {
                out.push(char::REPLACEMENT_CHARACTER);
                self.high = Some(unit);
            }
            (Some(high), _) => decode(&[high, unit], out),
            (None, _) => decode(&[unit], out),
        }
        rest
    }
}

fn decode(units: &[u16], out: &mut String) {
    let chars = char::decode_utf16(units.iter().copied());
    out.extend(chars.map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

/// Decodes one JSON string literal; half a surrogate pair becomes U+FFFD.
pub(crate) fn unescape(literal: &str) -> String {
    let (mut unescaper, mut text) = (Unescaper::default(), String::new());
    unescaper.append(literal, &mut text);
    unescaper.flush(&mut text);
    text
}

/// Decodes whole UTF-8; nearly all of it is valid, for which there is a faster way.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    core::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// A decoder of UTF-8 that may be cut inside a character; invalid bytes become U+FFFD.
#[derive(Debug, Default)]
pub(super) struct Utf8Decoder {
    /// The first bytes, at most three, of a character that was cut.
    cut: Vec<u8>,
}

impl Utf8Decoder {
    /// Decodes `bytes`.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> String {
        let mut bytes_so_far = core::mem::take(&mut self.cut);
        bytes_so_far.extend_from_slice(bytes);
        let mut text = String::with_capacity(bytes_so_far.len());
        let mut read = 0;
        for chunk in bytes_so_far.utf8_chunks() {
            text.push_str(chunk.valid());
            read += chunk.valid().len() + chunk.invalid().len();
            if read == bytes_so_far.len() && goes_on(chunk.invalid()) {
                self.cut = chunk.invalid().to_vec();
            } else if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        text
    }

    /// Returns the replacement of a character that was never finished: nothing, or U+FFFD.
    pub(super) fn finish(&self) -> &'static str {
        if self.cut.is_empty() { "" } else { "\u{FFFD}" }
    }
}

fn goes_on(invalid: &[u8]) -> bool {
    core::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::{Unescaper, Utf8Decoder};

    fn unescaped(literals: &[&str]) -> String {
        let (mut unescaper, mut out) = (Unescaper::default(), String::new());
        for literal in literals {
            unescaper.append(literal, &mut out);
        }
        unescaper.flush(&mut out);
        out
    }

    #[test]
    fn a_surrogate_pair_is_joined_over_literals_and_a_lone_one_replaced() {
        for (literals, expected) in [
            (&[r#""plain""#][..], "plain"),
            (&[r#""""#], ""),
            (&[r#""\"\\\/\b\f\n\r\t\u00e9""#], "\"\\/\u{8}\u{c}\n\r\té"),
            (&[r#""\ud83d\ude00""#], "😀"),
            (&[r#""\uD83D\uDE00""#], "😀"),
            (&[r#""a\ud83d""#, r#""\ude00b""#], "a😀b"),
            (&[r#""\ud83d""#, r#""""#, r#""\ude00""#], "😀"),
            (&[r#""\ud83d""#, r#""x\ude00""#], "\u{FFFD}x\u{FFFD}"),
            (&[r#""\ud83d\n""#], "\u{FFFD}\n"),
            (&[r#""\ud83d\u0041""#], "\u{FFFD}A"),
            (&[r#""\ud83d\ud83d\ude00""#], "\u{FFFD}😀"),
            (&[r#""\ud83d""#], "\u{FFFD}"),
        ] {
            assert_eq!(unescaped(literals), expected, "{literals:?}");
        }
    }

    #[test]
    fn text_is_decoded_alike_wherever_it_is_cut() {
        for bytes in
            [&b"a\xc3\xa9\xf0\x9f\x98\x80z"[..], b"\xff\xe2\x82a\xf0\x9f\x98", b"\xe2\x82\xe2\x82\xac"]
        {
            for cut in 0..=bytes.len() {
                let mut utf8 = Utf8Decoder::default();
                let mut text = utf8.decode(&bytes[..cut]);
                text.push_str(&utf8.decode(&bytes[cut..]));
                text.push_str(utf8.finish());
                assert_eq!(text, String::from_utf8_lossy(bytes), "{bytes:?} cut at {cut}");
            }
        }
    }
}
