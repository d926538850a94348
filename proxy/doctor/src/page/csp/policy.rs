//! Policies as headers and `<meta>` write them (CSP Level 3, section 2.2).

use super::source_list::SourceList;

/// The place of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PolicySource {
    /// The response header.
    Header,
    /// A `<meta http-equiv>`, in which some directives do not count.
    Meta,
}

/// A policy: directives in lower case, the first of a name counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(super) source: PolicySource,
    directives: Vec<(String, Vec<String>)>,
}

impl Policy {
    /// Parses a header's value or a `content` attribute: policies stand between commas, all of them hold.
    pub(crate) fn parse(text: &str, source: PolicySource) -> Vec<Self> {
        let policies = text
            .split(',')
            .map(|policy| Self { source, directives: policy.split(';').filter_map(directive).collect() });
        policies.filter(|policy| !policy.directives.is_empty()).collect()
    }

    /// Returns the sources of a directive.
    pub(super) fn find(&self, name: &str) -> Option<SourceList<'_>> {
        let found = self.directives.iter().find(|(known, _)| known == name);
        found.map(|(_, sources)| SourceList::new(sources))
    }

    /// Returns the first of the directives that is there: it alone decides.
    pub(super) fn effective(&self, names: &[&'static str]) -> Option<(&'static str, SourceList<'_>)> {
        names.iter().find_map(|name| Some((*name, self.find(name)?)))
    }
}

fn directive(text: &str) -> Option<(String, Vec<String>)> {
    let mut words = text.split_ascii_whitespace();
    let name = words.next()?.to_ascii_lowercase();
    Some((name, words.map(str::to_owned).collect()))
}
