//! Entries of the list that stand for many origins.

use super::shared::{is_registry, is_shared};
use super::{OriginCause, is_name, is_port, parse_strictly};

/// An entry with a star, in one of three forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wildcard {
    /// The origin before the star.
    before: String,
    /// The origin behind it.
    behind: String,
    star: Star,
}

/// The part of an origin that a star stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Star {
    /// `https://*.example.com`: any depth of plain labels.
    Labels,
    /// `https://*-team.example.app`: the beginning of one label, as preview hosts have it.
    LabelStart,
    /// `http://localhost:*`: any port of this machine.
    Port,
}

impl Wildcard {
    pub(super) fn parse(entry: &str) -> Result<Self, OriginCause> {
        let (scheme, rest) = entry.split_once("://").ok_or(OriginCause::Scheme)?;
        if let Some(host) = rest.strip_suffix(":*") {
            return Self::parse_local(scheme, host);
        }
        let rest = rest.strip_prefix('*').ok_or(OriginCause::Wildcard)?;
        // Without a separator `*shop.example` would match `evilshop.example`.
        let star = if rest.starts_with('.') { Star::Labels } else { Star::LabelStart };
        let name = rest.trim_start_matches('-');
        let separator = &rest[..rest.len() - name.len()];
        let name = match star {
            Star::Labels => &name[1..],
            Star::LabelStart if separator.is_empty() || name.starts_with('.') => {
                return Err(OriginCause::Wildcard);
            }
            Star::LabelStart | Star::Port => name,
        };
        let separator = if star == Star::Labels { "." } else { separator };
        let url = parse_strictly(&format!("{scheme}://{name}"))?;
        let host =
            url.host_str().filter(|_| is_name(&url) && !name.contains(':')).ok_or(OriginCause::Wildcard)?;
        if is_open(host, star) {
            return Err(OriginCause::Shared);
        }
        Ok(Self { before: format!("{}://", url.scheme()), behind: format!("{separator}{host}"), star })
    }

    fn parse_local(scheme: &str, host: &str) -> Result<Self, OriginCause> {
        let origin = format!("{scheme}://{host}");
        let url = parse_strictly(&origin)?;
        if !matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
            return Err(OriginCause::Wildcard);
        }
        Ok(Self { before: url.origin().ascii_serialization(), behind: String::new(), star: Star::Port })
    }

    /// Returns the source of a policy that says the same; a policy knows no beginning of a label.
    pub(super) fn to_source(&self) -> Option<String> {
        match self.star {
            Star::Labels => Some(format!("{}*{}", self.before, self.behind)),
            Star::Port => Some(format!("{}:*", self.before)),
            Star::LabelStart => None,
        }
    }

    /// Tells if a serialised origin is one of those that the entry stands for.
    pub(super) fn matches(&self, origin: &str) -> bool {
        let inside = origin.strip_prefix(&*self.before).and_then(|rest| rest.strip_suffix(&*self.behind));
        inside.is_some_and(|inside| match self.star {
            Star::Labels => inside.split('.').all(is_plain_label),
            Star::LabelStart => is_plain_label(inside),
            Star::Port => {
                inside.is_empty() || inside.strip_prefix(':').is_some_and(|port| is_port(port.as_bytes()))
            }
        })
    }
}

/// Tells if a stranger may have a host that the star stands for. Platforms give the beginning of a label to anyone as well,
/// but with the operator's own ending behind it, which is why preview hosts have one.
fn is_open(host: &str, star: Star) -> bool {
    match star {
        Star::Labels => host != "localhost" && is_shared(host),
        Star::LabelStart => host.split_once('.').is_none_or(|(_, parent)| is_registry(parent)),
        Star::Port => false,
    }
}

fn is_plain_label(label: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    !label.is_empty() && label.bytes().all(plain)
}
