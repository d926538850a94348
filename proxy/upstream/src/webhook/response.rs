//! The answer of a webhook.

use std::pin::pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use porthole_domain::history;
use porthole_domain::reply::{Decoder, DecoderOptions, ReplyPart};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use tokio::time::timeout;

use crate::{Failure, Read};

/// The bytes that are drained of a body without use, so that its keep-alive connection can be used again.
const DRAIN_BYTES: usize = 64 * 1024;

/// The timeout of that: a refusal reaches the visitor without delay.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(250);

/// An answer of status 2xx whose body is being read.
#[derive(Debug)]
pub struct Response {
    body: reqwest::Response,
    /// `None` once nothing more is decoded.
    decoder: Option<Decoder>,
    skipped_lines: u32,
}

impl Response {
    /// Accepts an answer that is not encoded.
    pub(crate) fn accept(response: reqwest::Response, reading: &DecoderOptions) -> Result<Self, Failure> {
        let headers = response.headers();
        let encoding = headers.get(CONTENT_ENCODING);
        if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(Failure::Encoded);
        }
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let decoder = Decoder::with_options(media_type, reading);
        Ok(Self { body: response, decoder: Some(decoder), skipped_lines: 0 })
    }

    /// Reads the whole body as it is. The decoder only tells if the workflow reports an error, after which the body may
    /// never end.
    pub(crate) async fn whole(mut self) -> Result<Bytes, Failure> {
        let mut whole = BytesMut::new();
        let mut decoder = self.decoder;
        while let Some(bytes) = self.body.chunk().await.map_err(|_| Failure::Interrupted)? {
            if whole.len() + bytes.len() > history::MAX_BYTES {
                return Err(Failure::TooLarge);
            }
            whole.extend_from_slice(&bytes);
            decoder.take_if(|decoder| decoder.push(&bytes, &mut Vec::new()).is_err());
            if decoder.as_ref().is_some_and(Decoder::has_failed) {
                return Err(Failure::Reported);
            }
        }
        Ok(whole.freeze())
    }

    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        pieces: &mut Vec<ReplyPart>,
    ) -> Poll<Result<Read, Failure>> {
        // A chunk is either taken or still there: the future can be made anew for every poll.
        let chunk = ready!(pin!(self.body.chunk()).poll(cx));
        Poll::Ready(match chunk {
            Ok(Some(bytes)) => match self.decoder.as_mut().map(|decoder| decoder.push(&bytes, pieces)) {
                None | Some(Ok(())) => Ok(Read::Bytes(bytes.len())),
                Some(Err(error)) => Err(error.into()),
            },
            Ok(None) => self.finish(pieces).map(|()| Read::End),
            Err(_) if self.has_failed() => Err(Failure::Reported),
            Err(_) => Err(Failure::Interrupted),
        })
    }

    fn finish(&mut self, pieces: &mut Vec<ReplyPart>) -> Result<(), Failure> {
        let Some(decoder) = self.decoder.take() else {
            return Ok(());
        };
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

/// Drops an answer of another status than 2xx.
pub(super) async fn require_success(response: reqwest::Response) -> Result<reqwest::Response, Failure> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    drain(response).await;
    Err(Failure::Status(status.as_u16()))
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
