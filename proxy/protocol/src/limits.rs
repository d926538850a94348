//! The sizes that both sides of the wire keep to (contract §8).

use core::ops::RangeInclusive;

/// The bytes of a request's body.
pub const MAX_BODY_BYTES: u64 = 512 * 1024;
/// The attempts at one message; the first is 1.
pub const ATTEMPTS: RangeInclusive<u8> = 1..=5;
/// The bytes of `metadata`, as JSON.
pub const MAX_METADATA_BYTES: usize = 4 * 1024;
/// The Unicode scalar values of `agent`.
pub const MAX_AGENT_CHARS: usize = 64;
/// The bytes of `page.url`.
pub const MAX_PAGE_URL_BYTES: usize = 2 * 1024;
/// The Unicode scalar values of `page.title`.
pub const MAX_PAGE_TITLE_CHARS: usize = 300;
/// The Unicode scalar values of the comment beside a rating.
pub const MAX_COMMENT_CHARS: u32 = 2_000;
/// The suggestions of one event.
pub const MAX_SUGGESTIONS: usize = 4;
/// The Unicode scalar values of one suggestion: a longer one is no button.
pub const MAX_SUGGESTION_CHARS: usize = 200;
/// The Unicode scalar values of a step's name; the rest is cut off.
pub const MAX_STEP_NAME_CHARS: usize = 200;
/// The Unicode scalar values of a title, a conversation's or a source's; the rest is cut off.
pub const MAX_TITLE_CHARS: usize = 200;
/// The Unicode scalar values of a notice, of an agent's question and of a source's passage; the rest is cut off.
pub const MAX_NOTICE_CHARS: usize = 500;
/// The bytes of a source's address; a longer one is left out.
pub const MAX_SOURCE_URL_BYTES: usize = 2 * 1024;
/// The sources of one reply; more are left out.
pub const MAX_SOURCES: usize = 50;
/// The bytes of text in a whole reply: more is no chat, and a reply is held in memory to be joined.
pub const MAX_REPLY_BYTES: usize = 1024 * 1024;
