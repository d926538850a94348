//! The client's address, as far as it can be believed.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use porthole_domain::address::{AddressGroup, Forwarding, client_address};

use crate::state::State;

const X_FORWARDED_FOR: HeaderName = header::X_FORWARDED_FOR;

/// The peer's address, or what trusted proxies say of it, as coarse as limits count it.
pub(crate) fn address(request: &HttpRequest, state: &State) -> AddressGroup {
    // Only sockets that are no TCP have no peer; they share one budget.
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let lines = |name: &HeaderName| values(request.headers(), name);
    let (forwarded, x_forwarded_for) = (lines(&header::FORWARDED), lines(&X_FORWARDED_FOR));
    let forwarding = Forwarding {
        forwarded: &forwarded,
        x_forwarded_for: &x_forwarded_for,
    };
    AddressGroup::from(client_address(
        peer,
        &state.config.process.listen.trusted_proxies,
        &forwarding,
    ))
}

fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<&'a [u8]> {
    headers.get_all(name).map(header::HeaderValue::as_bytes).collect()
}
