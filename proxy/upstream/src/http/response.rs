//! The answer to a request.

use std::mem;
use std::pin::pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use porthole_domain::chain::End;
use porthole_domain::history;
use porthole_domain::reply::{Decoder, DecoderOptions, ReplyPart};
use reqwest::Version;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use tokio::time::timeout;

use super::{Inflater, retry_after};
use crate::{Failure, Read};

/// The bytes that are drained of a body without use, so that its keep-alive connection can be used again.
const DRAIN_BYTES: usize = 64 * 1024;

/// The timeout of that: a refusal reaches the visitor without delay.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(250);

/// The bytes that are decoded at once.
const PIECE_BYTES: usize = 16 * 1024;

/// An answer of status 2xx whose body is being read.
#[derive(Debug)]
pub struct Response {
    body: reqwest::Response,
    /// The rest of a chunk: a large one is decoded in pieces, so that no other task waits long.
    undecoded: Bytes,
    /// `None` where the body is not compressed.
    inflater: Option<Box<Inflater>>,
    /// `None` once nothing more is decoded.
    decoder: Option<Decoder>,
    skipped_lines: u32,
}

impl Response {
    /// Accepts an answer whose coding is read.
    pub(crate) fn accept(mut response: reqwest::Response, reading: &DecoderOptions) -> Result<Self, Failure> {
        let headers = response.headers();
        let inflater = Inflater::new(headers.get(CONTENT_ENCODING))?.map(Box::new);
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let decoder =
            Decoder::with_options(media_type, reading).close_delimited(is_close_delimited(&response));
        // Nothing reads them again; and each header is a slice of the buffer that the head was read into, 8 KiB that hyper
        // fills again without them.
        drop(mem::take(response.headers_mut()));
        drop(mem::take(response.extensions_mut()));
        Ok(Self {
            body: response,
            inflater,
            undecoded: Bytes::new(),
            decoder: Some(decoder),
            skipped_lines: 0,
        })
    }

    /// Reads the whole body as it is. The decoder only tells if the workflow reports an error, after which the body may
    /// never end.
    pub(crate) async fn whole(mut self) -> Result<Bytes, Failure> {
        let mut whole = BytesMut::new();
        let mut decoder = self.decoder.take();
        while let Some(bytes) = self.body.chunk().await.map_err(|_| Failure::Interrupted)? {
            let bytes = self.inflate(bytes)?;
            if whole.len() + bytes.len() > history::MAX_BYTES {
                return Err(Failure::TooLarge);
            }
            whole.extend_from_slice(&bytes);
            decoder.take_if(|decoder| decoder.push(&bytes, &mut Vec::new()).is_err());
            if decoder.as_ref().is_some_and(Decoder::has_failed) {
                return Err(Failure::Reported);
            }
        }
        if let Some(inflater) = &mut self.inflater {
            whole.extend_from_slice(&inflater.finish().map_err(|_| Failure::Interrupted)?);
        }
        Ok(whole.freeze())
    }

    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        pieces: &mut Vec<ReplyPart>,
    ) -> Poll<Result<Read, Failure>> {
        if self.undecoded.is_empty() {
            // A chunk is either taken or still there: the future can be made anew for every poll.
            let chunk = ready!(pin!(self.body.chunk()).poll(cx));
            match chunk {
                Ok(Some(bytes)) => self.undecoded = self.inflate(bytes)?,
                Ok(None) => return Poll::Ready(self.finish(pieces).map(Read::End)),
                Err(_) if self.has_failed() => return Poll::Ready(Err(Failure::Reported)),
                Err(_) => return Poll::Ready(Err(Failure::Interrupted)),
            }
        }
        Poll::Ready(self.decode(pieces).map(Read::Bytes))
    }

    /// Decodes a piece of the chunk, and returns its length.
    fn decode(&mut self, pieces: &mut Vec<ReplyPart>) -> Result<usize, Failure> {
        let piece = self.undecoded.split_to(self.undecoded.len().min(PIECE_BYTES));
        if let Some(decoder) = &mut self.decoder {
            decoder.push(&piece, pieces)?;
        }
        Ok(piece.len())
    }

    fn inflate(&mut self, bytes: Bytes) -> Result<Bytes, Failure> {
        match &mut self.inflater {
            None => Ok(bytes),
            Some(inflater) => Ok(inflater.push(&bytes)?.into()),
        }
    }

    fn finish(&mut self, pieces: &mut Vec<ReplyPart>) -> Result<End, Failure> {
        let Some(mut decoder) = self.decoder.take() else {
            return Ok(End::Complete);
        };
        if let Some(inflater) = &mut self.inflater {
            let rest = inflater.finish().map_err(|_| Failure::Interrupted)?;
            decoder.push(&rest, pieces)?;
        }
        self.skipped_lines = decoder.unknown_lines();
        Ok(decoder.finish(pieces)?)
    }

    pub(crate) fn discard(&mut self) {
        self.decoder = None;
    }

    pub(crate) fn held_bytes(&self) -> usize {
        self.decoder.as_ref().map_or(0, Decoder::held_bytes)
    }

    pub(crate) fn skipped_lines(&self) -> u32 {
        self.skipped_lines
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.decoder.as_ref().is_some_and(Decoder::has_failed)
    }
}

/// Tells if a body ends with its connection (RFC 9112 §6.3).
#[must_use]
pub fn is_close_delimited(response: &reqwest::Response) -> bool {
    let headers = response.headers();
    let is_framed = headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
    response.version() < Version::HTTP_2 && !is_framed
}

/// Drops an answer of another status than 2xx.
pub(super) async fn require_success(response: reqwest::Response) -> Result<reqwest::Response, Failure> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let wait = retry_after::read(status, response.headers(), SystemTime::now().into());
    drain(response).await;
    let status = status.as_u16();
    Err(wait.map_or(Failure::Status(status), |wait| Failure::RetryLater(status, wait)))
}

/// Drains a body without use, within bounds.
pub(crate) async fn drain(mut response: reqwest::Response) {
    let read = async {
        let mut left = DRAIN_BYTES;
        while let Ok(Some(bytes)) = response.chunk().await {
            let Some(less) = left.checked_sub(bytes.len()) else {
                return;
            };
            left = less;
        }
    };
    // A body that takes longer costs its connection, nothing else.
    let _ = timeout(DRAIN_TIMEOUT, read).await;
}
