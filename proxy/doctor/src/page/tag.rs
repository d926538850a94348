//! The tag on a page: missing, another's, or with attributes that keep it from running.

use porthole_domain::site::SiteId;
use porthole_protocol::path;
use url::Url;

use super::markup::{Markup, ScriptTag};
use crate::address::{with_path, without_slash};
use crate::client::{BodyEnd, TimedResponse};
use crate::finding::{Finding, page};

/// Finds the first tag that loads the widget of this proxy.
pub(super) fn find<'a>(markup: &'a Markup, proxy: &Url) -> Option<&'a ScriptTag> {
    markup.scripts.iter().find(|tag| is_ours(tag, proxy))
}

fn is_ours(tag: &ScriptTag, proxy: &Url) -> bool {
    tag.src.origin() == proxy.origin() && tag.src.path() == with_path(proxy, path::WIDGET_JS).path()
}

/// Judges the tag, or its absence.
pub(super) fn judge(markup: &Markup, proxy: &Url, html: &str, response: &TimedResponse) -> Vec<Finding> {
    let Some(tag) = find(markup, proxy) else {
        let other = wrong_path(markup, proxy, &response.url).or_else(|| other_proxy(markup, proxy));
        return vec![other.unwrap_or_else(|| missing(proxy, html, response))];
    };
    let tags = markup.scripts.iter().filter(|tag| is_ours(tag, proxy)).count();
    let mut findings = vec![page::tag()];
    findings.extend((tags > 1).then(page::tag_twice));
    findings.extend(loading(tag, proxy));
    findings.extend(tag.attribute("integrity").map(|_| page::tag_integrity()));
    let unknown = tag.attribute("data-site").filter(|site| *site != SiteId::default().as_str());
    findings.extend(unknown.map(page::unknown_site));
    findings
}

/// Returns the right tag.
fn snippet(proxy: &Url) -> String {
    format!("<script async src=\"{}\"></script>", with_path(proxy, path::WIDGET_JS))
}

/// Finds a tag that loads something else from this proxy.
fn wrong_path(markup: &Markup, proxy: &Url, address: &Url) -> Option<Finding> {
    if address.origin() == proxy.origin() {
        return None;
    }
    let tag = markup.scripts.iter().find(|tag| tag.src.origin() == proxy.origin())?;
    Some(page::tag_path(&tag.src, snippet(proxy)))
}

/// Finds a tag that loads the widget from elsewhere.
fn other_proxy(markup: &Markup, proxy: &Url) -> Option<Finding> {
    let tag = markup.scripts.iter().find(|tag| tag.src.path().ends_with(path::WIDGET_JS))?;
    Some(page::tag_of_another(&tag.src, without_slash(proxy), snippet(proxy)))
}

fn missing(proxy: &Url, html: &str, response: &TimedResponse) -> Finding {
    let script = with_path(proxy, path::WIDGET_JS);
    let without_scheme = script.as_str().split_once(':').map_or("", |(_, rest)| rest);
    if html.contains(without_scheme) {
        return page::tag_as_text(snippet(proxy));
    }
    let cut = match response.end {
        BodyEnd::Whole => "",
        _ => " (as far as it was read: 2 MiB and 7 s at most)",
    };
    page::tag_missing(cut, snippet(proxy))
}

/// Finds a tag that does not run, or holds the page up.
fn loading(tag: &ScriptTag, proxy: &Url) -> Option<Finding> {
    if !tag.runs() {
        return Some(page::tag_type(tag.attribute("type").unwrap_or_default()));
    }
    tag.blocks().then(|| page::tag_blocks(snippet(proxy)))
}
