//! The tag on a page: missing, another's, or with attributes that keep it from running.

use porthole_domain::site::SiteId;
use porthole_protocol::path;
use url::Url;

use super::markup::{Markup, ScriptTag};
use crate::address::{with_path, without_slash};
use crate::client::{BodyEnd, TimedResponse};
use crate::finding::{Finding, FindingCode};

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
    let mut findings = vec![FindingCode::PageTag.finding()];
    findings.extend(twice(markup, proxy));
    findings.extend(loading(tag, proxy));
    findings.extend(integrity(tag));
    findings.extend(unknown_site(tag));
    findings
}

/// Returns the right tag.
fn snippet(proxy: &Url) -> String {
    format!("<script async src=\"{}\"></script>", with_path(proxy, path::WIDGET_JS))
}

/// Finds a tag that loads something else from this proxy.
fn wrong_path(markup: &Markup, proxy: &Url, page: &Url) -> Option<Finding> {
    if page.origin() == proxy.origin() {
        return None;
    }
    let mut scripts = markup.scripts.iter();
    let tag = scripts.find(|tag| tag.src.origin() == proxy.origin())?;
    let message = format!("The page loads {}, where this proxy has no script.", tag.src);
    Some(FindingCode::PageTagPath.with_message(message).remedy(format!("Use {}.", snippet(proxy))))
}

/// Finds a tag that loads the widget from elsewhere.
fn other_proxy(markup: &Markup, proxy: &Url) -> Option<Finding> {
    let mut scripts = markup.scripts.iter();
    let tag = scripts.find(|tag| tag.src.path().ends_with(path::WIDGET_JS))?;
    let own = without_slash(proxy);
    let message = format!("The page loads {}, which is not this proxy's ({own}).", tag.src);
    let remedy = format!("Use {}, or correct PUBLIC_URL.", snippet(proxy));
    Some(FindingCode::PageTagOfAnother.with_message(message).remedy(remedy))
}

fn missing(proxy: &Url, html: &str, response: &TimedResponse) -> Finding {
    let script = with_path(proxy, path::WIDGET_JS);
    let without_scheme = script.as_str().split_once(':').map_or("", |(_, rest)| rest);
    if html.contains(without_scheme) {
        return as_text(proxy);
    }
    let cut = match response.end {
        BodyEnd::Whole => "",
        _ => " (as far as it was read: 2 MiB and 7 s at most)",
    };
    let message = format!("The tag is not in the page's markup{cut}.");
    FindingCode::PageTagMissing.with_message(message).remedy(format!(
        "Paste {} before </body>; where a tag manager or an app inserts it, this is as it should be.",
        snippet(proxy)
    ))
}

fn as_text(proxy: &Url) -> Finding {
    FindingCode::PageTagAsText.finding().remedy(format!(
        "Where a script inserts the tag, this is as it should be; otherwise let the page's markup have {}.",
        snippet(proxy)
    ))
}

fn twice(markup: &Markup, proxy: &Url) -> Option<Finding> {
    let tags = markup.scripts.iter().filter(|tag| is_ours(tag, proxy));
    (tags.count() > 1).then(|| FindingCode::PageTagTwice.finding())
}

/// Finds a tag that does not run, or holds the page up.
fn loading(tag: &ScriptTag, proxy: &Url) -> Option<Finding> {
    if !tag.runs() {
        let kind = tag.attribute("type").unwrap_or_default();
        let message = format!("The tag has type=\"{kind}\": browsers do not run it.");
        return Some(FindingCode::PageTagType.with_message(message));
    }
    tag.blocks().then(|| FindingCode::PageTagBlocks.finding().remedy(format!("Write {}.", snippet(proxy))))
}

fn integrity(tag: &ScriptTag) -> Option<Finding> {
    tag.attribute("integrity").map(|_| FindingCode::PageTagIntegrity.finding())
}

fn unknown_site(tag: &ScriptTag) -> Option<Finding> {
    let site = tag.attribute("data-site")?;
    (site != SiteId::default().as_str()).then(|| {
        FindingCode::PageUnknownSite
            .with_message(format!("The tag names the site \"{site}\", which does not exist."))
    })
}
