//! The client's address, as far as the proxies on the way are trusted.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use porthole_domain::address::{AddressGroup, Forwarding, TrustedProxies, client_address};

/// Reads the peer's address, or what trusted proxies say of it, as coarse as limits count it.
pub(super) fn read(request: &ServiceRequest, trusted: &TrustedProxies) -> AddressGroup {
    // Only sockets that are no TCP have no peer; they share one budget.
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let lines = |name: HeaderName| -> Vec<&[u8]> {
        let values = request.headers().get_all(name);
        values.map(HeaderValue::as_bytes).collect()
    };
    let (forwarded, x_forwarded_for) = (lines(header::FORWARDED), lines(header::X_FORWARDED_FOR));
    let forwarding = Forwarding { forwarded: &forwarded, x_forwarded_for: &x_forwarded_for };
    AddressGroup::from(client_address(peer, trusted, &forwarding))
}
