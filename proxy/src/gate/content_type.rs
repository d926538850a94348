//! The content type of a body: JSON in UTF-8, not compressed.

use actix_web::http::header::{self, HeaderMap};

/// Returns `true` where the headers announce plain JSON.
pub(crate) fn is_plain_json(headers: &HeaderMap) -> bool {
    let plain = headers
        .get_all(header::CONTENT_ENCODING)
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let mut types = headers.get_all(header::CONTENT_TYPE);
    let media_type = types.next().and_then(|value| value.to_str().ok());
    plain && types.next().is_none() && media_type.is_some_and(is_json_in_utf8)
}

fn is_json_in_utf8(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    is_json
        && parts.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
            !name.trim().eq_ignore_ascii_case("charset")
                || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}
