//! The state that replicas may share: quotas, revoked sessions, rated replies, claims on messages. It may not know HTTP or an upstream.
//!
//! Each store is a trait whose calls may await a network; memory is the first implementation of each, and answers at
//! once. Everything in memory is bounded, and may be lost at any time without losing a conversation.

pub mod claim;
pub mod quota;
pub mod rating;
pub mod revocation;

pub use claim::{Claims, ConversationId, MemoryClaims};
pub use quota::{CallQuota, MemoryCallQuota, MemorySiteQuotas, SiteQuotas};
pub use rating::{MemoryRatings, Ratings};
pub use revocation::{MemoryRevocations, Revocations};
