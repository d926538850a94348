//! The gate around every path: the size of a head, and its `Host` (RFC 9110 §7.2, RFC 9112 §3.2).
//!
//! Nothing is decided by the `Host`: our own origin is that of `PUBLIC_URL`, and only in development that of a loopback
//! `Host`. But a proxy before us may read a malformed name differently, so it is refused. actix itself has refused a
//! request with two of them, or with none where HTTP/1.1 demands one.

use actix_web::HttpMessage as _;
use actix_web::dev::{RequestHead, ServiceRequest};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::uri::Authority;
use porthole_protocol::{Code, path};

use super::body;
use crate::error::Refusal;

/// The most bytes of the names and values of a request's headers: enough for tokens and a parent domain's cookies.
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Checks a head; the body of a refused request is drained.
pub(crate) async fn check_host(request: &mut ServiceRequest) -> Result<(), Refusal> {
    if is_tunnel(request.head()) {
        // Dropped unread, it ends the connection after the answer: none of its bytes may be taken for the next request,
        // which would be request smuggling.
        drop(request.take_payload());
    }
    let Err(code) = check(request.head()) else { return Ok(()) };
    body::drain(request.take_payload()).await;
    Err(code.into())
}

/// Returns `true` where actix-http 3.20 takes all that follows on the connection for this request's body, because it
/// expects a tunnel. There are none here, and the body would have no end.
fn is_tunnel(head: &RequestHead) -> bool {
    let mut upgrades = head.headers.get_all(header::UPGRADE);
    let is_framed = head.headers.contains_key(header::TRANSFER_ENCODING);
    !is_framed
        && (head.method == Method::CONNECT
            || upgrades.any(|protocol| protocol.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket")))
}

fn check(head: &RequestHead) -> Result<(), Code> {
    let host = head.headers.get(header::HOST);
    if host.is_some_and(|host| !is_host(host.as_bytes())) {
        return Err(Code::MalformedRequest);
    }
    // The API's own gate refuses it with the headers that let a page of another origin read the refusal.
    if !head.uri.path().starts_with(path::API) && is_too_large(&head.headers) {
        return Err(Code::HeaderTooLarge);
    }
    Ok(())
}

/// Returns `true` where the headers take too many bytes.
pub(super) fn is_too_large(headers: &HeaderMap) -> bool {
    let lines = headers.iter();
    let bytes: usize = lines.map(|(name, value)| name.as_str().len() + value.len()).sum();
    bytes > MAX_HEADER_BYTES
}

/// Returns `true` for a name or an address, and perhaps a port.
pub(crate) fn is_host(value: &[u8]) -> bool {
    let Ok(authority) = Authority::try_from(value) else {
        return false;
    };
    let (text, name) = (authority.as_str(), authority.host());
    let behind = text.strip_prefix(name);
    // A comma may stand in a name, but here it means two headers that a proxy has joined.
    !name.is_empty() && !name.contains(',') && behind.is_some_and(is_port)
}

/// Returns `true` for nothing, or a colon and a port.
fn is_port(behind: &str) -> bool {
    let Some(digits) = behind.strip_prefix(':') else {
        return behind.is_empty();
    };
    digits.is_empty() || (digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
        for host in [
            "chat.example.com",
            "chat.example.com:443",
            "chat.example.com:",
            "localhost:8000",
            "127.0.0.1:1",
            "[::1]",
            "[2001:db8::1]:65535",
            "xn--bcher-kva.example",
            "under_score.example",
        ] {
            assert!(is_host(host.as_bytes()), "{host}");
        }
        for odd in [
            "",
            " ",
            ":80",
            "a b",
            "a:b",
            "a:80:80",
            "a:65536",
            "a:+1",
            "user@chat.example.com",
            "a/b",
            "a\\b",
            "a,b",
            "a?b",
            "a#b",
            "http://a",
            "[::1",
            "::1",
            "a\tb",
            "bücher.example",
        ] {
            assert!(!is_host(odd.as_bytes()), "{odd}");
        }
    }
}
