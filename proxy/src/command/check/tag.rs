//! The tag on a page: is it there, is it ours, does it run?

use porthole_domain::site::SiteId;
use porthole_protocol::path;
use url::Url;

use super::fetch::Fetched;
use super::finding::Finding;
use super::markup::{Markup, ScriptTag};

/// The first tag that loads the widget of this proxy.
pub(super) fn find<'a>(markup: &'a Markup, proxy: &Url) -> Option<&'a ScriptTag> {
    markup.scripts.iter().find(|tag| is_ours(tag, proxy))
}

fn is_ours(tag: &ScriptTag, proxy: &Url) -> bool {
    tag.src.origin() == proxy.origin() && tag.src.path() == path::WIDGET_JS
}

/// Judges the tag, or that there is none.
pub(super) fn judge(markup: &Markup, proxy: &Url, html: &str, fetched: &Fetched) -> Vec<Finding> {
    let Some(tag) = find(markup, proxy) else {
        let elsewhere = elsewhere(markup, proxy, &fetched.url);
        return vec![elsewhere.unwrap_or_else(|| missing(proxy, html, fetched))];
    };
    let mut findings = vec![Finding::ok("page.tag", "The page has the tag.")];
    findings.extend(twice(markup, proxy));
    findings.extend(attributes(tag, proxy));
    findings.extend(unknown_site(tag));
    findings
}

/// The tag as it should be.
fn snippet(proxy: &Url) -> String {
    let origin = proxy.origin().ascii_serialization();
    format!("<script async src=\"{origin}{}\"></script>", path::WIDGET_JS)
}

/// A tag that is meant for a widget, and loads none of ours.
fn elsewhere(markup: &Markup, proxy: &Url, page: &Url) -> Option<Finding> {
    let mut scripts = markup.scripts.iter();
    let own = scripts.find(|tag| tag.src.origin() == proxy.origin());
    if let Some(own) = own.filter(|_| page.origin() != proxy.origin()) {
        return Some(Finding::problem(
            "page.tag_path",
            format!("The page loads {}, where this proxy has no script.", own.src),
            format!("Use {}.", snippet(proxy)),
        ));
    }
    let mut scripts = markup.scripts.iter();
    let alike = scripts.find(|tag| tag.src.path().ends_with(path::WIDGET_JS))?;
    Some(Finding::problem(
        "page.tag_of_another",
        format!(
            "The page loads {}, which is not this proxy's ({}).",
            alike.src,
            proxy.origin().ascii_serialization()
        ),
        format!("Use {}, or correct PUBLIC_URL.", snippet(proxy)),
    ))
}

fn missing(proxy: &Url, html: &str, fetched: &Fetched) -> Finding {
    let host = proxy.origin().ascii_serialization();
    let host = host.split_once("//").map_or("", |(_, host)| host);
    if html.contains(&format!("//{host}{}", path::WIDGET_JS)) {
        return Finding::warning(
            "page.tag_as_text",
            "The tag's address is in the page, but in no tag that runs: it stands in a script, a comment, <noscript> or <template>, or it is escaped.",
            format!(
                "Where a script inserts the tag, this is as it should be; otherwise let the page's markup have {}.",
                snippet(proxy)
            ),
        );
    }
    let cut = if fetched.cut {
        " (as far as it was read: 1 MiB and 7 s at most)"
    } else {
        ""
    };
    Finding::warning(
        "page.tag_missing",
        format!("The tag is not in the page's markup{cut}."),
        format!(
            "Paste {} before </body>; where a tag manager or an app inserts it, this is as it should be.",
            snippet(proxy)
        ),
    )
}

fn twice(markup: &Markup, proxy: &Url) -> Option<Finding> {
    let tags = markup.scripts.iter().filter(|tag| is_ours(tag, proxy));
    (tags.count() > 1).then(|| {
        Finding::warning(
            "page.tag_twice",
            "The page has the tag more than once: the first counts, whatever the others say.",
            "Keep one: look into the template, the plugins and the tag manager.",
        )
    })
}

fn attributes(tag: &ScriptTag, proxy: &Url) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !tag.runs() {
        let kind = tag.attribute("type").unwrap_or_default();
        findings.push(Finding::warning(
            "page.tag_type",
            format!("The tag has type=\"{kind}\": browsers do not run it."),
            "Take `type` out; where a consent manager puts it right after the visitor agrees, this is as it should be.",
        ));
    } else if tag.blocks() {
        findings.push(Finding::warning(
            "page.tag_blocks",
            "The tag has no `async`: the page waits for it.",
            format!("Write {}.", snippet(proxy)),
        ));
    }
    if tag.attribute("integrity").is_some() {
        findings.push(Finding::warning(
            "page.tag_integrity",
            "The tag has an `integrity` attribute: the next version of the widget will not load.",
            "Take the attribute out.",
        ));
    }
    findings
}

fn unknown_site(tag: &ScriptTag) -> Option<Finding> {
    let site = tag.attribute("data-site")?;
    (site != SiteId::default().as_str()).then(|| {
        Finding::problem(
            "page.unknown_site",
            format!("The tag names the site \"{site}\", which does not exist."),
            "Take `data-site` out.",
        )
    })
}
