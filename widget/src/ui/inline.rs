//! Running text as nodes.

use yew::Html;

use super::element::{classed, el, el_with, list, of_words, text};
use porthole_widget_core::markdown::{Inline, Style};

/// Shows running text.
pub(super) fn inlines(pieces: &[Inline]) -> Vec<Html> {
    pieces.iter().map(inline).collect()
}

fn inline(piece: &Inline) -> Html {
    match piece {
        Inline::Text(words) => text(words),
        // With a direction of its own it says nothing about that of the words around it.
        Inline::Code(words) => el_with("code", &["dir", "textContent"], &["ltr", words], vec![]),
        Inline::Break => running("br", &[]),
        Inline::Link { href, label, shown_host } => link(href, label, shown_host.as_deref()),
        Inline::Styled(style, pieces) => running(tag_of(*style), pieces),
    }
}

/// Makes an element of running text; words alone need no element of their own in it.
pub(super) fn running(tag: &'static str, pieces: &[Inline]) -> Html {
    match pieces {
        [Inline::Text(words)] => of_words(tag, words),
        _ => el(tag, &[], inlines(pieces)),
    }
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
