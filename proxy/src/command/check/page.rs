//! A page that shall show the chat: its tag, its policies, its origin.

use porthole_domain::origin::{Origin, OriginList};
use reqwest::Client;
use url::Url;

use super::address::{is_loopback, shown};
use super::fetch::{self, Fetched, Redirects};
use super::finding::Finding;
use super::markup::Markup;
use super::{policy, tag};

/// The proxy as a page knows it.
#[derive(Debug)]
pub(super) struct Widget<'a> {
    /// Where it is reached.
    pub(super) origin: &'a Origin,
    /// Who may show it; `None` where the list has mistakes.
    pub(super) listed: Option<&'a OriginList>,
    /// The same as it is written.
    pub(super) entries: &'a [String],
}

/// Fetches a page and judges it.
pub(super) async fn check(client: &Client, page: &Url, widget: &Widget<'_>) -> Vec<Finding> {
    match fetch::get(client, page, Redirects::Follow).await {
        Ok(fetched) => judge(&fetched, widget),
        Err(trouble) => vec![trouble.finding("The page", page, "--page")],
    }
}

fn judge(fetched: &Fetched, widget: &Widget<'_>) -> Vec<Finding> {
    if !(200..300).contains(&fetched.status) {
        return vec![Finding::problem(
            "page.status",
            format!(
                "The page {} answers with status {}.",
                shown(&fetched.url),
                fetched.status
            ),
            "Name a page that everybody can read; one behind a login cannot be checked from here.",
        )];
    }
    if let Some(encoding) = fetched
        .header("content-encoding")
        .filter(|encoding| *encoding != "identity")
    {
        return vec![Finding::warning(
            "page.encoded",
            format!(
                "The page comes compressed ({encoding}), although only `identity` was asked for, so it cannot be read."
            ),
            "Check it in a browser: the console names what a policy refuses.",
        )];
    }
    if let Some(kind) = fetched.header("content-type").filter(|kind| !is_html(kind)) {
        return vec![Finding::problem(
            "page.not_html",
            format!("{} is no HTML page ({kind}).", shown(&fetched.url)),
            "Name the page that shall show the chat.",
        )];
    }
    let (Ok(proxy), html) = (
        Url::parse(widget.origin.as_str()),
        String::from_utf8_lossy(&fetched.body),
    ) else {
        return Vec::new();
    };
    let markup = Markup::read(&html, &fetched.url);
    let tag = tag::find(&markup, &proxy);
    let mut findings = tag::judge(&markup, &proxy, &html, fetched);
    findings.extend(mixed_content(&fetched.url, widget.origin));
    findings.extend(origin(&fetched.url, widget));
    findings.extend(policy::judge(fetched, &markup, &proxy, tag));
    findings
}

fn is_html(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    ["text/html", "application/xhtml+xml"]
        .iter()
        .any(|html| essence.eq_ignore_ascii_case(html))
}

fn mixed_content(page: &Url, own: &Origin) -> Option<Finding> {
    let is_local = Url::parse(own.as_str()).is_ok_and(|own| is_loopback(&own));
    (page.scheme() == "https" && own.as_str().starts_with("http:") && !is_local).then(|| {
        Finding::problem(
            "page.mixed_content",
            "The page is https and the proxy is http: browsers load neither script nor frame.",
            "Serve the proxy with TLS, and let PUBLIC_URL begin with https://.",
        )
    })
}

fn origin(page: &Url, widget: &Widget<'_>) -> Option<Finding> {
    let origin = page.origin().ascii_serialization();
    let listed = widget.listed?;
    let permitted = origin == widget.origin.as_str() || listed.permits(origin.as_bytes()).is_some();
    Some(if permitted {
        Finding::ok(
            "page.origin",
            format!("The page's origin {origin} may show the chat."),
        )
    } else {
        let alike = widget.entries.iter().find(|entry| bare(entry) == bare(&origin));
        let alike = alike.map_or_else(String::new, |entry| {
            format!(" ({entry} is another origin: scheme, host and port all count)")
        });
        Finding::problem(
            "page.origin_not_allowed",
            format!("The page's origin {origin} is not on ALLOWED_ORIGINS{alike}: visitors see a refusal."),
            format!("Add {origin} to ALLOWED_ORIGINS, exactly so, and restart."),
        )
    })
}

