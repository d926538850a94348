//! One request to the webhook, and its answer as it came: bytes with their times.

use std::time::{Duration, SystemTime};

use porthole_domain::clock::UnixTime;
use porthole_domain::reply::Decoder;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderName, LOCATION};
use reqwest::{RequestBuilder, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::trouble::Trouble;

/// More than a whole reply may have.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// From the workflow's own error to the end, which n8n sometimes never sends.
const AFTER_ERROR: Duration = Duration::from_secs(2);

/// How the body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Whole,
    /// The connection broke.
    Broken,
    /// Nothing more came in time.
    TimedOut,
    /// It was larger than anything that a visitor gets.
    TooLarge,
}

/// Bytes that arrived together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Since the request was sent.
    pub(super) at: Duration,
    pub(super) bytes: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) media_type: Option<String>,
    pub(super) encoding: Option<String>,
    pub(super) location: Option<String>,
    pub(super) date: Option<String>,
    /// Our own clock when the head had come.
    pub(super) now: UnixTime,
    pub(super) chunks: Vec<Chunk>,
    pub(super) ended: Ended,
}

impl Seen {
    /// The body's beginning as text, to recognise what is known.
    pub(super) fn beginning(&self) -> String {
        let bytes: Vec<u8> = self
            .chunks
            .iter()
            .flat_map(|chunk| &chunk.bytes)
            .copied()
            .take(4096)
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn ended(self, ended: Ended) -> Self {
        Self { ended, ..self }
    }
}

/// Sends a request to `url` and reads the answer until its end, or until the time is up.
pub(super) async fn exchange(request: RequestBuilder, url: &Url, limit: Duration) -> Result<Seen, Trouble> {
    let sent = Instant::now();
    let mut deadline = sent + limit;
    let answered = timeout_at(deadline, request.send()).await;
    let mut response = match answered.map_err(|_| Trouble::Silent)? {
        Ok(response) => response,
        Err(error) => return Err(Trouble::of(&error, url).looked_into(url).await),
    };
    let mut seen = head(&response);
    let mut decoder = Some(Decoder::new(seen.media_type.as_deref()));
    let mut size = 0;
    loop {
        let bytes = match timeout_at(deadline, response.chunk()).await {
            Ok(Ok(Some(bytes))) => bytes,
            Ok(Ok(None)) => return Ok(seen),
            Ok(Err(_)) => return Ok(seen.ended(Ended::Broken)),
            Err(_) => return Ok(seen.ended(Ended::TimedOut)),
        };
        size += bytes.len();
        if size > MAX_BYTES {
            return Ok(seen.ended(Ended::TooLarge));
        }
        // Whatever is wrong with the body is judged when it is whole; here only its early end matters.
        decoder =
            decoder.and_then(|mut decoder| decoder.push(&bytes, &mut Vec::new()).is_ok().then_some(decoder));
        if decoder.take_if(|decoder| decoder.has_failed()).is_some() {
            deadline = deadline.min(Instant::now() + AFTER_ERROR);
        }
        seen.chunks.push(Chunk {
            at: sent.elapsed(),
            bytes: bytes.into(),
        });
    }
}

fn head(response: &Response) -> Seen {
    let text = |name: HeaderName| {
        let value = response.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Seen {
        status: response.status().as_u16(),
        media_type: text(CONTENT_TYPE),
        encoding: text(CONTENT_ENCODING),
        location: text(LOCATION),
        date: text(DATE),
        now: UnixTime::from(SystemTime::now()),
        chunks: Vec::new(),
        ended: Ended::Whole,
    }
}
