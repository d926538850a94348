//! The widget's files, embedded in the binary and compressed when it was built.

use actix_web::http::header::{self, ContentEncoding, EntityTag, HeaderValue};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use porthole_protocol::Code;

use super::negotiate;
use crate::embedded::{Asset, WIDGET, WidgetBuild};
use crate::error::Refusal;
use crate::state::State;

/// A file under a hash never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Pages pick up a new build within minutes, and never wait for the revalidation.
const MINUTES: &str = "public, max-age=300, stale-while-revalidate=86400";

/// An empty module that is there only where `/chat` is: importing it is how a page with any policy learns of that.
const HOSTED: &str = "hosted.js";

const ACCEPT_ENCODING: &str = "Accept-Encoding";

/// `GET /widget.js`
pub(crate) async fn loader(request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let widget = WIDGET.as_ref().ok_or(Code::WidgetMissing)?;
    // Weak: the file in three codings is one version, but not the same bytes.
    let tag = EntityTag::new_weak(widget.hash.to_owned());
    let mut response = if negotiate::is_unchanged(&request, &tag) {
        HttpResponse::NotModified()
            .insert_header((header::VARY, ACCEPT_ENCODING))
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .finish()
    } else {
        file(&widget.loader, &request)
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(MINUTES));
    if let Ok(tag) = HeaderValue::from_str(&tag.to_string()) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// `GET /assets/{hash}/{name}`
pub(crate) async fn asset(
    state: Data<State>,
    request: HttpRequest,
    address: Path<(String, String)>,
) -> Result<HttpResponse, Refusal> {
    let (hash, name) = address.into_inner();
    if name == HOSTED && state.chat.sites.named(None).is_some_and(|site| site.config.hosted_page) {
        return Ok(hosted());
    }
    let widget = WIDGET.as_ref().ok_or(Code::NotFound)?;
    let asset = widget.files.iter().find(|asset| asset.name == name);
    let (asset, caching) = asset.zip(caching(widget, &hash)).ok_or(Code::NotFound)?;
    let mut response = file(asset, &request);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    Ok(response)
}

/// Returns the caching of a file under a hash; `None` for text that is none.
///
/// Right after an upgrade, pages and other replicas still ask for the previous build: the present file serves them, but
/// must not be cached under the previous name.
fn caching(widget: &WidgetBuild, hash: &str) -> Option<&'static str> {
    if hash == widget.hash {
        return Some(FOREVER);
    }
    is_hash(hash).then_some("no-store")
}

fn hosted() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .finish()
}

fn is_hash(segment: &str) -> bool {
    segment.len() == 16 && segment.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Answers with a file. Pages of any origin load it, as a script, a module or a fetch: it holds nothing about anyone.
fn file(asset: &'static Asset, request: &HttpRequest) -> HttpResponse {
    let coding = negotiate::content_coding(request);
    let body = match coding {
        ContentEncoding::Brotli => asset.br,
        ContentEncoding::Gzip => asset.gz,
        _ => asset.raw,
    };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, asset.media_type))
        .insert_header((header::VARY, ACCEPT_ENCODING))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    if coding != ContentEncoding::Identity {
        response.insert_header((header::CONTENT_ENCODING, coding.as_str()));
    }
    response.body(Bytes::from_static(body))
}
