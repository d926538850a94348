//! HTTP/1.1 over one connection, read with as little work as it takes: the load must not be slower than its floor.

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::error::{Attempt, BenchResult};

/// The most headers in a head.
const MAX_HEADERS: usize = 64;
/// The room for one read.
const READ_BYTES: usize = 16 * 1024;

/// A connection, and the bytes that were read ahead.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    unread: BytesMut,
}

/// The state of a body on its way in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum BodyFraming {
    /// So many bytes are missing.
    Length(usize),
    /// So many bytes of this chunk are missing, its line end included; at 0 a chunk's size follows.
    Chunked(usize),
}

impl Wire {
    /// Takes a connection, which sends each write at once.
    pub(crate) fn new(stream: TcpStream) -> BenchResult<Self> {
        stream.set_nodelay(true).attempt("set TCP_NODELAY")?;
        Ok(Self { stream, unread: BytesMut::new() })
    }

    /// Connects to an address such as `127.0.0.1:8000`.
    pub(crate) async fn connect(address: &str) -> BenchResult<Self> {
        let stream = TcpStream::connect(address).await;
        Self::new(stream.attempt(&format!("connect to {address}"))?)
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> BenchResult {
        self.stream.write_all(bytes).await.attempt("write to a connection")
    }

    /// Reads the head of a request: its path, and the framing of its body; `None` where the peer has left.
    pub(crate) async fn request(&mut self) -> BenchResult<Option<(String, BodyFraming)>> {
        loop {
            if self.unread.is_empty() && !self.is_filled().await? {
                return Ok(None);
            }
            let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut request = httparse::Request::new(&mut headers);
            if let httparse::Status::Complete(length) =
                request.parse(&self.unread).attempt("read a request")?
            {
                let head = (request.path.unwrap_or_default().to_owned(), framing(request.headers)?);
                self.unread.advance(length);
                return Ok(Some(head));
            }
            self.fill().await?;
        }
    }

    /// Reads the head of a response: its status, and the framing of its body.
    pub(crate) async fn response(&mut self) -> BenchResult<(u16, BodyFraming)> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut response = httparse::Response::new(&mut headers);
            if let httparse::Status::Complete(length) =
                response.parse(&self.unread).attempt("read a response")?
            {
                let head = (response.code.unwrap_or_default(), framing(response.headers)?);
                self.unread.advance(length);
                return Ok(head);
            }
            self.fill().await?;
        }
    }

    /// Reads a body to its end; `sink` gets its bytes as they come.
    pub(crate) async fn body(
        &mut self,
        mut framing: BodyFraming,
        mut sink: impl FnMut(&[u8]) -> BenchResult,
    ) -> BenchResult {
        loop {
            let (used, is_over) = framing.decode(&self.unread, &mut sink)?;
            self.unread.advance(used);
            if is_over {
                return Ok(());
            }
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> BenchResult {
        if self.is_filled().await? { Ok(()) } else { Err("a connection ended within an answer".into()) }
    }

    /// Reads more; `false` at the end of the connection.
    async fn is_filled(&mut self) -> BenchResult<bool> {
        self.unread.reserve(READ_BYTES);
        Ok(self.stream.read_buf(&mut self.unread).await.attempt("read from a connection")? > 0)
    }
}

impl BodyFraming {
    /// Gives the bytes of the body to `sink`; returns the number of bytes that are done with, and if the body is over.
    fn decode(
        &mut self,
        bytes: &[u8],
        sink: &mut impl FnMut(&[u8]) -> BenchResult,
    ) -> BenchResult<(usize, bool)> {
        match self {
            Self::Length(missing) => {
                let length = bytes.len().min(*missing);
                sink(&bytes[..length])?;
                *missing -= length;
                Ok((length, *missing == 0))
            }
            Self::Chunked(missing) => decode_chunks(missing, bytes, sink),
        }
    }
}

fn decode_chunks(
    missing: &mut usize,
    bytes: &[u8],
    sink: &mut impl FnMut(&[u8]) -> BenchResult,
) -> BenchResult<(usize, bool)> {
    let mut rest = bytes;
    loop {
        let used = rest.len().min(*missing);
        // The last two bytes of a chunk are its line end.
        let data = used.min(missing.saturating_sub(2));
        if data > 0 {
            sink(&rest[..data])?;
        }
        rest = &rest[used..];
        *missing -= used;
        let Some((line, size)) = chunk_size(rest)? else {
            return Ok((bytes.len() - rest.len(), false));
        };
        if size == 0 {
            // No trailer is expected: an empty line ends the body.
            let end = line + 2;
            let is_over = rest.len() >= end;
            return Ok((bytes.len() - rest.len() + if is_over { end } else { 0 }, is_over));
        }
        rest = &rest[line..];
        *missing = size + 2;
    }
}

/// Reads the line before a chunk: its own length and that of the chunk.
fn chunk_size(bytes: &[u8]) -> BenchResult<Option<(usize, usize)>> {
    match httparse::parse_chunk_size(bytes).map_err(|_| "a chunk's size is malformed")? {
        httparse::Status::Complete((line, size)) => {
            Ok(Some((line, usize::try_from(size).attempt("read a chunk's size")?)))
        }
        httparse::Status::Partial => Ok(None),
    }
}

fn framing(headers: &[httparse::Header<'_>]) -> BenchResult<BodyFraming> {
    for header in headers {
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            return Ok(BodyFraming::Chunked(0));
        }
        if header.name.eq_ignore_ascii_case("content-length") {
            let length = std::str::from_utf8(header.value).ok().and_then(|text| text.parse().ok());
            return Ok(BodyFraming::Length(length.attempt("read a Content-Length")?));
        }
    }
    Ok(BodyFraming::Length(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes a body that arrives in two reads.
    fn decode(mut framing: BodyFraming, bytes: &[u8], cut: usize) -> (Vec<u8>, usize, bool) {
        let mut body = Vec::new();
        let mut sink = |piece: &[u8]| {
            body.extend_from_slice(piece);
            Ok(())
        };
        let (first, _) = framing.decode(&bytes[..cut], &mut sink).unwrap();
        let (second, is_over) = framing.decode(&bytes[first..], &mut sink).unwrap();
        (body, first + second, is_over)
    }

    #[test]
    fn a_body_is_read_whole_wherever_it_is_cut_and_nothing_behind_it() {
        for (framing, bytes, length) in [
            (BodyFraming::Length(5), &b"helloHTTP/1.1"[..], 5),
            (BodyFraming::Chunked(0), b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\nHTTP/1.1", 20),
        ] {
            for cut in 0..length {
                assert_eq!(
                    decode(framing, bytes, cut),
                    (b"hello".to_vec(), length, true),
                    "{framing:?} at {cut}"
                );
            }
        }
    }

    #[test]
    fn a_body_that_was_cut_is_not_over() {
        for bytes in [&b"2\r\nhe\r\n3\r\nllo\r\n0\r\n"[..], b"2\r\nhe\r\n", b"2\r\nh", b""] {
            assert!(!decode(BodyFraming::Chunked(0), bytes, 0).2, "{bytes:?}");
        }
        assert!(BodyFraming::Chunked(0).decode(b"words\r\n", &mut |_| Ok(())).is_err());
    }
}
