//! What was read of a client ahead of its answers.
//!
//! actix makes a request of every head that it is given, of 7 KiB each, however many the client has written behind each
//! other. So it is given one at a time, and the rest waits here, as the bytes that it is.

use std::io;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

/// Bytes that are read ahead: usual requests fit, and who leaves is seen even if a little waits.
const MOST: usize = 4 * 1024;

/// `GET / HTTP/1.1`: no request's first line is shorter.
const SHORTEST_LINE: usize = 14;

/// Bytes between a socket and actix.
#[derive(Debug, Default)]
pub(super) struct Ahead(Vec<u8>);

impl Ahead {
    /// Reads what there is and fits; ready when the client has ended.
    pub(super) fn poll_fill(
        &mut self,
        socket: &mut (impl AsyncRead + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let mut room = [0; MOST];
        while self.0.len() < MOST {
            let mut read = ReadBuf::new(&mut room[self.0.len()..]);
            match ready!(Pin::new(&mut *socket).poll_read(cx, &mut read)) {
                Ok(()) if !read.filled().is_empty() => {}
                // Who has gone with a reset may have asked for something before.
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

    /// Hands over bytes in which one head ends, or none.
    pub(super) fn hand_over(&mut self, into: &mut ReadBuf<'_>) {
        let length = up_to_the_next_head(&self.0).min(into.remaining());
        into.put_slice(&self.0[..length]);
        if length == self.0.len() {
            // A connection that waits holds no room for what does not come.
            drop(mem::take(&mut self.0));
        } else {
            self.0.drain(..length);
        }
    }
}

/// Everything, unless a second head ends in it: then what goes before that head.
fn up_to_the_next_head(bytes: &[u8]) -> usize {
    let first = end_of_head(bytes, 0);
    first
        .filter(|first| end_of_head(bytes, *first).is_some())
        .unwrap_or(bytes.len())
}

/// The end of the first empty line that can end a head which begins at `from`.
fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let from = from + SHORTEST_LINE;
    let lines = bytes.get(from..)?.iter().enumerate();
    let mut ends = lines
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| from + at + 1);
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
        let mut ahead = Ahead(bytes.into());
        let mut portions = Vec::new();
        while !ahead.is_empty() {
            let mut room = [0; 1024];
            let mut into = ReadBuf::new(&mut room);
            ahead.hand_over(&mut into);
            portions.push(String::from_utf8(into.filled().to_vec()).unwrap());
        }
        portions
    }

    #[test]
    fn one_head_ends_in_a_portion() {
        let (get, bare) = ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\n\n");
        let post = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
        for portions in [
            vec![get],
            vec![post],
            vec!["GET / HTT"],
            vec![get, get, get],
            vec![bare, bare, get],
            vec![get, post],
            vec![
                "P / HTTP/1.1\r\nContent-Length: 2\r\n\r\n",
                "{}GET / HTTP/1.1\r\n\r\n",
            ],
        ] {
            assert_eq!(handed_over(&portions.concat()), portions);
        }
    }

    #[test]
    fn a_body_of_empty_lines_is_not_handed_over_line_by_line() {
        assert!(handed_over(&"\n".repeat(1600)).len() <= 100);
    }

    #[tokio::test]
    async fn no_more_is_read_than_fits_and_the_end_is_seen() {
        let mut ahead = Ahead::default();
        let mut endless = tokio::io::repeat(b'x');
        let filled = std::future::poll_fn(|cx| Poll::Ready(ahead.poll_fill(&mut endless, cx))).await;
        assert!(filled.is_pending());
        assert_eq!(ahead.0.len(), MOST);
        let mut ahead = Ahead::default();
        let filled = std::future::poll_fn(|cx| ahead.poll_fill(&mut &b"bytes"[..], cx)).await;
        assert!(filled.is_ok());
        assert_eq!(ahead.0, b"bytes");
    }

    #[tokio::test]
    async fn what_came_before_a_reset_is_kept() {
        let mut socket = b"bytes".chain(Reset);
        let mut ahead = Ahead::default();
        let filled = std::future::poll_fn(|cx| ahead.poll_fill(&mut socket, cx)).await;
        assert!(filled.is_ok());
        assert_eq!(ahead.0, b"bytes");
    }
}
