//! One request, and its answer as it came: bytes with their times.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use porthole_domain::clock::UnixTime;
use porthole_domain::reply::Decoder;
use porthole_upstream::http::is_close_delimited;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName};
use reqwest::{RequestBuilder, Response};
use tokio::task::yield_now;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::request_error::RequestError;

/// Bytes of a body: more than a whole reply may have.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Time from the workflow's own error to the end, which n8n sometimes never sends.
const AFTER_ERROR: Duration = Duration::from_secs(2);

/// The end of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    Whole,
    /// The connection broke.
    Broken,
    /// Nothing more came in time.
    TimedOut,
    /// It was larger than any reply that a visitor gets.
    TooLarge,
}

/// Bytes that arrived together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Time since the request was sent.
    pub(crate) at: Duration,
    pub(crate) bytes: Vec<u8>,
}

/// An answer, its body in chunks with their times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimedResponse {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// This machine's clock when the head had come.
    pub(crate) now: UnixTime,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) end: BodyEnd,
    /// `true` where the end may be a cut: the body ends with its connection.
    pub(crate) is_close_delimited: bool,
}

impl TimedResponse {
    /// Returns a header as text; `None` where it is missing or no text.
    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns `Content-Type`, empty where it is missing.
    pub(crate) fn media_type(&self) -> &str {
        self.header(CONTENT_TYPE).unwrap_or_default()
    }

    /// Returns the encoding of a body that came compressed, although only `identity` was asked for.
    pub(crate) fn encoding(&self) -> Option<&str> {
        let is_coding = |encoding: &&str| !matches!(encoding.trim(), "" | "none" | "identity" | "Identity");
        self.header(CONTENT_ENCODING).filter(is_coding)
    }

    /// Returns the body to the byte.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.chunks.iter().flat_map(|chunk| &chunk.bytes).copied().collect()
    }

    /// Returns the body as text.
    pub(crate) fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// Returns the body's beginning as text, in which known words are searched.
    pub(crate) fn beginning(&self) -> String {
        let bytes = self.bytes();
        String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).into_owned()
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Sends a request to `url` and reads the answer until its end, or until the time is up.
pub(crate) async fn exchange(
    request: RequestBuilder,
    url: &Url,
    limit: Duration,
) -> Result<TimedResponse, RequestError> {
    let sent = Instant::now();
    let answered = timeout(limit, request.send()).await;
    let mut response = match answered.map_err(|_| RequestError::Silent)? {
        Ok(response) => response,
        Err(error) => return Err(RequestError::new(&error, url).probed(url).await),
    };
    let now = UnixTime::from(SystemTime::now());
    let is_close_delimited = is_close_delimited(&response);
    let mut body = BodyReader::new(&response, sent, limit);
    let end = body.read(&mut response).await;
    Ok(TimedResponse {
        url: url.clone(),
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        now,
        chunks: body.chunks,
        end,
        is_close_delimited,
    })
}

/// The body of an answer as far as it was read.
struct BodyReader {
    sent: Instant,
    limit: Duration,
    /// Watches for the workflow's own error; `None` once it cannot decode the body.
    decoder: Option<Decoder>,
    /// The time of that error.
    failed: Option<Instant>,
    size: usize,
    chunks: Vec<Chunk>,
}

impl BodyReader {
    fn new(response: &Response, sent: Instant, limit: Duration) -> Self {
        let media_type = response.headers().get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        Self {
            sent,
            limit,
            decoder: Some(Decoder::new(media_type)),
            failed: None,
            size: 0,
            chunks: Vec::new(),
        }
    }

