//! A page that shall show the chat: its tag, its policies, its origin.

mod csp;
mod markup;
mod origin;
mod policy;
mod tag;

#[cfg(feature = "parsers")]
pub(crate) use csp::{Embedding, Policy, PolicySource, TagTrust, violations};
pub(crate) use markup::Markup;

use porthole_domain::origin::{Origin, OriginList};
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use url::Url;

use crate::address::without_secrets;
use crate::client::{Peer, Redirects, TimedResponse, fetch};
use crate::finding::{self, Finding};

/// The proxy's widget, and the origins that may show it.
#[derive(Debug)]
pub(crate) struct Widget<'a> {
    /// The proxy's own origin.
    pub(crate) origin: &'a Origin,
    /// The path of `PUBLIC_URL`, or an empty text.
    pub(crate) base_path: &'a str,
    /// The origins that may show it; `None` where the list has mistakes.
    pub(crate) allowed: Option<&'a OriginList>,
    /// The list as it is written.
    pub(crate) entries: &'a [String],
}

/// Fetches a page and judges it.
pub(crate) async fn check(client: &Client, page: &Url, widget: &Widget<'_>) -> Vec<Finding> {
    match fetch(client, page, Redirects::Follow).await {
        Ok(response) => judge(&response, widget),
        Err(error) => vec![error.finding(Peer { name: "The page", url: page, setting: "--page" })],
    }
}

fn judge(response: &TimedResponse, widget: &Widget<'_>) -> Vec<Finding> {
    if let Some(finding) = no_page(response) {
        return vec![finding];
    }
    let Ok(proxy) = Url::parse(&format!("{}{}", widget.origin, widget.base_path)) else {
        return Vec::new();
    };
    let html = response.body();
    let markup = Markup::read(&html, &response.url);
    let tag = tag::find(&markup, &proxy);
    let mut findings = tag::judge(&markup, &proxy, &html, response);
    findings.extend(origin::mixed_content(&response.url, widget.origin));
    findings.extend(origin::judge(&response.url, widget));
    findings.extend(policy::judge(response, &markup, &proxy, tag));
    findings
}

/// Builds a finding about an answer that has no page to judge.
fn no_page(response: &TimedResponse) -> Option<Finding> {
    let place = without_secrets(&response.url);
    if !response.is_success() {
        return Some(finding::page::status(place, response.status));
    }
    if let Some(encoding) = response.encoding() {
        return Some(finding::page::encoded(encoding));
    }
    let kind = response.header(CONTENT_TYPE).filter(|kind| !is_html(kind))?;
    Some(finding::page::not_html(place, kind))
}

fn is_html(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let mut kinds = ["text/html", "application/xhtml+xml"].iter();
    kinds.any(|html| essence.eq_ignore_ascii_case(html))
}

#[cfg(test)]
mod tests {
    use porthole_domain::origin::{Origin, OriginList};

    use super::*;
    use crate::finding::Severity;

    const TAG: &str = "<script async src=https://chat.example.com/widget.js></script>";

    fn codes(url: &str, headers: &[(&str, &str)], html: &str, own: &str) -> Vec<&'static str> {
        let response = TimedResponse::whole(url, 200, headers, html);
        let origin = Origin::normalise(own).unwrap();
        let widget = Widget {
            origin: &origin,
            base_path: "",
            allowed: Some(&OriginList::parse(["https://shop.example", "http://shop.example"]).unwrap()),
            entries: &[],
        };
        let findings = judge(&response, &widget);
        let bad = findings.iter().filter(|finding| finding.level != Severity::Ok);
        bad.map(|finding| finding.code).collect()
    }

    #[test]
    fn everything_that_keeps_the_chat_from_a_page_is_found() {
        type Row = (&'static str, &'static [(&'static str, &'static str)], String, &'static [&'static str]);
        let shop = "https://shop.example/help";
        let page = |before: &str, tag: &str| format!("<!doctype html>{before}<body>{tag}");
        let table: [Row; 12] = [
            (shop, &[], page("", TAG), &[]),
            ("https://other.example/", &[], page("", TAG), &["page.origin_not_allowed"]),
            ("https://shop.example:8443/", &[], page("", TAG), &["page.origin_not_allowed"]),
            (shop, &[], page("", ""), &["page.tag_missing"]),
            (shop, &[], page("", "<script async src=https://x.example/widget.js>"), &["page.tag_of_another"]),
            (shop, &[], page("", "<script src=https://chat.example.com/widget.js>"), &["page.tag_blocks"]),
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
                page("<meta http-equiv=content-security-policy content=\"frame-src 'none'\">", TAG),
                &["page.csp_frame"],
            ),
            (shop, &[("content-security-policy-report-only", "default-src 'none'")], page("", TAG), &[]),
            (
                shop,
                &[("content-security-policy", "sandbox")],
                page("", TAG),
                &["page.csp_sandbox", "page.csp_sandbox_origin"],
            ),
            (shop, &[("content-encoding", "br")], page("", TAG), &["page.encoded"]),
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
