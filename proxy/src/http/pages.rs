//! The proxy's own pages: the playground, its substitute in a proxy without the widget, and the check of signed transcripts.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, ReqData};
use porthole_config::{UpstreamConfig, WebhookProtocol};
use porthole_protocol::Code;

use super::document::html;
use super::template::{escape_html, fill};
use crate::embedded::WIDGET;
use crate::error::Refusal;
use crate::request::RequestContext;
use crate::state::State;

const PLAYGROUND: &str = include_str!("../../../widget/pages/playground.html");
const VERIFY: &str = include_str!("../../../widget/pages/verify.html");
const MISSING: &str = include_str!("../../../widget/pages/missing.html");

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The files of these pages: name, media type, content.
const FILES: [(&str, &str, &str); 6] = [
    ("icon.svg", "image/svg+xml", include_str!("../../../widget/pages/icon.svg")),
    ("page.css", CSS, include_str!("../../../widget/pages/page.css")),
    ("playground.css", CSS, include_str!("../../../widget/pages/playground.css")),
    ("playground.js", JAVASCRIPT, include_str!("../../../widget/pages/playground.js")),
    ("refused.js", JAVASCRIPT, include_str!("../../../widget/pages/refused.js")),
    ("verify.css", CSS, include_str!("../../../widget/pages/verify.css")),
];

/// Only files of our own origin, and the chat in a frame of it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Only files of our own origin, and its public keys: a transcript is checked in the browser, and sent nowhere.
const VERIFY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; frame-ancestors 'none'";

/// `GET /`: the page on which a developer tries the widget and copies the tag.
pub(crate) async fn playground(
    state: Data<State>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, Refusal> {
    if !state.process.playground {
        return Err(Code::NotFound.into());
    }
    let base_path = state.process.listen.base_path.as_str();
    if WIDGET.is_none() {
        return Ok(html(StatusCode::SERVICE_UNAVAILABLE, POLICY, fill(MISSING, &[("base", base_path)])));
    }
    let own = context.own_origin.as_ref().ok_or(Code::OriginNotAllowed)?;
    let site = state.chat.sites.named(None).ok_or(Code::NotFound)?;
    let upstream = match &site.config.upstream {
        UpstreamConfig::Webhook(webhook) => match webhook.protocol {
            WebhookProtocol::Workflow => "your workflow’s webhook".to_owned(),
            WebhookProtocol::AgUi => "your agent".to_owned(),
        },
        UpstreamConfig::Models(_) => "your models".to_owned(),
        UpstreamConfig::Docs(Some(folder)) => format!("the documents in {}", folder.display()),
        UpstreamConfig::Docs(None) => {
            "nowhere yet: set N8N_WEBHOOK_URL, OPENAI_BASE_URL, AG_UI_URL or DOCS_DIR".to_owned()
        }
    };
    let public_url = escape_html(&format!("{own}{base_path}"));
    let upstream = escape_html(&upstream);
    let values = [("public_url", public_url.as_str()), ("base", base_path), ("upstream", &upstream)];
    Ok(html(StatusCode::OK, POLICY, fill(PLAYGROUND, &values)))
}

/// `GET /verify`: the page that checks a signed transcript (contract §11).
pub(crate) async fn verify(state: Data<State>) -> Result<HttpResponse, Refusal> {
    if !state.chat.sites.named(None).is_some_and(|site| site.config.hosted_page) {
        return Err(Code::NotFound.into());
    }
    let base_path = state.process.listen.base_path.as_str();
    let assets = WIDGET.as_ref().ok_or(Code::WidgetMissing)?.folder(base_path);
    Ok(html(StatusCode::OK, VERIFY_POLICY, fill(VERIFY, &[("base", base_path), ("assets", &assets)])))
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