/// What people take for the whole: the host, without scheme, `www.` and port.
fn bare(origin: &str) -> &str {
    let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let host = host
        .strip_prefix("www.")
        .or_else(|| host.strip_prefix("*."))
        .unwrap_or(host);
    match host.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::super::finding::Level;
    use super::*;

    const TAG: &str = "<script async src=https://chat.example.com/widget.js></script>";

    fn codes(
        url: &str,
        headers: &[(&'static str, &'static str)],
        html: &str,
        own: &str,
    ) -> Vec<&'static str> {
        let map: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let fetched = Fetched {
            url: Url::parse(url).unwrap(),
            status: 200,
            headers: map,
            body: html.into(),
            cut: false,
        };
        let origin = Origin::normalise(own).unwrap();
        let widget = Widget {
            origin: &origin,
            listed: Some(&OriginList::parse(["https://shop.example", "http://shop.example"]).unwrap()),
            entries: &[],
        };
        let findings = judge(&fetched, &widget);
        let bad = findings.iter().filter(|finding| finding.level != Level::Ok);
        bad.map(|finding| finding.code).collect()
    }

    #[test]
    fn a_page_is_told_everything_that_keeps_the_chat_from_it() {
        type Row = (
            &'static str,
            &'static [(&'static str, &'static str)],
            String,
            &'static [&'static str],
        );
        let shop = "https://shop.example/help";
        let page = |before: &str, tag: &str| format!("<!doctype html>{before}<body>{tag}");
        let table: [Row; 12] = [
            (shop, &[], page("", TAG), &[]),
            (
                "https://other.example/",
                &[],
                page("", TAG),
                &["page.origin_not_allowed"],
            ),
            (
                "https://shop.example:8443/",
                &[],
                page("", TAG),
                &["page.origin_not_allowed"],
            ),
            (shop, &[], page("", ""), &["page.tag_missing"]),
            (
                shop,
                &[],
                page("", "<script async src=https://x.example/widget.js>"),
                &["page.tag_of_another"],
            ),
            (
                shop,
                &[],
                page("", "<script src=https://chat.example.com/widget.js>"),
                &["page.tag_blocks"],
            ),
            (
                shop,
                &[],
                page(
                    "",
                    "<script async integrity=sha256-x data-site=b src=https://chat.example.com/widget.js>",
                ),
                &["page.tag_integrity", "page.unknown_site"],
            ),
            (
                shop,
                &[("content-security-policy", "default-src 'self'")],
                page("", TAG),
                &["page.csp_script", "page.csp_frame"],
            ),
            (
                shop,
                &[("content-security-policy", "script-src https://chat.example.com")],
                page(
                    "<meta http-equiv=content-security-policy content=\"frame-src 'none'\">",
                    TAG,
                ),
                &["page.csp_frame"],
            ),
            (
                shop,
                &[("content-security-policy-report-only", "default-src 'none'")],
                page("", TAG),
                &[],
            ),
            (
                shop,
                &[("content-security-policy", "sandbox")],
                page("", TAG),
                &["page.csp_sandbox", "page.csp_sandbox_origin"],
            ),
            (
                shop,
                &[("content-encoding", "br")],
                page("", TAG),
                &["page.encoded"],
            ),
        ];
        for (url, headers, html, want) in table {
            assert_eq!(
                codes(url, headers, &html, "https://chat.example.com"),
                want,
                "{url} {headers:?} {html}"
            );
        }
    }

    #[test]
    fn an_https_page_takes_no_http_proxy_but_one_on_the_same_machine() {
        let table = [
            ("https://shop.example/", "http://chat.example.com", true),
            ("http://shop.example/", "http://chat.example.com", false),
            ("https://shop.example/", "http://127.0.0.1:8000", false),
        ];
        for (page, own, want) in table {
            let codes = codes(page, &[], "", own);
            assert_eq!(codes.contains(&"page.mixed_content"), want, "{page} {own}");
        }
    }
}
