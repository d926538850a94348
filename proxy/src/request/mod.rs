//! The facts of a request that its head alone tells: read once, and carried along as a proof.
//!
//! This room knows settings and routes, and nothing of the other rooms.

mod client_address;
mod id;
mod own_origin;

use actix_web::dev::ServiceRequest;
use porthole_config::ListenConfig;
use porthole_domain::address::AddressGroup;
use porthole_domain::origin::Origin;

pub(crate) use id::RequestId;
pub(crate) use own_origin::is_own_host;
#[cfg(feature = "parsers")]
pub(crate) use own_origin::loopback_origin;

use crate::routes::{self, Route};

/// The facts of one request.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    pub(crate) id: RequestId,
    /// The client's address, as coarse as limits count it.
    pub(crate) client: AddressGroup,
    /// Our own origin, as the client addresses us; none in development under a name that is no loopback.
    pub(crate) own_origin: Option<Origin>,
    pub(crate) route: Option<&'static Route>,
    /// The name of the path in the log.
    pub(crate) log_name: &'static str,
}

impl RequestContext {
    pub(crate) fn read(request: &ServiceRequest, listen: &ListenConfig) -> Self {
        let route = Route::find(request.path());
        Self {
            id: RequestId::new(),
            client: client_address::read(request, &listen.trusted_proxies),
            own_origin: own_origin::read(request.headers(), listen),
            route,
            log_name: routes::log_name(route, request.path()),
        }
    }
}
