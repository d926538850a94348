//! The documents of the frame, the chat and the page that says why there is none, and the policies that they run under.

use std::sync::LazyLock;

use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use porthole_domain::inline_source::inline_sources;
use porthole_protocol::Code;
use porthole_protocol::boot::Boot;

use super::negotiate;
use super::respond::OwnErrorPage;
use super::template::{escape_html, escape_json, fill};
use crate::embedded::{ERROR_PAGE, WIDGET};
use crate::error::Refusal;
use crate::state::State;

/// The policy of the document, which names the script and the style in it by their hashes (CSP3 §6.7.3.3); the origin that
/// may embed it follows.
static CHAT_POLICY: LazyLock<String> = LazyLock::new(|| {
    let before =
        WIDGET.as_ref().and_then(|widget| Some(widget.template.split_once(BOOT)?.0)).unwrap_or_default();
    let [script, style] = ["script", "style"].map(|element| inline_sources(before, element).join(" "));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {script}; style-src 'self' {style}; img-src 'self'; \
         connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; frame-ancestors "
    )
});

/// The placeholder of the boot JSON.
const BOOT: &str = "{{boot}}";

/// The first member of the boot JSON that is not the same for all visitors. JSON escapes the quotes in texts, so that it is
/// found nowhere else.
const OWN_MEMBERS: &str = ",\"origin\":";

/// The policy of the error page, which any page may frame.
const ERROR_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors *";

/// Returns the chat document, which pages of the origins `ancestors` may frame.
pub(super) async fn chat_document(
    boot: &Boot,
    ancestors: &str,
    request: &HttpRequest,
    state: &State,
) -> Result<HttpResponse, Refusal> {
    let widget = WIDGET.as_ref().ok_or(Code::WidgetMissing)?;
    let base_path = state.process.listen.base_path.as_str();
    let json = escape_json(&serde_json::to_string(boot).map_err(|_| Code::Internal)?);
    let (shared, own) = json.split_at(json.find(OWN_MEMBERS).unwrap_or_default());
    let (before, after) = widget.template.split_once(BOOT).unwrap_or((widget.template, ""));
    let start = || {
        let title = escape_html(&boot.appearance.title);
        let folder = widget.folder(base_path);
        let values = [("base", base_path), ("assets", &folder), ("lang", "en"), ("title", &title)];
        fill(before, &values) + shared
    };
    let end = [own, after].concat();
    let policy = [CHAT_POLICY.as_str(), ancestors].concat();
    let mut response = if negotiate::content_coding(request) == ContentEncoding::Brotli {
        let document = state.starts.document(shared, start, &end).await.map_err(|_| Code::Internal)?;
        let mut response = html(StatusCode::OK, &policy, document);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        response
    } else {
        html(StatusCode::OK, &policy, start() + &end)
    };
    let vary = HeaderValue::from_static("Accept, Sec-Fetch-Site, Sec-Fetch-Dest");
    response.headers_mut().append(header::VARY, vary);
    Ok(response)
}

/// Returns a page that says why there is no chat. Anyone may frame it; it reloads itself where a wait helps.
pub(super) fn error_page(refusal: Refusal, base_path: &str) -> HttpResponse {
    let heading = match refusal.code {
        Code::RateLimited => ERROR_PAGE.refused_for_now,
        _ => ERROR_PAGE.refused,
    };
    let page = fill(
        ERROR_PAGE.template,
        &[
            ("base", base_path),
            ("heading", heading),
            ("code", refusal.code.as_str()),
            ("detail", &escape_html(&refusal.detail)),
        ],
    );
    let mut response = html(refusal.status(), ERROR_POLICY, page);
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(header::REFRESH, seconds.into());
    }
    response.extensions_mut().insert(OwnErrorPage(refusal));
    response
}

/// Returns a page of ours that is never cached.
pub(super) fn html(status: StatusCode, policy: &str, page: impl MessageBody + 'static) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(page)
}
