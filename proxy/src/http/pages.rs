//! The proxy's own small pages: the playground, and what says that something is missing.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use porthole_protocol::Code;

use super::assets;
use super::template::{fill, html};
use crate::error::Refusal;
use crate::gate;
use crate::state::State;
use porthole_config::UpstreamConfig;

const PLAYGROUND: &str = include_str!("../../../widget/pages/playground.html");
const MISSING: &str = include_str!("../../../widget/pages/missing.html");

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The files of these pages: name, media type, content.
const FILES: [(&str, &str, &str); 5] = [
    (
        "icon.svg",
        "image/svg+xml",
        include_str!("../../../widget/pages/icon.svg"),
    ),
    ("page.css", CSS, include_str!("../../../widget/pages/page.css")),
    (
        "playground.css",
        CSS,
        include_str!("../../../widget/pages/playground.css"),
    ),
    (
        "playground.js",
        JAVASCRIPT,
        include_str!("../../../widget/pages/playground.js"),
    ),
    (
        "refused.js",
        JAVASCRIPT,
        include_str!("../../../widget/pages/refused.js"),
    ),
];

/// Everything from here, and the chat in a frame of here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /`: try the widget, copy the tag.
pub(crate) async fn playground(state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    if !state.config.process.playground {
        return Err(Code::NotFound.into());
    }
    if assets::folder().is_none() {
        return Ok(page(
            actix_web::http::StatusCode::SERVICE_UNAVAILABLE,
            MISSING.to_owned(),
        ));
    }
    let own = gate::own_origin(request.head(), &state).ok_or(Code::OriginNotAllowed)?;
    let upstream = match &state.config.site.upstream {
        UpstreamConfig::Webhook(_) => "your workflow’s webhook".to_owned(),
        UpstreamConfig::Docs(Some(folder)) => format!("the documents in {}", folder.display()),
        UpstreamConfig::Docs(None) => "nowhere yet: set N8N_WEBHOOK_URL or DOCS_DIR".to_owned(),
    };
    let values = [("public_url", html(own.as_str())), ("upstream", html(&upstream))];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    Ok(page(actix_web::http::StatusCode::OK, fill(PLAYGROUND, &values)))
}

/// `GET /pages/{name}`
pub(crate) async fn file(name: Path<String>) -> Result<HttpResponse, Refusal> {
    let known = FILES.iter().find(|(known, _, _)| *known == *name);
    let (_, media_type, content) = known.ok_or(Code::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, *media_type))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(*content))
}

fn page(status: actix_web::http::StatusCode, content: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(content)
}
