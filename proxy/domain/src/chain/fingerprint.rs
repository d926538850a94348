//! The fingerprint of a message: two sends with the same one are the same message (contract §4).

use super::{Head, NO_FILES, TextHash, sha256};

/// The hash over all that a send asks for; a repeated `message_id` must come with the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Computes the fingerprint of a message on top of `parent`, the head after `kept` turns.
    ///
    /// `metadata` is the JSON as it was sent: a client that repeats a message repeats its bytes.
    #[must_use]
    pub fn new(
        parent: &Head,
        kept: u32,
        message: &TextHash,
        agent: Option<&str>,
        metadata: Option<&str>,
    ) -> Self {
        Self(sha256(&[
            parent.as_bytes(),
            &kept.to_be_bytes(),
            message.as_bytes(),
            &NO_FILES,
            TextHash::new(agent.unwrap_or_default()).as_bytes(),
            TextHash::new(metadata.unwrap_or_default()).as_bytes(),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;
    use crate::chain::{Head, TextHash};

    fn fingerprint(kept: u32, message: &str, agent: Option<&str>, metadata: Option<&str>) -> Fingerprint {
        let head = Head::parse("DT6pUYlvdWn7OyCNyXQigmOOiyeEfD9NMOVJn1oqKxI").unwrap();
        Fingerprint::new(&head, kept, &TextHash::new(message), agent, metadata)
    }

    #[test]
    fn an_absent_agent_is_the_empty_text() {
        assert_eq!(fingerprint(1, "hi", None, None), fingerprint(1, "hi", Some(""), None));
    }

    #[test]
    fn every_part_changes_the_fingerprint() {
        let prints = [
            fingerprint(1, "hi", None, None),
            fingerprint(2, "hi", None, None),
            fingerprint(1, "ho", None, None),
            fingerprint(1, "hi", Some("sales"), None),
            fingerprint(1, "hi", None, Some("{}")),
            fingerprint(1, "hi", None, Some(r#"{"a":1}"#)),
            fingerprint(1, "hi", None, Some(r#"{"a": 1}"#)),
        ];
        for (at, print) in prints.iter().enumerate() {
            assert!(!prints[..at].contains(print), "fingerprint {at} repeats");
        }
    }
}
