//! What the judgement of a page reads, opened for [`crate::parsers`].

use porthole_domain::clock::UnixTime;
use url::Url;

use super::clock;
use super::csp::{self, Embedding, Place, Policy, TagTrust};
use super::markup::Markup;

/// The directives of a header that keep the widget out.
pub(crate) fn objections(header: &str, nonce: Option<&str>, page: &Url, proxy: &Url) -> Vec<String> {
    let tag = nonce.map(|nonce| TagTrust {
        nonce: Some(nonce),
        integrity: Some(nonce),
    });
    let embedding = Embedding { page, proxy, tag };
    let policies = Policy::read(header, Place::Header);
    let objections = policies
        .iter()
        .flat_map(|policy| csp::objections(policy, &embedding));
    objections
        .map(|objection| format!("{:?} by {}", objection.need, objection.directive))
        .collect()
}

/// The addresses of a page's scripts, and its policies.
pub(crate) fn markup(html: &str, page: &Url) -> (Vec<Url>, Vec<String>) {
    let markup = Markup::read(html, page);
    let scripts = markup.scripts.into_iter().map(|script| script.src);
    (scripts.collect(), markup.policies)
}

/// What a `Date` says of the webhook's clock.
pub(crate) fn clock(date: &str, now: UnixTime) -> Option<String> {
    clock::judge(Some(date), now).map(|finding| format!("{finding:?}"))
}
