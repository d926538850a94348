//! The path of `PUBLIC_URL`: requests may arrive with it, or from a reverse proxy that took it off.

use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;

use crate::routes::Route;

/// Takes the path of `PUBLIC_URL` off a request where a route is left: below `/chat`, the hosted page of a site keeps its
/// address in front of a reverse proxy that took the path off already.
pub(super) fn strip(request: &mut ServiceRequest, base_path: &str) {
    if base_path.is_empty() {
        return;
    }
    let Some(uri) = below(request.uri(), base_path) else {
        return;
    };
    // The router matches its own copy.
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
}

fn below(uri: &Uri, base_path: &str) -> Option<Uri> {
    Route::find(uri.path().strip_prefix(base_path)?)?;
    let rest = uri.path_and_query()?.as_str().strip_prefix(base_path)?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_loses_its_base_where_a_route_is_left() {
        for (uri, want) in [
            ("/chat/frame?origin=x", Some("/frame?origin=x")),
            ("/chat/chat/shop?embed", Some("/chat/shop?embed")),
            ("/chat/", Some("/")),
            ("/chat", None),
            ("/chat/shop", None),
            ("/chat/chat/a/b", None),
            ("/chat?embed", None),
            ("/chatter/frame", None),
            ("/frame", None),
            ("http://a.example/chat/health", Some("http://a.example/health")),
        ] {
            let below = below(&uri.parse().unwrap(), "/chat").map(|uri| uri.to_string());
            assert_eq!(below.as_deref(), want, "{uri}");
        }
    }
}
