//! The chat document, in an iframe or as a page of its own, with its ticket (DESIGN §3.1).

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use porthole_domain::origin::Origin;
use porthole_domain::site::SiteId;
use porthole_domain::ticket::Ticket;
use porthole_protocol::boot::Boot;
use porthole_protocol::{Code, path};

use super::answer::Shown;
use super::template::{fill, html, json_in_script};
use super::{assets, client};
use crate::error::Refusal;
use crate::gate;
use crate::state::State;

const SEC_FETCH_DEST: &str = "sec-fetch-dest";
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// What the document itself may do; who may embed it follows.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    require-trusted-types-for 'script'; frame-ancestors ";

const REFUSED_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors *";

const REFUSED: &str = include_str!("../../../widget/pages/refused.html");

/// `GET /frame?site=…&origin=…`: the document for an iframe, or its boot JSON again for the frame itself.
pub(crate) async fn frame(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let asked = Asked::of(request.query_string());
    let own = gate::own_origin(request.head(), &state);
    let Some((origin, own)) = permitted(asked.origin.as_deref(), own.as_ref(), &state) else {
        return Ok(refused(gate::not_allowed(&state)));
    };
    if let Err(refusal) = counted(&request, &state) {
        return told(refusal, &request);
    }
    let site = site(asked.site.as_deref(), &state)?;
    let boot = boot(&site, &origin, &own, Setting::InPage, &state);
    if wants_json(&request) {
        return boot_json(&request, &boot);
    }
    if !values(&request, SEC_FETCH_DEST).all(|dest| dest == "iframe") {
        return Err(Refusal::new(Code::OriginNotAllowed).because("This document belongs into an iframe."));
    }
    let ancestors = boot.origin.clone();
    document(&boot, &ancestors)
}

/// `GET /chat` and `/chat/{site}`: the document as a page of its own.
pub(crate) async fn chat(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    if !state.config.site.hosted_page {
        return Err(Code::NotFound.into());
    }
    if let Err(refusal) = counted(&request, &state) {
        return told(refusal, &request);
    }
    let own = gate::own_origin(request.head(), &state).ok_or(Code::OriginNotAllowed)?;
    let named = request.match_info().get("site").map(str::to_owned);
    let site = site(named.as_deref(), &state)?;
    let boot = boot(&site, &own, &own, Setting::FullPage, &state);
    if wants_json(&request) {
        return boot_json(&request, &boot);
    }
    document(&boot, "'none'")
}

/// Every document holds a ticket that opens a session, so it counts as a call.
fn counted(request: &HttpRequest, state: &State) -> Result<(), Refusal> {
    state.limits.call(client::address(request, state))
}

/// A refusal as the asker can read it: the frame itself reads problems, a visitor a page.
fn told(refusal: Refusal, request: &HttpRequest) -> Result<HttpResponse, Refusal> {
    if wants_json(request) {
        return Err(refusal);
    }
    Ok(refused(refusal))
}

/// The query of `/frame`; a parameter given twice counts as not given.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) site: Option<String>,
    pub(crate) origin: Option<String>,
}

impl Asked {
    pub(crate) fn of(query: &str) -> Self {
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let once = |wanted: &str| {
            let mut values = pairs
                .iter()
                .filter(|(name, _)| name == wanted)
                .map(|(_, value)| value.to_string());
            values.next().filter(|_| values.next().is_none())
        };
        Self {
            site: once("site"),
            origin: once("origin"),
        }
    }
}

/// Whether the document stands in somebody's page or is one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Setting {
    InPage,
    FullPage,
}

/// The page's origin, byte for byte on the list or our own.
fn permitted(asked: Option<&str>, own: Option<&Origin>, state: &State) -> Option<(Origin, Origin)> {
    let (asked, own) = (asked?, own?);
    if asked == own.as_str() {
        return Some((own.clone(), own.clone()));
    }
    state
        .config
        .site
        .origins
        .permits(asked.as_bytes())
        .map(|origin| (origin, own.clone()))
}

fn site(named: Option<&str>, state: &State) -> Result<SiteId, Refusal> {
    state.site(named).ok_or_else(|| {
        Refusal::new(Code::NotFound).because("There is no site of this name: check data-site in the tag.")
    })
}

fn boot(site: &SiteId, origin: &Origin, own: &Origin, setting: Setting, state: &State) -> Boot {
    let ticket = Ticket::new(site.clone(), origin.clone(), state.now());
    Boot {
        v: 1,
        site: site.to_string(),
        origin: origin.to_string(),
        ticket: state
            .config
            .process
            .keys
            .keyring
            .mint_ticket(&ticket, own.as_str()),
        full_page: setting == Setting::FullPage,
        full_page_url: state
            .config
            .site
            .hosted_page
            .then(|| format!("{own}{}/{site}", path::CHAT)),
        limits: state.wire_limits(),
        appearance: state.config.site.appearance.clone(),
    }
}

fn wants_json(request: &HttpRequest) -> bool {
    request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|accept| accept == "application/json")
}

fn values<'a>(request: &'a HttpRequest, name: &str) -> impl Iterator<Item = &'a HeaderValue> {
    request.headers().get_all(name)
}

/// For the frame alone, whose ticket has expired: a page around it must not read tickets.
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

fn document(boot: &Boot, ancestors: &str) -> Result<HttpResponse, Refusal> {
    let (Some(page), Some(assets)) = (assets::frame_template(), assets::folder()) else {
        return Err(Code::WidgetMissing.into());
    };
    let json = serde_json::to_string(boot).map_err(|_| Code::Internal)?;
    let page = fill(
        page,
        &[
            ("assets", &assets),
            ("lang", "en"),
            ("title", &html(&boot.appearance.title)),
            ("disclosure", &html(&boot.appearance.disclosure)),
            ("max_chars", &boot.limits.max_chars.to_string()),
            ("boot", &json_in_script(&json)),
        ],
    );
    let policy = HeaderValue::from_str(&format!("{POLICY}{ancestors}")).map_err(|_| Code::Internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept, Sec-Fetch-Site, Sec-Fetch-Dest"))
        .body(page))
}

/// A page that anyone may frame: it says what is wrong and holds nothing. Where waiting helps, it loads again by
/// itself.
fn refused(refusal: Refusal) -> HttpResponse {
    let heading = match refusal.code {
        Code::RateLimited => "The chat will be here in a moment",
        _ => "The chat is not available on this page",
    };
    let page = fill(
        REFUSED,
        &[
            ("heading", heading),
            ("code", refusal.code.as_str()),
            ("detail", &html(&refusal.detail)),
        ],
    );
    let mut response = HttpResponse::build(refusal.status())
        .insert_header((header::CONTENT_SECURITY_POLICY, REFUSED_POLICY))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(page);
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(header::REFRESH, seconds.into());
    }
    response.extensions_mut().insert(Shown(refusal));
    response
}