    async fn read(&mut self, response: &mut Response) -> BodyEnd {
        // A flood always has something at hand: the deadline is asked before each read.
        while Instant::now() < self.deadline() {
            let (read, is_together) = match at_hand(response).await {
                Some(read) => (read, true),
                None => match timeout_at(self.deadline(), response.chunk()).await {
                    Ok(read) => (read, false),
                    Err(_) => return BodyEnd::TimedOut,
                },
            };
            match read {
                Ok(Some(bytes)) if self.size + bytes.len() > MAX_BYTES => return BodyEnd::TooLarge,
                Ok(Some(bytes)) => self.push(&bytes, is_together),
                Ok(None) => return BodyEnd::Whole,
                Err(_) => return BodyEnd::Broken,
            }
        }
        BodyEnd::TimedOut
    }

    fn push(&mut self, bytes: &Bytes, is_together: bool) {
        self.size += bytes.len();
        match self.chunks.last_mut() {
            Some(chunk) if is_together => chunk.bytes.extend(bytes),
            _ => self.chunks.push(Chunk { at: self.sent.elapsed(), bytes: bytes.to_vec() }),
        }
        // A body that cannot be decoded is judged when it is whole; here only its early end matters.
        self.decoder.take_if(|decoder| decoder.push(bytes, &mut Vec::new()).is_err());
        // A workflow that goes on after an error has not failed any more.
        let has_failed = self.decoder.as_ref().is_some_and(Decoder::has_failed);
        self.failed = has_failed.then(|| self.failed.unwrap_or_else(Instant::now));
    }

    fn deadline(&self) -> Instant {
        let limit = self.sent + self.limit;
        self.failed.map_or(limit, |at| limit.min(at + AFTER_ERROR))
    }
}

/// Returns what is there as soon as hyper had its turn. hyper hands over one chunk at a time, and on a busy machine
/// turns are far apart: by the clock alone, chunks that came at once would seem to have come one by one.
async fn at_hand(response: &mut Response) -> Option<reqwest::Result<Option<Bytes>>> {
    tokio::select! {
        biased;
        read = response.chunk() => Some(read),
        () = yield_now() => None,
    }
}

#[cfg(test)]
impl TimedResponse {
    /// Returns an answer of a test, whose body came at once.
    pub(crate) fn whole(url: &str, status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let chunk = Chunk { at: Duration::from_millis(200), bytes: body.into() };
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Self {
            url: Url::parse(url).unwrap(),
            status,
            headers: headers.collect(),
            now: UnixTime(0),
            chunks: if body.is_empty() { Vec::new() } else { vec![chunk] },
            end: BodyEnd::Whole,
            is_close_delimited: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use porthole_upstream::{NO_AUTHORITIES, client};

    use super::*;

    /// Returns a body of so many chunks, which are written at once.
    fn answer(chunks: usize) -> String {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{}0\r\n\r\n", "5\r\nhello\r\n".repeat(chunks))
    }

    #[tokio::test]
    async fn chunks_that_were_written_at_once_arrived_together_however_many_turns_it_takes() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _head = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(answer(100).as_bytes()).unwrap();
        });
        let request = client(NO_AUTHORITIES).unwrap().get(url.clone());
        let response = exchange(request, &url, Duration::from_mins(1)).await.unwrap();
        server.join().unwrap();
        let [chunk] = response.chunks.as_slice() else { panic!("{response:?}") };
        assert_eq!((chunk.bytes.len(), response.end), (500, BodyEnd::Whole));
    }

    #[tokio::test]
    async fn a_flood_of_tiny_chunks_ends_when_the_time_is_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        // It ends when the runtime closes the connection, after this test: joining it here would never return.
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _head = stream.read(&mut [0; 4096]).unwrap();
            let chunks = "1\r\na\r\n".repeat(10_000);
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            let mut written = stream.write_all(head.as_bytes());
            while written.is_ok() {
                written = stream.write_all(chunks.as_bytes());
            }
        });
        let request = client(NO_AUTHORITIES).unwrap().get(url.clone());
        let response = exchange(request, &url, Duration::from_millis(50)).await.unwrap();
        assert_eq!(response.end, BodyEnd::TimedOut);
    }
}
