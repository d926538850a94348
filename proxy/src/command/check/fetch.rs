//! Reads pages, within limits.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, LOCATION, USER_AGENT};
use reqwest::{Client, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::trouble::Trouble;

/// For one page with all its redirects: more than the client waits for a connection, which is named otherwise.
const TIME: Duration = Duration::from_secs(7);

/// What is read of a page; a tag further down is not found.
const MAX_BYTES: usize = 1024 * 1024;

const MAX_REDIRECTS: u8 = 5;

/// Some sites refuse programs that do not say who they are.
const NAME: &str = concat!("porthole-check/", env!("CARGO_PKG_VERSION"));

/// Whether redirects are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Redirects {
    Follow,
    Stop,
}

/// A page as it came.
#[derive(Debug)]
pub(super) struct Fetched {
    /// Where it stood in the end.
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Whether it came to no end: too large, too slow, or broken off.
    pub(super) cut: bool,
}

impl Fetched {
    /// A header as text; `None` where it is missing or none.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where a redirect leads.
    fn next(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?.to_str().ok()?;
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
            .then(|| self.url.join(location).ok())
            .flatten()
    }
}

/// Reads a page with a client that follows nothing by itself.
pub(super) async fn get(client: &Client, url: &Url, redirects: Redirects) -> Result<Fetched, Trouble> {
    let deadline = Instant::now() + TIME;
    let mut url = url.clone();
    for _ in 0..=MAX_REDIRECTS {
        let fetched = get_one(client, &url, deadline).await?;
        match fetched.next() {
            Some(next) if redirects == Redirects::Follow => url = next,
            _ => return Ok(fetched),
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Trouble::Elsewhere);
        }
    }
    Err(Trouble::Redirects)
}

async fn get_one(client: &Client, url: &Url, deadline: Instant) -> Result<Fetched, Trouble> {
    let request = client
        .get(url.clone())
        .header(ACCEPT_ENCODING, "identity")
        .header(USER_AGENT, NAME);
    let sent = timeout_at(deadline, request.send()).await;
    let mut response = match sent.map_err(|_| Trouble::Silent)? {
        Ok(response) => response,
        Err(error) => return Err(Trouble::of(&error, url).looked_into(url).await),
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

/// What came of the body until its end, the limit, the deadline or a fault.
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
