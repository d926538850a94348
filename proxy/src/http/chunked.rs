//! Large bodies in chunks, written as fast as the client takes them.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use crate::pending_bodies::{Evicted, PendingBody};

/// The most bytes of a chunk: actix copies each in front of the socket, once for every slow reader.
const CHUNK: usize = 16 * 1024;

/// Bytes that readers share, in chunks.
struct Chunks(Bytes);

/// A pending body of one client, in chunks.
struct PendingChunks<K> {
    body: PendingBody,
    _kept: K,
}

/// Cuts a large body: a slow reader then costs one chunk of its own, beside the bytes that all readers share.
pub(crate) fn in_chunks(body: BoxBody) -> BoxBody {
    match body.size() {
        BodySize::Sized(length) if length > CHUNK as u64 => {
            body.try_into_bytes().map_or_else(|stream| stream, |bytes| BoxBody::new(Chunks(bytes)))
        }
        BodySize::Sized(_) | BodySize::Stream | BodySize::None => body,
    }
}

/// Returns a body that is evicted where too many bytes are pending; `kept` is dropped once it is sent or its reader has
/// left.
pub(crate) fn pending(body: PendingBody, kept: impl Unpin + 'static) -> BoxBody {
    BoxBody::new(PendingChunks { body, _kept: kept })
}

impl MessageBody for Chunks {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let chunk = self.0.len().min(CHUNK);
        Poll::Ready((chunk > 0).then(|| Ok(self.0.split_to(chunk))))
    }
}

impl<K: Unpin> MessageBody for PendingChunks<K> {
    type Error = Evicted;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.body.len() as u64)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Evicted>>> {
        let chunk = self.body.take(CHUNK);
        let is_end = matches!(&chunk, Ok(chunk) if chunk.is_empty());
        Poll::Ready((!is_end).then_some(chunk))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn a_body_in_chunks_is_the_same() {
        for length in [0, 1, CHUNK, CHUNK + 1, 5 * CHUNK] {
            let bytes = Bytes::from(vec![b'x'; length]);
            let body = in_chunks(BoxBody::new(bytes.clone()));
            assert_eq!(body.size(), bytes.size(), "{length}");
            assert_eq!(to_bytes(body).await.unwrap(), bytes, "{length}");
        }
    }
}
