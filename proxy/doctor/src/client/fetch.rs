//! Pages, with their redirects.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{ACCEPT_ENCODING, LOCATION, USER_AGENT};
use tokio::time::Instant;
use url::Url;

use super::exchange::{TimedResponse, exchange};
use super::request_error::RequestError;

/// Timeout of one page with all its redirects: longer than the client's timeout of a connection, which has a finding
/// of its own.
const TIMEOUT: Duration = Duration::from_secs(7);

const MAX_REDIRECTS: u8 = 5;

/// Sent because some sites refuse programs that do not name themselves.
const USER_AGENT_NAME: &str = concat!("porthole-check/", env!("CARGO_PKG_VERSION"));

/// The handling of redirects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirects {
    Follow,
    Stop,
}

/// Reads a page; the client must not follow redirects by itself.
pub(crate) async fn fetch(
    client: &Client,
    url: &Url,
    redirects: Redirects,
) -> Result<TimedResponse, RequestError> {
    let deadline = Instant::now() + TIMEOUT;
    let mut url = url.clone();
    for _ in 0..=MAX_REDIRECTS {
        let request =
            client.get(url.clone()).header(ACCEPT_ENCODING, "identity").header(USER_AGENT, USER_AGENT_NAME);
        let response = exchange(request, &url, deadline - Instant::now()).await?;
        match redirect(&response) {
            Some(next) if redirects == Redirects::Follow => url = next,
            _ => return Ok(response),
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RequestError::Elsewhere);
        }
    }
    Err(RequestError::Redirects)
}

/// Returns the address that a redirect names.
fn redirect(response: &TimedResponse) -> Option<Url> {
    let is_redirect = matches!(response.status, 301 | 302 | 303 | 307 | 308);
    let location = response.header(LOCATION).filter(|_| is_redirect)?;
    response.url.join(location).ok()
}
