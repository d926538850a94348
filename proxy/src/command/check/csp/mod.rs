//! Judges whether the policies of a page let the widget in: its script, the script that follows, and its frame.

mod source;
#[cfg(test)]
mod tests;

use url::Url;

use source::Sources;

/// Where a policy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The response header.
    Header,
    /// A `<meta http-equiv>`, in which some directives do not count.
    Meta,
}

/// One policy: directives in lower case, the first of a name counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    place: Place,
    directives: Vec<(String, Vec<String>)>,
}

impl Policy {
    /// Reads a header's value or a `content` attribute: policies stand between commas, all of them hold.
    pub(super) fn read(text: &str, place: Place) -> Vec<Self> {
        let policies = text.split(',').map(|policy| Self {
            place,
            directives: policy.split(';').filter_map(directive).collect(),
        });
        policies.filter(|policy| !policy.directives.is_empty()).collect()
    }

    fn find(&self, name: &str) -> Option<Sources<'_>> {
        let found = self.directives.iter().find(|(known, _)| known == name);
        found.map(|(_, sources)| Sources(sources))
    }

    /// The first of the directives that is there: it alone decides.
    fn effective(&self, names: &[&'static str]) -> Option<(&'static str, Sources<'_>)> {
        names.iter().find_map(|name| Some((*name, self.find(name)?)))
    }
}

fn directive(text: &str) -> Option<(String, Vec<String>)> {
    let mut words = text.split_ascii_whitespace();
    let name = words.next()?.to_ascii_lowercase();
    Some((name, words.map(str::to_owned).collect()))
}

/// The widget on a page.
#[derive(Debug)]
pub(super) struct Embedding<'a> {
    /// The page's address.
    pub(super) page: &'a Url,
    /// The proxy's origin as an address.
    pub(super) proxy: &'a Url,
    /// The tag, where the page's own markup has one; a script inserts it otherwise.
    pub(super) tag: Option<TagTrust<'a>>,
}

/// What a tag brings to be trusted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TagTrust<'a> {
    pub(super) nonce: Option<&'a str>,
    pub(super) integrity: Option<&'a str>,
}

/// What a policy does not permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
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

/// A policy that keeps the widget out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Objection {
    pub(super) need: Need,
    /// The directive that decides.
    pub(super) directive: &'static str,
    /// Whether it lists nothing, so that an addition replaces its `'none'`.
    pub(super) lists_nothing: bool,
    /// Whether `'strict-dynamic'` makes it ignore addresses.
    pub(super) strict_dynamic: bool,
    pub(super) place: Place,
}

const SCRIPT: &[&str] = &["script-src-elem", "script-src", "default-src"];
const FRAME: &[&str] = &["frame-src", "child-src", "default-src"];

/// Everything in a policy that keeps the widget out.
pub(super) fn objections(policy: &Policy, embedding: &Embedding<'_>) -> Vec<Objection> {
    let mut found = sandbox(policy);
    let script = script(policy, embedding, Need::Script);
    // Where the tag itself is refused, what it loads need not be told as well.
    found.extend(script.or_else(|| self::script(policy, embedding, Need::Assets)));
    found.extend(frame(policy, embedding));
    found
}

fn sandbox(policy: &Policy) -> Vec<Objection> {
    let Some(flags) = policy.find("sandbox").filter(|_| policy.place == Place::Header) else {
        return Vec::new();
    };
    let needs = [
        ("allow-scripts", Need::AnyScript),
        ("allow-same-origin", Need::Origin),
    ];
    let missing = needs.into_iter().filter(|(flag, _)| !flags.have(flag));
    missing
        .map(|(_, need)| objection(policy, need, "sandbox", flags))
        .collect()
}

fn script(policy: &Policy, embedding: &Embedding<'_>, need: Need) -> Option<Objection> {
    let (directive, sources) = policy.effective(SCRIPT)?;
    let path = match need {
        Need::Assets => "/assets/0123456789abcdef/host.js",
        Need::Script | Need::Frame | Need::AnyScript | Need::Origin => "/widget.js",
    };
    let trust = embedding.tag.unwrap_or_default();
    // A script that is loaded by `import()` has the nonce of the one that loads it, but not its hash.
    let trusted = trust.nonce.is_some_and(|nonce| sources.trust_nonce(nonce))
        || (need == Need::Script
            && trust
                .integrity
                .is_some_and(|hashes| sources.trust_integrity(hashes)));
    let permitted = trusted
        || if sources.have("'strict-dynamic'") {
            embedding.tag.is_none()
        } else {
            sources.list(&at(embedding.proxy, path), embedding.page)
        };
    (!permitted).then(|| objection(policy, need, directive, sources))
}

fn frame(policy: &Policy, embedding: &Embedding<'_>) -> Option<Objection> {
    let (directive, sources) = policy.effective(FRAME)?;
    let permitted = sources.list(&at(embedding.proxy, "/frame"), embedding.page);
    (!permitted).then(|| objection(policy, Need::Frame, directive, sources))
}

fn objection(policy: &Policy, need: Need, directive: &'static str, sources: Sources<'_>) -> Objection {
    let is_script = matches!(need, Need::Script | Need::Assets);
    Objection {
        need,
        directive,
        lists_nothing: sources.0.is_empty() || (sources.0.len() == 1 && sources.have("'none'")),
        strict_dynamic: is_script && sources.have("'strict-dynamic'"),
        place: policy.place,
    }
}

fn at(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(path);
    url
}
