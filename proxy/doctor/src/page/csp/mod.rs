//! Content-Security-Policy: the script, the assets and the frame of the widget against the policies of a page.
//!
//! Over the crate `content-security-policy` 0.9: of the 110 rows in our tests it judges 7 otherwise than browsers do
//! (the case of `'nonce-` and of sandbox flags, `'self'` and `http://…:80` of a page that upgrades, hashes in Base64url,
//! `wss:`, IPv6), takes port 99999 for the default one (in debug builds it panics), and brings 11 crates along.

mod policy;
mod source_list;
#[cfg(test)]
mod tests;

use porthole_protocol::path;
use url::Url;

use crate::address::with_path;
pub(crate) use policy::{Policy, PolicySource};

use source_list::SourceList;

/// The widget on a page.
#[derive(Debug)]
pub(crate) struct Embedding<'a> {
    /// The page's address.
    pub(crate) page: &'a Url,
    /// The proxy's origin as an address.
    pub(crate) proxy: &'a Url,
    /// The tag, where the page's own markup has one; a script inserts it otherwise.
    pub(crate) tag: Option<TagTrust<'a>>,
}

/// The nonce and the hashes for which a policy may trust a tag.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TagTrust<'a> {
    pub(crate) nonce: Option<&'a str>,
    pub(crate) integrity: Option<&'a str>,
}

/// A need of the widget that a policy may refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Requirement {
    /// `/widget.js`.
    Script,
    /// `/assets/…/host.js`, which it loads.
    Assets,
    /// `/frame`.
    Frame,
    /// Any script: the page is sandboxed without `allow-scripts`.
    AnyScript,
    /// An origin: the page is sandboxed without `allow-same-origin`.
    Origin,
}

/// A policy that refuses a need.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) requirement: Requirement,
    /// The directive that decides.
    pub(crate) directive: &'static str,
    /// `true` where it lists nothing, so that an addition replaces its `'none'`.
    pub(crate) is_empty: bool,
    /// `true` where `'strict-dynamic'` makes it ignore addresses.
    pub(crate) strict_dynamic: bool,
    pub(crate) source: PolicySource,
}

const SCRIPT: &[&str] = &["script-src-elem", "script-src", "default-src"];
const FRAME: &[&str] = &["frame-src", "child-src", "default-src"];

/// Finds every need of the widget that a policy refuses.
pub(crate) fn violations(policy: &Policy, embedding: &Embedding<'_>) -> Vec<Violation> {
    let mut found = sandbox(policy);
    let tag = script(policy, embedding, Requirement::Script);
    // Where the tag itself is refused, its assets need no finding of their own.
    found.extend(tag.or_else(|| script(policy, embedding, Requirement::Assets)));
    found.extend(frame(policy, embedding));
    found
}

fn sandbox(policy: &Policy) -> Vec<Violation> {
    let header = Some(policy).filter(|policy| policy.source == PolicySource::Header);
    let Some(flags) = header.and_then(|policy| policy.find("sandbox")) else {
        return Vec::new();
    };
    let flags_needed =
        [("allow-scripts", Requirement::AnyScript), ("allow-same-origin", Requirement::Origin)];
    flags_needed
        .into_iter()
        .filter(|(flag, _)| !flags.contains(flag))
        .map(|(_, requirement)| violation(policy, requirement, "sandbox", flags))
        .collect()
}

fn script(policy: &Policy, embedding: &Embedding<'_>, requirement: Requirement) -> Option<Violation> {
    let (directive, sources) = policy.effective(SCRIPT)?;
    let address = if requirement == Requirement::Assets {
        with_path(embedding.proxy, &format!("{}/0123456789abcdef/host.js", path::ASSETS))
    } else {
        with_path(embedding.proxy, path::WIDGET_JS)
    };
    let trust = embedding.tag.unwrap_or_default();
    // A script that is loaded by `import()` has the nonce of the script that loads it, but not its hash.
    let has_nonce = trust.nonce.is_some_and(|nonce| sources.has_nonce(nonce));
    let hashes = trust.integrity.filter(|_| requirement == Requirement::Script);
    let permitted = if has_nonce || hashes.is_some_and(|hashes| sources.has_hashes(hashes)) {
        true
    } else if sources.contains("'strict-dynamic'") {
        embedding.tag.is_none()
    } else {
        sources.matches(&address, embedding.page)
    };
    (!permitted).then(|| violation(policy, requirement, directive, sources))
}

fn frame(policy: &Policy, embedding: &Embedding<'_>) -> Option<Violation> {
    let (directive, sources) = policy.effective(FRAME)?;
    let permitted = sources.matches(&with_path(embedding.proxy, path::FRAME), embedding.page);
    (!permitted).then(|| violation(policy, Requirement::Frame, directive, sources))
}

fn violation(
    policy: &Policy,
    requirement: Requirement,
    directive: &'static str,
    sources: SourceList<'_>,
) -> Violation {
    let is_script = matches!(requirement, Requirement::Script | Requirement::Assets);
    Violation {
        requirement,
        directive,
        is_empty: sources.is_empty(),
        strict_dynamic: is_script && sources.contains("'strict-dynamic'"),
        source: policy.source,
    }
}
