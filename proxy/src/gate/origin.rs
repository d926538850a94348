//! The origin of a call: the proxy's own document, a listed page, or none that the caller names (contract §7, "Origin").

use actix_web::dev::RequestHead;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use porthole_chat::Caller;
use porthole_domain::origin::Origin;
use porthole_protocol::Code;

use crate::error::Refusal;
use crate::state::State;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Identifies the caller by its `Origin`, which is compared byte for byte and never normalised.
///
/// The site is not known yet: a page on any site's list may read why it is refused. Its own site's list is asked where
/// the session is created, and with every token.
pub(super) fn identify(head: &RequestHead, own: Option<Origin>, state: &State) -> Result<Caller, Refusal> {
    let mut origins = head.headers.get_all(header::ORIGIN);
    match (origins.next(), origins.next()) {
        (None, _) => unnamed(head, own),
        (Some(_), Some(_)) => Err(Code::OriginNotAllowed.into()),
        (Some(named), None) => {
            if let Some(own) = own.filter(|own| own.as_str().as_bytes() == named.as_bytes()) {
                return Ok(Caller::Own(own));
            }
            let listed = state.chat.sites.listed(named.as_bytes());
            listed.map(Caller::Listed).ok_or_else(|| Refusal::origin_not_allowed(state.process.stage))
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
