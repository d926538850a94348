//! Running text as nodes.

use yew::{Html, html};

use crate::markdown::Inline;

/// Shows running text.
pub(super) fn inlines(text: &[Inline]) -> Html {
    text.iter().map(inline).collect()
}

fn inline(piece: &Inline) -> Html {
    match piece {
        Inline::Text(text) => html! { { text } },
        Inline::Code(text) => html! { <code>{ text }</code> },
        Inline::Emphasis(text) => html! { <em>{ inlines(text) }</em> },
        Inline::Strong(text) => html! { <strong>{ inlines(text) }</strong> },
        Inline::Strike(text) => html! { <s>{ inlines(text) }</s> },
        Inline::Break => html! { <br /> },
        Inline::Link {
            href,
            label,
            shown_host,
        } => html! {
            <>
                <a href={href.clone()} target="_blank" rel="noopener noreferrer nofollow ugc">{ inlines(label) }</a>
                if let Some(host) = shown_host {
                    <span class="host">{ " (" }{ host }{ ")" }</span>
                }
            </>
        },
    }
}
