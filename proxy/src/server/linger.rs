//! Lingering after the last answer: a socket that is closed with unread bytes in it is reset, and the client loses the
//! answer (RFC 9112 §9.6).

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::Instant;

use porthole_relay::deadline::Deadline;

/// The time for which a client is still read.
pub(super) const TIMEOUT: Duration = Duration::from_secs(2);

/// The most bytes of it that are read: a client that sends too much reads why.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The reading of a connection whose writing side is closed; its bytes are discarded.
pub(super) struct Linger {
    deadline: Deadline,
    bytes: usize,
}

impl Linger {
    pub(super) fn new() -> Self {
        Self { deadline: Deadline::new(Instant::now() + TIMEOUT), bytes: 0 }
    }

    /// Is ready when the client has ended, has sent too much or has had its time.
    pub(super) fn poll_end(
        &mut self,
        socket: &mut (impl AsyncRead + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let mut room = [0; 4096];
        loop {
            let mut unread = ReadBuf::new(&mut room);
            match Pin::new(&mut *socket).poll_read(cx, &mut unread) {
                Poll::Ready(Ok(())) if !unread.filled().is_empty() && self.bytes < MAX_BYTES => {
                    self.bytes += unread.filled().len();
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return self.deadline.poll_expired(cx),
            }
        }
    }
}
