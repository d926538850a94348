//! The widget's files, embedded in the binary and compressed when it was built.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use porthole_protocol::{Code, path};

use crate::embedded::{Asset, FILES, HASH, LOADER, TEMPLATE};
use crate::error::Refusal;
use crate::state::State;

/// A file under a hash never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Pages pick up a new build within minutes, and never wait for the question whether there is one.
const SHORTLY: &str = "public, max-age=300, stale-while-revalidate=86400";

/// An empty module that is there only where `/chat` is: importing it is how a page with any policy learns of that.
const HOSTED: &str = "hosted.js";

/// The folder of this build's assets, or `None` where the widget was not built in.
pub(crate) fn folder() -> Option<String> {
    HASH.map(|hash| format!("{}/{hash}", path::ASSETS))
}

/// The chat document, with holes.
pub(crate) fn frame_template() -> Option<&'static str> {
    TEMPLATE
}

/// `GET /widget.js`
pub(crate) async fn loader(request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let (Some(loader), Some(hash)) = (&LOADER, HASH) else {
        return Err(Code::WidgetMissing.into());
    };
    // Weak: the same file in three codings is one version, but not the same bytes.
    let tag = format!("W/\"{hash}\"");
    let unchanged = request
        .headers()
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag.trim_start_matches("W/"));
    let mut response = if unchanged {
        HttpResponse::NotModified().finish()
    } else {
        file(loader, &request)
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(SHORTLY));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
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
    if name == HOSTED && state.config.site.hosted_page {
        return Ok(hosted());
    }
    let asset = FILES
        .iter()
        .find(|asset| asset.name == name)
        .ok_or(Code::NotFound)?;
    // Right after an upgrade, pages and other replicas still ask for the build before: today's file
    // serves them, but is not to be remembered under yesterday's name.
    let caching = match HASH {
        Some(known) if known == hash => FOREVER,
        Some(_) if is_hash(&hash) => "no-store",
        _ => return Err(Code::NotFound.into()),
    };
    let mut response = file(asset, &request);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    Ok(response)
}

fn hosted() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .finish()
}

fn is_hash(segment: &str) -> bool {
    segment.len() == 16
        && segment
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Pages of any origin load these, as scripts, modules and fetches: they hold nothing about anyone.
fn file(asset: &'static Asset, request: &HttpRequest) -> HttpResponse {
    let (body, coding) = best_form(asset, request);
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, asset.media_type))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    if let Some(coding) = coding {
        response.insert_header((header::CONTENT_ENCODING, coding));
    }
    response.body(Bytes::from_static(body))
}

fn best_form(asset: &'static Asset, request: &HttpRequest) -> (&'static [u8], Option<&'static str>) {
    let accepted = request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let accepts = |coding: &str| accepted.is_some_and(|accepted| accepts(accepted, coding));
    if accepts("br") {
        (asset.br, Some("br"))
    } else if accepts("gzip") {
        (asset.gz, Some("gzip"))
    } else {
        (asset.raw, None)
    }
}

/// Whether an `Accept-Encoding` names a coding and does not weigh it with zero (RFC 9110 §12.5.3).
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts
            .filter_map(|weight| weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q=")))
            .any(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight == 0.0));
        named && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::accepts;

    #[test]
    fn a_coding_of_weight_zero_is_refused() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("br;q=1.0, gzip;q=0.5", "gzip"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("gzip, br;q=0.0", "br"));
        assert!(!accepts("gzip", "br"));
        assert!(!accepts("", "br"));
    }
}
