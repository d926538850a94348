//! A request that is sent until it connects, and the head of its answer.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use porthole_telemetry::event;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder};
use tokio::time::sleep;
use url::Url;
use uuid::Uuid;

use super::response::require_success;
use crate::Failure;

/// The back-off before the second and the third try to connect, each with a jitter of half.
pub(crate) const BACK_OFF: &[Duration] = &[Duration::from_millis(100), Duration::from_millis(300)];

/// hyper's words for a head with more than 100 headers, or very large ones.
pub const HEAD_TOO_LARGE: &str = "message head is too large";

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Begins a request with a JSON body, part of the trace of the visitor's request.
pub(crate) fn post(client: &Client, url: Url, request_id: Uuid, body: Bytes) -> RequestBuilder {
    client
        .post(url)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
        .header(TRACEPARENT, traceparent(request_id))
        .body(body)
}

/// Sends a request and waits for the head of an answer of 2xx.
///
/// A try that could not connect is repeated after each of these waits: then surely nothing was delivered. Each try has
/// a request of its own, because a token in it lives 30 seconds.
pub(crate) async fn send(
    build: impl Fn() -> Result<RequestBuilder, Failure>,
    request_id: Uuid,
    back_off: &[Duration],
) -> Result<reqwest::Response, Failure> {
    let mut back_off = back_off.iter();
    loop {
        let error = match build()?.send().await {
            Ok(response) => return require_success(response).await,
            Err(error) => error,
        };
        let (is_connect, cause) = (error.is_connect(), root(&error));
        event!(DEBUG, request_id = %request_id.simple(), is_connect, cause, "upstream.send_failed");
        if !is_connect {
            let is_large = cause == HEAD_TOO_LARGE;
            return Err(if is_large { Failure::HeadTooLarge } else { Failure::Interrupted });
        }
        let wait = back_off.next().ok_or(Failure::Unreachable)?;
        sleep(with_jitter(*wait)).await;
    }
}

/// Writes the W3C trace context: the trace is the request's id, the span its lower half.
fn traceparent(request_id: Uuid) -> String {
    let (_, span) = request_id.as_u64_pair();
    format!("00-{}-{span:016x}-01", request_id.as_simple())
}

/// Returns the innermost cause, which names no address.
fn root(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Spreads the tries of many messages that failed together: a jitter of half more or less.
fn with_jitter(wait: Duration) -> Duration {
    let (_, random) = Uuid::new_v4().as_u64_pair();
    let per_mille = 500 + u32::try_from(random % 1001).unwrap_or(500);
    wait * per_mille / 1000
}
