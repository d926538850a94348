//! The chat document's two addresses, in an iframe and as a page of its own, and its ticket (contract §10).

use std::collections::BTreeSet;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, ReqData};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use porthole_chat::Site;
use porthole_chat::create::mint_ticket;
use porthole_domain::origin::Origin;
use porthole_domain::session::BindingPolicy;
use porthole_protocol::Code;
use porthole_protocol::boot::Boot;

use super::document::{chat_document, error_page};
use crate::error::Refusal;
use crate::gate;
use crate::request::RequestContext;
use crate::state::State;

const SEC_FETCH_DEST: &str = "sec-fetch-dest";
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// `GET /frame?site=…&origin=…`: the document for an iframe, or its boot JSON again for the frame itself.
pub(crate) async fn frame(
    state: Data<State>,
    request: HttpRequest,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, Refusal> {
    let base_path = state.process.listen.base_path.as_str();
    if let Err(refusal) = gate::count_call(|| request.extensions_mut(), &context, &state).await {
        return refuse(refusal, &request, base_path);
    }
    let query = FrameQuery::parse(request.query_string());
    let site = state.chat.sites.named(query.site.as_deref());
    let own = context.own_origin.as_ref();
    let Some((origin, own)) = permitted(query.origin.as_deref(), own, site.as_deref(), &state) else {
        return Ok(error_page(Refusal::origin_not_allowed(state.process.stage), base_path));
    };
    let site = site.ok_or_else(unknown_site)?;
    let boot = boot(&site, &origin, own, &state);
    if wants_json(&request) {
        return boot_json(&request, &boot);
    }
    if !values(&request, SEC_FETCH_DEST).all(|dest| dest == "iframe") {
        return Err(Refusal::new(Code::OriginNotAllowed).with_detail("This document belongs into an iframe."));
    }
    chat_document(&boot, &boot.origin, &request, &state).await
}

/// `GET /chat` and `/chat/{site}`: the document as a page of its own; with the query `embed`, one that the site's pages
/// may frame, for sites that take no scripts.
pub(crate) async fn hosted_page(
    state: Data<State>,
    request: HttpRequest,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, Refusal> {
    let base_path = state.process.listen.base_path.as_str();
    if let Err(refusal) = gate::count_call(|| request.extensions_mut(), &context, &state).await {
        return refuse(refusal, &request, base_path);
    }
    let site = state.chat.sites.named(request.match_info().get("site"));
    // Without the named site, the default one tells if there are hosted pages at all.
    let shown_by = site.clone().or_else(|| state.chat.sites.named(None));
    if !shown_by.is_some_and(|site| site.config.hosted_page) {
        return Err(Code::NotFound.into());
    }
    let own = context.own_origin.as_ref().ok_or(Code::OriginNotAllowed)?;
    let site = site.ok_or_else(unknown_site)?;
    let boot = Boot { full_page: true, ..boot(&site, own, own, &state) };
    if wants_json(&request) {
        return boot_json(&request, &boot);
    }
    if !url::form_urlencoded::parse(request.query_string().as_bytes()).any(|(name, _)| name == "embed") {
        return chat_document(&boot, "'none'", &request, &state).await;
    }
    let mut response = chat_document(&boot, &ancestors(&site, &request), &request, &state).await?;
    // A page that is isolated (`require-corp`) frames only what says so.
    let headers = response.headers_mut();
    headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    headers.append(header::VARY, HeaderValue::from_static("Referer"));
    Ok(response)
}

/// Returns the pages that may frame a site's chat: its own, those that the list can say as sources, and the one that the
/// browser names, if it is listed.
fn ancestors(site: &Site, request: &HttpRequest) -> String {
    let origins = &site.config.origins;
    let referrer = request.headers().get(header::REFERER).and_then(|referrer| referrer.to_str().ok());
    let referrer =
        referrer.and_then(|referrer| url::Url::parse(referrer).ok()?.origin().ascii_serialization().into());
    let referrer = referrer.and_then(|origin: String| origins.permits(origin.as_bytes()));
    let mut sources: BTreeSet<String> = origins.frame_ancestors().collect();
    sources.extend(referrer.map(|origin| origin.to_string()));
    sources.insert("'self'".to_owned());
    sources.into_iter().collect::<Vec<_>>().join(" ")
}

fn unknown_site() -> Refusal {
    Refusal::new(Code::NotFound).with_detail("There is no site of this name: check data-site in the tag.")
}

/// Refuses with a problem for the frame itself, and with a page for a visitor.
fn refuse(refusal: Refusal, request: &HttpRequest, base_path: &str) -> Result<HttpResponse, Refusal> {
    if wants_json(request) {
        return Err(refusal);
    }
    Ok(error_page(refusal, base_path))
}

/// The query of `/frame`; a parameter that is repeated counts as absent, as does a site without a name.
#[derive(Default)]
pub(crate) struct FrameQuery {
    pub(crate) site: Option<String>,
    pub(crate) origin: Option<String>,
}

impl FrameQuery {
    pub(crate) fn parse(query: &str) -> Self {
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let only = |wanted: &str| {
            let mut values =
                pairs.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.to_string());
            values.next().filter(|_| values.next().is_none())
        };
        Self { site: only("site").filter(|site| !site.is_empty()), origin: only("origin") }
    }
}

/// Returns the page's origin, byte for byte the proxy's own or one on the site's list, beside the proxy's own.
///
/// Where the site is unknown, a page on any list reads why there is no chat.
fn permitted<'a>(
    named: Option<&str>,
    own: Option<&'a Origin>,
    site: Option<&Site>,
    state: &State,
) -> Option<(Origin, &'a Origin)> {
    let (named, own) = (named?, own?);
    if named == own.as_str() {
        return Some((own.clone(), own));
    }
    let listed = match site {
        Some(site) => site.config.origins.permits(named.as_bytes()),
        None => state.chat.sites.listed(named.as_bytes()),
    };
    Some((listed?, own))
}

fn boot(site: &Site, origin: &Origin, own: &Origin, state: &State) -> Boot {
    let id = site.id();
    Boot {
        v: 1,
        site: id.to_string(),
        origin: origin.to_string(),
        ticket: mint_ticket(&state.chat, site, origin, own),
        nonce: (site.config.binding != BindingPolicy::Off).then(|| state.chat.nonces().current()),
        full_page: false,
        limits: site.limits(),
        agents: site.config.upstream.agents().to_vec(),
        appearance: site.config.appearance.clone(),
    }
}

fn wants_json(request: &HttpRequest) -> bool {
    request.headers().get(header::ACCEPT).is_some_and(|accept| accept == "application/json")
}

fn values<'a>(request: &'a HttpRequest, name: &str) -> impl Iterator<Item = &'a HeaderValue> {
    request.headers().get_all(name)
}

/// Answers the frame itself, whose ticket has expired; a page around it must not read tickets.
fn boot_json(request: &HttpRequest, boot: &Boot) -> Result<HttpResponse, Refusal> {
    let mut sites = values(request, SEC_FETCH_SITE);
    let same_origin = sites.next().is_some_and(|site| site == "same-origin");
    if !same_origin || sites.next().is_some() {
        return Err(Code::OriginNotAllowed.into());
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept, Sec-Fetch-Site, Sec-Fetch-Dest"))
        .json(boot))
}
