//! A large body, handed over as fast as it is taken.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

/// Bytes of a body that are handed over at once: actix copies them in front of the socket, once for each slow reader.
const PORTION: usize = 16 * 1024;

/// Bytes that are shared, in portions, and what is kept as long as they are.
struct Portions<K> {
    bytes: Bytes,
    _kept: K,
}

/// The same body, whose reader never costs more than a portion of it beyond what all readers share.
pub(crate) fn of(body: BoxBody) -> BoxBody {
    match body.size() {
        BodySize::Sized(length) if length > PORTION as u64 => body
            .try_into_bytes()
            .map_or_else(|stream| stream, |bytes| portions(bytes, ())),
        BodySize::Sized(_) | BodySize::Stream | BodySize::None => body,
    }
}

/// The same body, with `kept` until it is taken or its reader has left.
pub(crate) fn holding(body: BoxBody, kept: impl Unpin + 'static) -> BoxBody {
    body.try_into_bytes()
        .map_or_else(|stream| stream, |bytes| portions(bytes, kept))
}

fn portions(bytes: Bytes, kept: impl Unpin + 'static) -> BoxBody {
    BoxBody::new(Portions { bytes, _kept: kept })
}

impl<K: Unpin> MessageBody for Portions<K> {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.bytes.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let portion = self.bytes.len().min(PORTION);
        Poll::Ready((portion > 0).then(|| Ok(self.bytes.split_to(portion))))
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
