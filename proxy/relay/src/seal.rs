//! The sealing of a reply, as the session's owner implements it.

use porthole_domain::chain::{End, TextHash};
use porthole_protocol::Done;
use porthole_upstream::Failure;

/// The sealing of a reply, which belongs to the session that sent the message.
pub trait Seal: Send + Sync + 'static {
    /// Mints the terminal event of a reply whose text has this hash; called at most once, without a lock.
    fn seal(&self, end: End, text_hash: TextHash) -> impl Future<Output = Result<Done, Failure>> + Send;
}
