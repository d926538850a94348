//! Running text as nodes.

use porthole_widget_core::markdown::{Inline, Style};

use crate::nodes::Nodes;

/// Adds running text.
pub(crate) fn inlines(pieces: &[Inline], nodes: &mut Nodes) {
    for piece in pieces {
        inline(piece, nodes);
    }
}

fn inline(piece: &Inline, nodes: &mut Nodes) {
    match piece {
        Inline::Text(words) => nodes.words("span", &[], words),
        // With a direction of its own it says nothing about that of the words around it.
        Inline::Code(words) => nodes.words("code", &[("dir", "ltr")], words),
        Inline::Break => nodes.empty("br", &[]),
        Inline::Link { href, label, shown_host } => link(href, label, shown_host.as_deref(), nodes),
        Inline::Styled(style, pieces) => running(tag_of(*style), pieces, nodes),
    }
}

/// Adds an element of running text; words alone need no element of their own in it.
pub(crate) fn running(tag: &str, pieces: &[Inline], nodes: &mut Nodes) {
    if let [Inline::Text(words)] = pieces {
        return nodes.words(tag, &[], words);
    }
    nodes.open(tag, &[]);
    inlines(pieces, nodes);
    nodes.close();
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
fn link(href: &str, label: &[Inline], shown_host: Option<&str>, nodes: &mut Nodes) {
    nodes.open("a", &[("href", href), ("target", "_blank"), ("rel", "noopener noreferrer nofollow ugc")]);
    inlines(label, nodes);
    nodes.close();
    if let Some(host) = shown_host {
        nodes.words("span", &[("class", "host")], &[" (", host, ")"].concat());
    }
}
