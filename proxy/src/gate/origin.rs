//! Who calls: our own document, a listed page, or nobody that says so (DESIGN §3.1).

use actix_web::dev::RequestHead;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use porthole_domain::origin::Origin;
use porthole_protocol::Code;

use crate::error::Refusal;
use crate::state::State;
use porthole_config::Stage;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where a permitted call comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A document of our own origin.
    Own(Origin),
    /// A page on the list, across origins.
    Listed(Origin),
    /// A GET without `Origin`, as browsers send it within an origin; holds our own.
    Unnamed(Option<Origin>),
}

impl Caller {
    /// Finds out who calls; the header is compared byte for byte and never normalised.
    pub(super) fn of(head: &RequestHead, state: &State) -> Result<Self, Refusal> {
        let own = own_origin(head, state);
        let mut origins = head.headers.get_all(header::ORIGIN);
        match (origins.next(), origins.next()) {
            (None, _) => unnamed(head, own),
            (Some(_), Some(_)) => Err(Code::OriginNotAllowed.into()),
            (Some(named), None) => {
                if let Some(own) = own.filter(|own| own.as_str().as_bytes() == named.as_bytes()) {
                    return Ok(Self::Own(own));
                }
                let listed = state.config.site.origins.permits(named.as_bytes());
                listed.map(Self::Listed).ok_or_else(|| not_allowed(state))
            }
        }
    }
}

fn unnamed(head: &RequestHead, own: Option<Origin>) -> Result<Caller, Refusal> {
    if head.method != Method::GET {
        return Err(Code::OriginRequired.into());
    }
    let mut sites = head.headers.get_all(SEC_FETCH_SITE);
    match (sites.next().map(header::HeaderValue::as_bytes), sites.next()) {
        (None | Some(b"same-origin" | b"none"), None) => Ok(Caller::Unnamed(own)),
        _ => Err(Code::OriginNotAllowed.into()),
    }
}

/// The refusal of a page that is not on the list; a developer reads which setting to change.
pub(crate) fn not_allowed(state: &State) -> Refusal {
    let refusal = Refusal::new(Code::OriginNotAllowed);
    match state.config.process.stage {
        Stage::Production => refusal,
        Stage::Development => {
            refusal.because("The chat is not set up for this address. Add its origin to ALLOWED_ORIGINS.")
        }
    }
}

/// Our own origin: `PUBLIC_URL`'s, or in development that of a loopback `Host`.
pub(crate) fn own_origin(head: &RequestHead, state: &State) -> Option<Origin> {
    state
        .config
        .process
        .listen
        .public_origin
        .clone()
        .or_else(|| loopback_origin(&head.headers))
}

/// Only reached in development: production does not start without `PUBLIC_URL`.
pub(crate) fn loopback_origin(headers: &HeaderMap) -> Option<Origin> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let loopback = matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost");
    loopback
        .then(|| Origin::normalise(&format!("http://{host}")).ok())
        .flatten()
}
