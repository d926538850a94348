//! A large body, handed over as fast as it is taken.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use crate::untaken::{GivenUp, Taker};

/// Bytes of a body that are handed over at once: actix copies them in front of the socket, once for each slow reader.
const PORTION: usize = 16 * 1024;

/// Bytes that are shared, in portions.
struct Portions(Bytes);

/// An answer that is held for one visitor, in portions.
struct Held<K> {
    taker: Taker,
    _kept: K,
}

/// The same body, whose reader never costs more than a portion of it beyond what all readers share.
pub(crate) fn of(body: BoxBody) -> BoxBody {
    match body.size() {
        BodySize::Sized(length) if length > PORTION as u64 => body
            .try_into_bytes()
            .map_or_else(|stream| stream, |bytes| BoxBody::new(Portions(bytes))),
        BodySize::Sized(_) | BodySize::Stream | BodySize::None => body,
    }
}

/// A body that is given up where too much is held for others; `kept` is kept until it is taken or its reader has left.
pub(crate) fn held(taker: Taker, kept: impl Unpin + 'static) -> BoxBody {
    BoxBody::new(Held { taker, _kept: kept })
}

impl MessageBody for Portions {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let portion = self.0.len().min(PORTION);
        Poll::Ready((portion > 0).then(|| Ok(self.0.split_to(portion))))
    }
}

impl<K: Unpin> MessageBody for Held<K> {
    type Error = GivenUp;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.taker.length() as u64)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, GivenUp>>> {
        let portion = self.taker.take(PORTION);
        let is_end = matches!(&portion, Ok(portion) if portion.is_empty());
        Poll::Ready((!is_end).then_some(portion))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn a_body_is_the_same_in_portions() {
        for length in [0, 1, PORTION, PORTION + 1, 5 * PORTION] {
            let bytes = Bytes::from(vec![b'x'; length]);
            let body = of(BoxBody::new(bytes.clone()));
            assert_eq!(body.size(), bytes.size(), "{length}");
            assert_eq!(to_bytes(body).await.unwrap(), bytes, "{length}");
        }
    }
}
