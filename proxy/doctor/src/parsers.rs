//! Parsers of outside bytes, opened for `tests/parsers`.

use porthole_domain::clock::UnixTime;
use url::Url;

use crate::page::{Embedding, Markup, Policy, PolicySource, TagTrust, violations};
use crate::webhook::clock;

/// Returns the directives of a header that keep the widget out.
#[must_use]
pub fn csp_violations(header: &str, nonce: Option<&str>, page: &Url, proxy: &Url) -> Vec<String> {
    let tag = nonce.map(|nonce| TagTrust { nonce: Some(nonce), integrity: Some(nonce) });
    let embedding = Embedding { page, proxy, tag };
    let policies = Policy::parse(header, PolicySource::Header);
    let found = policies.iter().flat_map(|policy| violations(policy, &embedding));
    found.map(|violation| format!("{:?} by {}", violation.requirement, violation.directive)).collect()
}

/// Returns the addresses of a page's scripts, and its policies.
#[must_use]
pub fn markup(html: &str, page: &Url) -> (Vec<Url>, Vec<String>) {
    let markup = Markup::read(html, page);
    let scripts = markup.scripts.into_iter().map(|script| script.src);
    (scripts.collect(), markup.policies)
}

/// Builds the finding about a webhook's clock, by its `Date`.
#[must_use]
pub fn clock_skew(date: &str, now: UnixTime) -> Option<String> {
    clock::judge(Some(date), now).map(|finding| format!("{} {}", finding.code, finding.message))
}
