//! One request to the webhook, and its answer as it came: bytes with their times.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use porthole_domain::clock::UnixTime;
use porthole_domain::reply::Decoder;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderName, LOCATION, WWW_AUTHENTICATE};
use reqwest::{RequestBuilder, Response};
use tokio::task::yield_now;
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
    /// How a caller is to prove itself, with some also why its proof was refused.
    pub(super) challenge: Option<String>,
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
    let whole = sent + limit;
    let mut deadline = whole;
    let answered = timeout_at(deadline, request.send()).await;
    let mut response = match answered.map_err(|_| Trouble::Silent)? {
        Ok(response) => response,
        Err(error) => return Err(Trouble::of(&error, url).looked_into(url).await),
    };
    let mut seen = head(&response);
    let mut decoder = Some(Decoder::new(seen.media_type.as_deref()));
    let (mut size, mut failed) = (0, None);
    loop {
        // A flood always has something at hand.
        if Instant::now() >= deadline {
            return Ok(seen.ended(Ended::TimedOut));
        }
        let (read, is_later) = match at_hand(&mut response).await {
            Some(read) => (Ok(read), false),
            None => (timeout_at(deadline, response.chunk()).await, true),
        };
        let bytes = match read {
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
        let has_failed = decoder.as_ref().is_some_and(Decoder::has_failed);
        failed = has_failed.then(|| failed.unwrap_or_else(Instant::now));
        deadline = failed.map_or(whole, |at| whole.min(at + AFTER_ERROR));
        match seen.chunks.last_mut() {
            Some(chunk) if !is_later => chunk.bytes.extend(bytes),
            _ => seen.chunks.push(Chunk {
                at: sent.elapsed(),
                bytes: bytes.into(),
            }),
        }
    }
}

/// What is there as soon as hyper had its turn. hyper hands over one chunk at a time, and on a busy machine turns are
/// far apart: by the clock alone, what came at once would seem to have come bit by bit.
async fn at_hand(response: &mut Response) -> Option<reqwest::Result<Option<Bytes>>> {
    tokio::select! {
        biased;
        read = response.chunk() => Some(read),
        () = yield_now() => None,
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
        challenge: text(WWW_AUTHENTICATE),
        now: UnixTime::from(SystemTime::now()),
        chunks: Vec::new(),
        ended: Ended::Whole,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;
    use crate::upstream::Webhook;

    /// A body of so many chunks, which are written at once.
    fn answer(chunks: usize) -> String {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{}0\r\n\r\n", "5\r\nhello\r\n".repeat(chunks))
    }

    #[tokio::test]
    async fn what_was_written_at_once_arrived_together_however_many_turns_it_takes() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _head = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(answer(100).as_bytes()).unwrap();
        });
        let request = Webhook::client().unwrap().get(url.clone());
        let seen = exchange(request, &url, Duration::from_mins(1)).await.unwrap();
        server.join().unwrap();
        let [chunk] = seen.chunks.as_slice() else {
            panic!("{seen:?}")
        };
        assert_eq!((chunk.bytes.len(), seen.ended), (500, Ended::Whole));
    }

    #[tokio::test]
    async fn a_flood_of_crumbs_ends_when_the_time_is_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        // It ends when the runtime hangs up, so nobody can wait for it here.
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _head = stream.read(&mut [0; 4096]).unwrap();
            let crumbs = "1\r\na\r\n".repeat(10_000);
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            let mut written = stream.write_all(head.as_bytes());
            while written.is_ok() {
                written = stream.write_all(crumbs.as_bytes());
            }
        });
        let request = Webhook::client().unwrap().get(url.clone());
        let seen = exchange(request, &url, Duration::from_millis(50)).await.unwrap();
        assert_eq!(seen.ended, Ended::TimedOut);
    }
}
