//! The documents of the frame, the chat and the page that says why there is none, and the policies that they run under.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use porthole_protocol::Code;
use porthole_protocol::boot::Boot;

use super::respond::OwnErrorPage;
use super::template::{escape_html, escape_json, fill};
use crate::embedded::{ERROR_PAGE, WIDGET};
use crate::error::Refusal;

/// The policy of the document; the origin that may embed it follows.
const CHAT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    require-trusted-types-for 'script'; frame-ancestors ";

/// The policy of the error page, which any page may frame.
const ERROR_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors *";

/// Returns the chat document, which pages of the origins `ancestors` may frame; `base_path` is that of `PUBLIC_URL`.
pub(super) fn chat_document(boot: &Boot, ancestors: &str, base_path: &str) -> Result<HttpResponse, Refusal> {
    let widget = WIDGET.as_ref().ok_or(Code::WidgetMissing)?;
    let json = serde_json::to_string(boot).map_err(|_| Code::Internal)?;
    let page = fill(
        widget.template,
        &[
            ("base", base_path),
            ("assets", &widget.folder(base_path)),
            ("lang", "en"),
            ("title", &escape_html(&boot.appearance.title)),
            ("boot", &escape_json(&json)),
        ],
    );
    let policy = format!("{CHAT_POLICY}{ancestors}");
    let mut response = html(StatusCode::OK, &policy, page);
    let vary = header::HeaderValue::from_static("Accept, Sec-Fetch-Site, Sec-Fetch-Dest");
    response.headers_mut().insert(header::VARY, vary);
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
pub(super) fn html(status: StatusCode, policy: &str, page: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(page)
}
