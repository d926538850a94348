//! The origin of a call: our own document, a listed page, or none that the caller names (contract §7).

use actix_web::dev::RequestHead;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use porthole_domain::origin::Origin;
use porthole_protocol::Code;

use crate::error::Refusal;
use crate::state::State;
use porthole_config::Stage;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origin of a permitted call.
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
    /// Identifies the caller by its `Origin`, which is compared byte for byte and never normalised.
    pub(super) fn identify(head: &RequestHead, own: Option<Origin>, state: &State) -> Result<Self, Refusal> {
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

/// Returns the refusal of a page that is not on the list; in development it names the setting.
pub(crate) fn not_allowed(state: &State) -> Refusal {
    let refusal = Refusal::new(Code::OriginNotAllowed);
    match state.config.process.stage {
        Stage::Production => refusal,
        Stage::Development => {
            refusal.because("The chat is not set up for this address. Add its origin to ALLOWED_ORIGINS.")
        }
    }
}
