//! Running text as nodes.

use yew::Html;

use super::element::{classed, el, el_with, is, list, text};
use porthole_widget_core::markdown::{Inline, Style};

/// Shows running text.
pub(super) fn inlines(pieces: &[Inline]) -> Vec<Html> {
    pieces.iter().map(inline).collect()
}

fn inline(piece: &Inline) -> Html {
    let (tag, inner) = match piece {
        Inline::Text(words) => return text(words),
        // With a direction of its own it says nothing about that of the words around it.
        Inline::Code(words) => return el("code", &[("dir", is("ltr"))], vec![text(words)]),
        Inline::Break => ("br", vec![]),
        Inline::Link { href, label, shown_host } => return link(href, label, shown_host.as_deref()),
        Inline::Styled(style, pieces) => (tag_of(*style), inlines(pieces)),
    };
    el(tag, &[], inner)
}

const fn tag_of(style: Style) -> &'static str {
    match style {
        Style::Emphasis => "em",
        Style::Strong => "strong",
        Style::Strike => "s",
        Style::Superscript => "sup",
        Style::Subscript => "sub",
        Style::Code => "code",
        Style::Mark => "mark",
        Style::Underline => "u",
    }
}

/// Links lead out of the chat, and say where to if the label looks like another place.
fn link(href: &str, label: &[Inline], shown_host: Option<&str>) -> Html {
    let values = [href, "_blank", "noopener noreferrer nofollow ugc"];
    let link = el_with("a", &["href", "target", "rel"], &values, inlines(label));
    match shown_host {
        None => link,
        Some(host) => list(vec![link, classed("span", "host", vec![text(&[" (", host, ")"].concat())])]),
    }
}
