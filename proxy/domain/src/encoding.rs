//! The two text forms of bytes on the wire: base64url without padding, and UUIDs.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// Encodes base64url without padding.
pub(crate) fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends base64url without padding.
pub(crate) fn push_b64(text: &mut String, bytes: &[u8]) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// Decodes canonical base64url: no padding, no white space, no stray bits after the last byte.
pub(crate) fn from_b64(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Decodes canonical base64url of exactly `N` bytes.
pub(crate) fn array_from_b64<const N: usize>(text: &str) -> Option<[u8; N]> {
    from_b64(text)?.try_into().ok()
}

/// Parses a UUID in its one wire form: lower case with hyphens.
pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    let uuid = Uuid::try_parse(text).ok()?;
    (uuid.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text).then_some(uuid)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{array_from_b64, b64, from_b64, uuid};

    #[test]
    fn only_the_canonical_base64_is_read() {
        assert_eq!(from_b64("AA"), Some(vec![0]));
        for text in ["AA==", "AB", "A", "A A", " AA", "AA\n", "+/+/", "AA.", "Ä"] {
            assert_eq!(from_b64(text), None, "{text:?}");
        }
        assert_eq!(array_from_b64::<2>("AA"), None);
    }

    #[test]
    fn only_the_wire_form_of_a_uuid_is_read() {
        assert!(uuid("6f1c2d3e-4a5b-4c6d-8e7f-001122334455").is_some());
        for text in [
            "6F1C2D3E-4A5B-4C6D-8E7F-001122334455",
            "6f1c2d3e4a5b4c6d8e7f001122334455",
            "{6f1c2d3e-4a5b-4c6d-8e7f-001122334455}",
            "urn:uuid:6f1c2d3e-4a5b-4c6d-8e7f-001122334455",
            " 6f1c2d3e-4a5b-4c6d-8e7f-001122334455",
            "6f1c2d3e-4a5b-4c6d-8e7f-00112233445",
            "",
        ] {
            assert_eq!(uuid(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn bytes_have_one_text_form(bytes: Vec<u8>, other in "[A-Za-z0-9_-]{0,40}") {
            prop_assert_eq!(from_b64(&b64(&bytes)), Some(bytes));
            if let Some(read) = from_b64(&other) {
                prop_assert_eq!(b64(&read), other);
            }
        }
    }
}
