//! The chain over a conversation: one head after each sealed turn (contract §3).

use std::fmt;

use aws_lc_rs::{
    constant_time,
    digest::{Digest, SHA256, digest},
};
use uuid::Uuid;

use crate::{encoding, message::MessageId, site::SiteId};

mod fingerprint;
mod text;

pub use fingerprint::Fingerprint;
pub use porthole_protocol::End;
pub use text::{TextHash, TextHasher};

/// The kind of a turn: a visitor's text and its reply.
const KIND_MESSAGE: u8 = 0;

/// The hash `F` of a turn without files: no message carries any yet (contract §3).
const NO_FILES: [u8; 32] = [0; 32];

/// One turn, as far as the chain covers it.
#[derive(Clone, Debug)]
pub struct SealedTurn {
    /// The visitor's message.
    pub message_id: MessageId,
    /// The hash of the message's text.
    pub user: TextHash,
    /// The hash of the concatenated deltas of the reply.
    pub reply: TextHash,
    /// The end of the reply.
    pub end: End,
}

/// The head of a chain: it stands for every turn before it, in their order.
#[derive(Clone, Copy)]
pub struct Head([u8; 32]);

impl Head {
    /// Returns the head of a conversation without turns.
    #[must_use]
    pub fn new(site: &SiteId, sid: Uuid) -> Self {
        let site = site.as_str().as_bytes();
        let length = u16::try_from(site.len()).unwrap_or(u16::MAX);
        let parts: [&[u8]; 4] = [b"porthole/1/start\0", &length.to_be_bytes(), site, sid.as_bytes()];
        Self(sha256(&parts))
    }

    /// Returns the head after turn number `turn`.
    #[must_use]
    pub fn after(&self, turn: u32, sealed: &SealedTurn) -> Self {
        let parts: [&[u8]; 10] = [
            b"porthole/1/turn\0",
            &self.0,
            &turn.to_be_bytes(),
            &[KIND_MESSAGE, end_byte(sealed.end)],
            sealed.message_id.as_bytes(),
            &sealed.user.bytes().to_be_bytes(),
            sealed.user.as_bytes(),
            &sealed.reply.bytes().to_be_bytes(),
            sealed.reply.as_bytes(),
            &NO_FILES,
        ];
        Self(sha256(&parts))
    }

    /// Parses base64url.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        encoding::array_from_b64(text).map(Self)
    }

    /// Returns the 32 bytes.
    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Head {
    /// Compares in constant time, wherever the two differ.
    fn eq(&self, other: &Self) -> bool {
        constant_time::verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for Head {}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding::b64(&self.0))
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({self})")
    }
}

const fn end_byte(end: End) -> u8 {
    match end {
        End::Complete => 0,
        End::Stopped => 1,
        End::Incomplete => 2,
    }
}

/// Computes SHA-256 over the parts, one after the other; to join them is cheaper than a context of their hash.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    to_bytes(&digest(&SHA256, &parts.concat()))
}

fn to_bytes(digest: &Digest) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{End, Head, SealedTurn, TextHash};
    use crate::{encoding, message::MessageId, site::SiteId};

    const SID: &str = "6f1c2d3e-4a5b-4c6d-8e7f-001122334455";

    fn start() -> Head {
        Head::new(&SiteId::default(), encoding::uuid(SID).unwrap())
    }

    fn sealed_turn(end: End) -> SealedTurn {
        SealedTurn {
            message_id: MessageId::parse("0199aaaa-0000-7000-8000-000000000001").unwrap(),
            user: TextHash::new("Where is my order 1042?"),
            reply: TextHash::new("Your order é 😀\n"),
            end,
        }
    }

    /// Reads a value from the vectors of the contract.
    fn vector(name: &str) -> &'static str {
        let (_, vectors) = include_str!("../../../protocol/README.md").split_once("\nVectors").unwrap();
        let line = vectors.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim()
    }

    #[test]
    fn the_vectors_of_the_contract_come_out() {
        let text = |name| serde_json::from_str::<String>(vector(name)).unwrap();
        let site = SiteId::parse(vector("site ")).unwrap();
        let start = Head::new(&site, encoding::uuid(vector("sid ")).unwrap());
        let sealed = SealedTurn {
            message_id: MessageId::parse(vector("message_id ")).unwrap(),
            user: TextHash::new(&text("message ")),
            reply: TextHash::new(&text("reply ")),
            end: End::Complete,
        };
        assert_eq!(vector("end "), "00");
        assert_eq!(start.to_string(), vector("head(0) "));
        assert_eq!(start.after(1, &sealed).to_string(), vector("head(1) "));
    }

    #[test]
    fn every_member_of_a_turn_moves_the_head() {
        let base = sealed_turn(End::Complete);
        let other_id = MessageId::parse("0199aaaa-0000-7000-8000-000000000002").unwrap();
        let heads = [
            start().after(1, &base),
            start().after(2, &base),
            start().after(1, &base).after(1, &base),
            start().after(1, &sealed_turn(End::Stopped)),
            start().after(1, &sealed_turn(End::Incomplete)),
            start().after(1, &SealedTurn { message_id: other_id, ..base.clone() }),
            start().after(1, &SealedTurn { user: TextHash::new("x"), ..base.clone() }),
            start().after(1, &SealedTurn { reply: TextHash::new("x"), ..base }),
        ];
        for (at, head) in heads.iter().enumerate() {
            assert!(!heads[..at].contains(head), "head {at} repeats");
        }
    }

    #[test]
    fn a_head_is_read_back_from_its_text() {
        let head = start();
        assert_eq!(Head::parse(&head.to_string()), Some(head));
        assert_eq!(Head::parse(&format!("{head}=")), None);
        assert_eq!(Head::parse("AAAA"), None);
    }

    proptest! {
        #[test]
        fn no_text_but_a_head_is_read_as_one(text in "[A-Za-z0-9_=-]{40,46}") {
            if let Some(head) = Head::parse(&text) {
                prop_assert_eq!(head.to_string(), text);
            }
        }
    }
}
