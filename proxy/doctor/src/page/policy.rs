//! The Content-Security-Policies of a page, and the addition that lets the widget in.

use reqwest::header::CONTENT_SECURITY_POLICY;
use url::Url;

use super::csp::{self, Embedding, Policy, PolicySource, Requirement, TagTrust, Violation};
use super::markup::{Markup, ScriptTag};
use crate::client::TimedResponse;
use crate::finding::{Finding, page};

/// Judges every policy of the page, in header and markup.
pub(super) fn judge(
    response: &TimedResponse,
    markup: &Markup,
    proxy: &Url,
    tag: Option<&ScriptTag>,
) -> Vec<Finding> {
    let embedding = embedding(&response.url, proxy, tag);
    let policies = policies(response, markup);
    let violations = policies.iter().flat_map(|policy| csp::violations(policy, &embedding));
    let mut findings: Vec<Finding> = violations.map(|violation| refused(&violation, proxy)).collect();
    if policies.is_empty() {
        findings.push(page::no_policy());
    } else if findings.is_empty() {
        findings.push(page::policy());
    }
    findings
}

fn embedding<'a>(page: &'a Url, proxy: &'a Url, tag: Option<&'a ScriptTag>) -> Embedding<'a> {
    let trust = |tag: &'a ScriptTag| TagTrust {
        nonce: tag.attribute("nonce"),
        integrity: tag.attribute("integrity"),
    };
    Embedding { page, proxy, tag: tag.map(trust) }
}

fn policies(response: &TimedResponse, markup: &Markup) -> Vec<Policy> {
    let headers = response.headers.get_all(CONTENT_SECURITY_POLICY);
    let header = |value| Policy::parse(&String::from_utf8_lossy(value), PolicySource::Header);
    let meta = |text: &String| Policy::parse(text, PolicySource::Meta);
    headers
        .iter()
        .flat_map(|value| header(value.as_bytes()))
        .chain(markup.policies.iter().flat_map(meta))
        .collect()
}

fn refused(violation: &Violation, proxy: &Url) -> Finding {
    let policy = match violation.source {
        PolicySource::Header => "The Content-Security-Policy of the page's header",
        PolicySource::Meta => "The Content-Security-Policy in the page's <meta>",
    };
    let (directive, remedy) = (violation.directive, |own| addition(violation, own, proxy));
    match violation.requirement {
        Requirement::Script => page::csp_script(policy, directive, remedy("script-src")),
        Requirement::Assets => page::csp_assets(policy, directive, remedy("script-src")),
        Requirement::Frame => page::csp_frame(policy, directive, remedy("frame-src")),
        Requirement::AnyScript => page::csp_sandbox(policy),
        Requirement::Origin => page::csp_sandbox_origin(policy),
    }
}

/// Returns the addition that permits what is refused; `own` is the directive for it where the policy has none of its own.
fn addition(violation: &Violation, own: &str, proxy: &Url) -> String {
    let (directive, proxy) = (violation.directive, proxy.origin().ascii_serialization());
    if violation.strict_dynamic {
        return format!(
            "`'strict-dynamic'` makes `{directive}` ignore addresses: give the tag the page's nonce (<script async \
             nonce=\"…\" src=…>)."
        );
    }
    match (directive, violation.is_empty) {
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
            ("script-src-elem a.example", "Add https://c.example to `script-src-elem`."),
        ];
        let (page, proxy) =
            (Url::parse("https://shop.example").unwrap(), Url::parse("https://c.example").unwrap());
        for (policy, want) in table {
            let policy = &Policy::parse(policy, PolicySource::Header)[0];
            let embedding = Embedding { page: &page, proxy: &proxy, tag: Some(TagTrust::default()) };
            let violation = &csp::violations(policy, &embedding)[0];
            assert_eq!(refused(violation, &proxy).remedy, want);
        }
    }
}
