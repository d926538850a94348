//! The character encoding of a body: decoded into UTF-8 as it is declared, or as its byte order mark says.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// A decoder of a body's character encoding, which may be cut anywhere; UTF-8 passes as it is.
pub(super) enum Charset {
    /// At most one byte has arrived: two tell UTF-16.
    Undetected {
        declared: &'static Encoding,
        first: Option<u8>,
    },
    Utf8,
    /// A declared encoding of one byte a character, up to the first byte that is not ASCII: where that begins a
    /// character of UTF-8, the declaration is a default that nobody meant.
    Doubted {
        declared: &'static Encoding,
        held: Vec<u8>,
    },
    Other(encoding_rs::Decoder),
}

impl fmt::Debug for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Charset").finish_non_exhaustive()
    }
}

impl Charset {
    /// Reads the `charset` of a `Content-Type` header; an unknown one is UTF-8, as most are.
    pub(super) fn from_header(media_type: Option<&str>) -> Self {
        let parameters = media_type.unwrap_or_default().split(';').skip(1);
        let mut values = parameters.filter_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
        });
        let declared = values.next().and_then(|label| Encoding::for_label(label.as_bytes()));
        Self::Undetected { declared: declared.unwrap_or(UTF_8), first: None }
    }

    /// Tells if the body passes as it is.
    pub(super) const fn is_utf8(&self) -> bool {
        matches!(self, Self::Utf8)
    }

    /// Decodes more of the body.
    pub(super) fn decode<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        match self {
            Self::Utf8 => bytes.into(),
            Self::Undetected { .. } => self.detect(bytes),
            Self::Doubted { .. } => self.doubt(bytes, false),
            Self::Other(decoder) => decode(decoder, bytes, false).into(),
        }
    }

    /// Ends the body: what was held of a character is decoded as it is.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        match self {
            Self::Utf8 => Vec::new(),
            Self::Undetected { declared, first } => {
                let body: Vec<u8> = first.take().into_iter().collect();
                declared.decode_without_bom_handling(&body).0.into_owned().into_bytes()
            }
            Self::Doubted { .. } => self.doubt(&[], true).into_owned(),
            Self::Other(decoder) => decode(decoder, &[], true),
        }
    }

    fn detect<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let Self::Undetected { declared, first } = self else {
            return bytes.into();
        };
        let declared = *declared;
        if let (None, &[byte]) = (*first, bytes) {
            *first = Some(byte);
            return Cow::Borrowed(&[]);
        }
        let bytes: Cow<'a, [u8]> = match first.take() {
            Some(first) => [&[first], bytes].concat().into(),
            None => bytes.into(),
        };
        let encoding = match &*bytes {
            [0xFF, 0xFE, ..] | [1..=0x7F, 0, ..] => UTF_16LE,
            [0xFE, 0xFF, ..] | [0, 1..=0x7F, ..] => UTF_16BE,
            _ => declared,
        };
        *self = if encoding == UTF_8 {
            Self::Utf8
        } else if encoding.is_single_byte() {
            Self::Doubted { declared: encoding, held: Vec::new() }
        } else {
            Self::Other(encoding.new_decoder())
        };
        match bytes {
            Cow::Borrowed(bytes) => self.decode(bytes),
            Cow::Owned(bytes) => self.decode(&bytes).into_owned().into(),
        }
    }

    /// Decides with the first character that is not ASCII.
    fn doubt<'a>(&mut self, bytes: &'a [u8], is_last: bool) -> Cow<'a, [u8]> {
        let Self::Doubted { declared, held } = self else {
            return bytes.into();
        };
        if held.is_empty() && bytes.is_ascii() {
            return bytes.into();
        }
        held.extend_from_slice(bytes);
        let ascii = Encoding::ascii_valid_up_to(held);
        let character = &held[ascii..(ascii + MAX_CHARACTER).min(held.len())];
        let is_utf8 = match std::str::from_utf8(character) {
            Ok(_) => true,
            Err(error) if error.valid_up_to() > 0 => true,
            Err(error) if error.error_len().is_none() && !is_last => {
                let rest = held.split_off(ascii);
                return std::mem::replace(held, rest).into();
            }
            Err(_) => false,
        };
        let (declared, held) = (*declared, std::mem::take(held));
        if is_utf8 {
            *self = Self::Utf8;
            return held.into();
        }
        let mut decoder = declared.new_decoder_without_bom_handling();
        let text = decode(&mut decoder, &held, is_last);
        *self = Self::Other(decoder);
        text.into()
    }
}

/// The bytes of the longest character in UTF-8.
const MAX_CHARACTER: usize = 4;

fn decode(decoder: &mut encoding_rs::Decoder, bytes: &[u8], is_last: bool) -> Vec<u8> {
    let room = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(room);
    // The room suffices for all of the text, whatever it is.
    let _ = decoder.decode_to_string(bytes, &mut text, is_last);
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::Charset;

    fn decoded(media_type: &str, body: &[u8], size: usize) -> String {
        let mut charset = Charset::from_header(Some(media_type));
        let mut text = Vec::new();
        for piece in body.chunks(size) {
            text.extend_from_slice(&charset.decode(piece));
        }
        text.extend(charset.finish());
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_body_is_read_in_the_encoding_that_it_declares_or_shows() {
        for (media_type, body, text) in [
            ("text/plain", "Größe".as_bytes(), "Größe"),
            ("text/plain; charset=\"ISO-8859-1\"", b"Caf\xe9 f\xfcr 5 \x80", "Café für 5 €"),
            ("text/plain;Charset=latin1", b"plain", "plain"),
            ("text/plain; charset=windows-1252", b"\xe4", "ä"),
            ("application/json; charset=iso-8859-1", "{\"a\":\"Größe\"}".as_bytes(), "{\"a\":\"Größe\"}"),
            ("text/plain; charset=iso-8859-1", b"a\xc3", "aÃ"),
            ("text/plain; charset=iso-8859-2", b"\xb1\xe6", "ąć"),
            ("text/plain; charset=shift_jis", b"\x82\xa0!", "あ!"),
            ("text/plain; charset=utf-16", b"\xff\xfeH\0\xfc\0", "Hü"),
            ("text/plain", b"\xfe\xff\0H\0i", "Hi"),
            ("text/plain", b"H\0i\0", "Hi"),
            ("text/plain; charset=utf-16be", b"\0H\0i", "Hi"),
            ("text/plain; charset=nonsense", b"Hi", "Hi"),
            ("text/plain", b"H", "H"),
        ] {
            for size in [1, 2, 3, 100] {
                assert_eq!(decoded(media_type, body, size), text, "{media_type} by {size}");
            }
        }
    }
}
