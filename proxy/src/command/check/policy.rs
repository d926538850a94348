//! What a page's Content-Security-Policy says of the widget, and what to add to it.

use url::Url;

use super::csp::{self, Embedding, Need, Objection, Place, Policy, TagTrust};
use super::fetch::Fetched;
use super::finding::Finding;
use super::markup::{Markup, ScriptTag};

/// Judges every policy of the page, in header and markup.
pub(super) fn judge(
    fetched: &Fetched,
    markup: &Markup,
    proxy: &Url,
    tag: Option<&ScriptTag>,
) -> Vec<Finding> {
    let headers = fetched.headers.get_all("content-security-policy");
    let texts = headers
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let mut policies: Vec<Policy> = texts
        .flat_map(|text| Policy::read(&text, Place::Header))
        .collect();
    policies.extend(
        markup
            .policies
            .iter()
            .flat_map(|text| Policy::read(text, Place::Meta)),
    );
    let embedding = Embedding {
        page: &fetched.url,
        proxy,
        tag: tag.map(|tag| TagTrust {
            nonce: tag.attribute("nonce"),
            integrity: tag.attribute("integrity"),
        }),
    };
    let objections = policies
        .iter()
        .flat_map(|policy| csp::objections(policy, &embedding));
    let findings: Vec<Finding> = objections.map(|objection| refused(&objection, proxy)).collect();
    match (policies.len(), findings.is_empty()) {
        (0, _) => vec![Finding::ok(
            "page.no_policy",
            "The page has no Content-Security-Policy.",
        )],
        (_, true) => vec![Finding::ok(
            "page.policy",
            "The page's Content-Security-Policy permits the widget.",
        )],
        (_, false) => findings,
    }
}

fn refused(objection: &Objection, proxy: &Url) -> Finding {
    let directive = objection.directive;
    let policy = match objection.place {
        Place::Header => "The Content-Security-Policy of the page's header",
        Place::Meta => "The Content-Security-Policy in the page's <meta>",
    };
    let (code, what) = match objection.need {
        Need::Script => ("page.csp_script", "the tag's script (/widget.js)"),
        Need::Assets => ("page.csp_assets", "what the tag's script loads (/assets/)"),
        Need::Frame => ("page.csp_frame", "the chat's frame"),
        Need::AnyScript => ("page.csp_sandbox", "any script"),
        Need::Origin => ("page.csp_sandbox_origin", "the page to have an origin"),
    };
    Finding::problem(
        code,
        format!("{policy} does not permit {what}: `{directive}` decides."),
        remedy(objection, proxy.origin().ascii_serialization().as_str()),
    )
}

fn remedy(objection: &Objection, proxy: &str) -> String {
    let directive = objection.directive;
    let own = match objection.need {
        Need::AnyScript => return "Add `allow-scripts` to `sandbox`.".to_owned(),
        Need::Origin => return "Add `allow-same-origin` to `sandbox`.".to_owned(),
        Need::Script | Need::Assets => "script-src",
        Need::Frame => "frame-src",
    };
    if objection.strict_dynamic {
        return format!(
            "`'strict-dynamic'` makes `{directive}` ignore addresses: give the tag the page's nonce (<script async nonce=\"…\" src=…>)."
        );
    }
    match (directive, objection.lists_nothing) {
        ("default-src", true) => format!("Add `{own} {proxy}`."),
        ("default-src", false) => {
            format!("Add `{own}` with the sources of `default-src`, which it replaces there, and {proxy}.")
        }
        (_, true) => format!("Write `{directive} {proxy}`."),
        (_, false) => format!("Add {proxy} to `{directive}`."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_names_the_directive_to_change() {
        let table = [
            ("default-src 'none'", "Add `script-src https://c.example`."),
            (
                "default-src 'self'",
                "Add `script-src` with the sources of `default-src`, which it replaces there, and https://c.example.",
            ),
            ("script-src 'self'", "Add https://c.example to `script-src`."),
            ("script-src 'none'", "Write `script-src https://c.example`."),
            (
                "script-src-elem a.example",
                "Add https://c.example to `script-src-elem`.",
            ),
        ];
        let (page, proxy) = (
            Url::parse("https://shop.example").unwrap(),
            Url::parse("https://c.example").unwrap(),
        );
        for (policy, want) in table {
            let policy = &Policy::read(policy, Place::Header)[0];
            let embedding = Embedding {
                page: &page,
                proxy: &proxy,
                tag: Some(TagTrust::default()),
            };
            let objection = &csp::objections(policy, &embedding)[0];
            assert_eq!(remedy(objection, "https://c.example"), want);
        }
    }
}
