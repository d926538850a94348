//! Pipelining: bytes that are read ahead of their answers.
//!
//! actix-http 3.20 makes a request of every head in its buffer, of 7 KiB each, while an answer is under way; its limit of 16
//! only stops the next round. So it gets one head at a time, and the rest waits here as bytes.

use std::io;
use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

/// The most bytes that are read ahead: a usual request fits, and a client that leaves is noticed behind it.
pub(super) const MAX_BYTES: usize = 4 * 1024;

/// The bytes of `GET / HTTP/1.1`, the shortest request line.
const SHORTEST_LINE: usize = 14;

/// Bytes between a socket and actix.
#[derive(Debug, Default)]
pub(super) struct ReadAhead(Vec<u8>);

impl ReadAhead {
    /// Reads until the socket is empty or the room is full; ready when the client has ended.
    pub(super) fn poll_fill(
        &mut self,
        socket: &mut (impl AsyncRead + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let mut room = [MaybeUninit::uninit(); MAX_BYTES];
        while self.0.len() < MAX_BYTES {
            let mut read = ReadBuf::uninit(&mut room[self.0.len()..]);
            match ready!(Pin::new(&mut *socket).poll_read(cx, &mut read)) {
                Ok(()) if !read.filled().is_empty() => {}
                // A client may have sent a request before its reset.
                Err(error) if self.0.is_empty() => return Poll::Ready(Err(error)),
                Ok(()) | Err(_) => return Poll::Ready(Ok(())),
            }
            self.0.extend_from_slice(read.filled());
        }
        Poll::Pending
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Hands over bytes in which at most one head ends.
    pub(super) fn hand_over_one_head(&mut self, into: &mut ReadBuf<'_>) {
        let length = length_to_next_head(&self.0).min(into.remaining());
        into.put_slice(&self.0[..length]);
        if length == self.0.len() {
            // An idle connection holds no memory.
            drop(mem::take(&mut self.0));
        } else {
            self.0.drain(..length);
        }
    }
}

/// Returns the length before the second head that ends in `bytes`, or the whole length.
fn length_to_next_head(bytes: &[u8]) -> usize {
    let first = end_of_head(bytes, 0);
    first.filter(|first| end_of_head(bytes, *first).is_some()).unwrap_or(bytes.len())
}

/// Returns the end of the first empty line that can end a head which begins at `from`.
fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let from = from + SHORTEST_LINE;
    let lines = bytes.get(from..)?.iter().enumerate();
    let mut ends = lines.filter(|(_, byte)| **byte == b'\n').map(|(at, _)| from + at + 1);
    ends.find_map(|end| match &bytes[end..] {
        [b'\n', ..] => Some(end + 1),
        [b'\r', b'\n', ..] => Some(end + 2),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    struct Reset;

    impl AsyncRead for Reset {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
        }
    }

    fn handed_over(bytes: &str) -> Vec<String> {
        let mut read_ahead = ReadAhead(bytes.into());
        let mut parts = Vec::new();
        while !read_ahead.is_empty() {
            let mut room = [0; 1024];
            let mut into = ReadBuf::new(&mut room);
            read_ahead.hand_over_one_head(&mut into);
            parts.push(String::from_utf8(into.filled().to_vec()).unwrap());
        }
        parts
    }

    #[test]
    fn one_head_ends_in_a_portion() {
        let (get, bare) = ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\n\n");
        let post = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
        for parts in [
            vec![get],
            vec![post],
            vec!["GET / HTT"],
            vec![get, get, get],
            vec![bare, bare, get],
            vec![get, post],
            vec!["P / HTTP/1.1\r\nContent-Length: 2\r\n\r\n", "{}GET / HTTP/1.1\r\n\r\n"],
        ] {
            assert_eq!(handed_over(&parts.concat()), parts);
        }
    }

    #[test]
    fn a_body_of_empty_lines_is_not_handed_over_line_by_line() {
        assert!(handed_over(&"\n".repeat(1600)).len() <= 100);
    }

    #[tokio::test]
    async fn no_more_is_read_than_fits_and_the_end_is_noticed() {
        let mut read_ahead = ReadAhead::default();
        let mut endless = tokio::io::repeat(b'x');
        let filled = std::future::poll_fn(|cx| Poll::Ready(read_ahead.poll_fill(&mut endless, cx))).await;
        assert!(filled.is_pending());
        assert_eq!(read_ahead.0.len(), MAX_BYTES);
        let mut read_ahead = ReadAhead::default();
        let filled = std::future::poll_fn(|cx| read_ahead.poll_fill(&mut &b"bytes"[..], cx)).await;
        assert!(filled.is_ok());
        assert_eq!(read_ahead.0, b"bytes");
    }

    #[tokio::test]
    async fn bytes_before_a_reset_are_kept() {
        let mut socket = b"bytes".chain(Reset);
        let mut read_ahead = ReadAhead::default();
        let filled = std::future::poll_fn(|cx| read_ahead.poll_fill(&mut socket, cx)).await;
        assert!(filled.is_ok());
        assert_eq!(read_ahead.0, b"bytes");
    }
}
