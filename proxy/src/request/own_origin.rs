//! Our own origin, as a client addresses us.

use actix_web::http::header::{self, HeaderMap};
use porthole_config::ListenConfig;
use porthole_domain::origin::Origin;

/// Returns the origin of `PUBLIC_URL`, or in development that of a loopback `Host`.
pub(super) fn read(headers: &HeaderMap, listen: &ListenConfig) -> Option<Origin> {
    let public = listen.public_origin.clone();
    // Reached in development only: production does not start without `PUBLIC_URL`.
    public.or_else(|| loopback_origin(headers))
}

/// Returns `true` for a `Host` that is the name in `PUBLIC_URL` or a loopback one. A page whose own name leads to us (DNS
/// rebinding) has another.
pub(crate) fn is_own_host(headers: &HeaderMap, listen: &ListenConfig) -> bool {
    let host = headers.get(header::HOST).map_or(&b""[..], header::HeaderValue::as_bytes);
    let public = listen.public_origin.as_ref().and_then(|origin| origin.as_str().split_once("://"));
    public.is_some_and(|(_, name)| name.as_bytes() == host) || loopback_origin(headers).is_some()
}

/// Returns the origin of a `Host` that is a loopback name or address.
pub(crate) fn loopback_origin(headers: &HeaderMap) -> Option<Origin> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let is_loopback = matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost");
    is_loopback.then(|| Origin::normalise(&format!("http://{host}")).ok()).flatten()
}
