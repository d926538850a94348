//! Pages, read within limits.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, LOCATION, USER_AGENT};
use reqwest::{Client, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::request_error::RequestError;

/// Timeout of one page with all its redirects: longer than the client's timeout of a connection, which has its own finding.
const TIMEOUT: Duration = Duration::from_secs(7);

/// Bytes that are read of a page; a tag further down is not found.
const MAX_BYTES: usize = 1024 * 1024;

const MAX_REDIRECTS: u8 = 5;

/// Sent because some sites refuse programs that do not name themselves.
const USER_AGENT_NAME: &str = concat!("porthole-check/", env!("CARGO_PKG_VERSION"));

/// The handling of redirects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirects {
    Follow,
    Stop,
}

/// A page as it came.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// The address behind all redirects.
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// `true` where the body has no end: too large, too slow, or broken off.
    pub(crate) cut: bool,
}

impl Fetched {
    /// A header as text; `None` where it is missing or no text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The encoding of a body that came compressed, although only `identity` was asked for.
    pub(crate) fn encoding(&self) -> Option<&str> {
        self.header("content-encoding")
            .filter(|encoding| *encoding != "identity")
    }

    /// The address that a redirect names.
    fn redirect(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?.to_str().ok()?;
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
            .then(|| self.url.join(location).ok())
            .flatten()
    }
}

/// Reads a page; the client must not follow redirects by itself.
pub(crate) async fn fetch(client: &Client, url: &Url, redirects: Redirects) -> Result<Fetched, RequestError> {
    let deadline = Instant::now() + TIMEOUT;
    let mut url = url.clone();
    for _ in 0..=MAX_REDIRECTS {
        let fetched = fetch_one(client, &url, deadline).await?;
        match fetched.redirect() {
            Some(next) if redirects == Redirects::Follow => url = next,
            _ => return Ok(fetched),
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RequestError::Elsewhere);
        }
    }
    Err(RequestError::Redirects)
}

async fn fetch_one(client: &Client, url: &Url, deadline: Instant) -> Result<Fetched, RequestError> {
    let request = client
        .get(url.clone())
        .header(ACCEPT_ENCODING, "identity")
        .header(USER_AGENT, USER_AGENT_NAME);
    let sent = timeout_at(deadline, request.send()).await;
    let mut response = match sent.map_err(|_| RequestError::Silent)? {
        Ok(response) => response,
        Err(error) => return Err(RequestError::new(&error, url).probed(url).await),
    };
    let (body, cut) = body(&mut response, deadline).await;
    Ok(Fetched {
        url: url.clone(),
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        body,
        cut,
    })
}

/// Reads the body until its end, the limit, the deadline or a fault; `true` where it was cut.
async fn body(response: &mut Response, deadline: Instant) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let bytes = match timeout_at(deadline, response.chunk()).await {
            Ok(Ok(Some(bytes))) => bytes,
            Ok(Ok(None)) => return (body, false),
            Ok(Err(_)) | Err(_) => return (body, true),
        };
        let room = MAX_BYTES - body.len();
        if bytes.len() > room {
            body.extend_from_slice(&bytes[..room]);
            return (body, true);
        }
        body.extend_from_slice(&bytes);
    }
}
