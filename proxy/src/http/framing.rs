//! The framing of a reply's events: as server-sent events, or as JSON lines (contract §5).

use std::convert::Infallible;
use std::io::Write as _;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::stream::{Stream, unfold};
use porthole_protocol::sse;
use porthole_relay::{Batch, Reader, ReplyRead};
use porthole_store::quota::JoinPermit;

/// The framing of events on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `text/event-stream`.
    Sse,
    /// `application/x-ndjson`.
    JsonLines,
}

impl Framing {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Sse => "text/event-stream",
            Self::JsonLines => "application/x-ndjson",
        }
    }

    const fn keep_alive(self) -> &'static [u8] {
        match self {
            Self::Sse => b": ping\n\n",
            Self::JsonLines => b"{\"event\":\"ping\"}\n",
        }
    }

    /// Frames a batch into one buffer, so that it leaves in one write.
    fn frame(self, batch: &Batch<'_>) -> Bytes {
        let mut out = Vec::with_capacity(batch.framed_len());
        for event in batch.events() {
            let (id, name) = (event.id, event.kind.name());
            match self {
                Self::Sse => sse::write(&mut out, id as u64, name, event.data),
                // Writing to a Vec cannot fail.
                Self::JsonLines => {
                    drop(write!(out, "{{\"id\":{id},\"event\":\"{name}\",\"data\":"));
                    out.extend_from_slice(event.data);
                    out.extend_from_slice(b"}\n");
                }
            }
        }
        out.into()
    }
}

/// Returns the response that streams a reply to its end; a join holds its permit for as long.
pub(super) fn stream(reader: Reader, framing: Framing, joined: Option<JoinPermit>) -> HttpResponse {
    unbuffered(framing.media_type()).streaming(framed(reader, framing, joined))
}

/// Begins the response of a stream that no proxy on the way may hold back, compress or keep.
pub(super) fn unbuffered(media_type: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
        .insert_header(("x-accel-buffering", "no"));
    response
}

fn framed(
    reader: Reader,
    framing: Framing,
    joined: Option<JoinPermit>,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    unfold((reader, joined), move |(mut reader, joined)| async move {
        let bytes = match reader.read(|batch| framing.frame(batch)).await? {
            ReplyRead::Events(framed) => framed,
            ReplyRead::KeepAlive => Bytes::from_static(framing.keep_alive()),
        };
        Some((Ok(bytes), (reader, joined)))
    })
}
