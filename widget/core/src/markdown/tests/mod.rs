//! The parser's results, written as short tags.

mod blocks;
mod cost;
mod growth;
mod html;
mod links;
mod spans;

use std::rc::Rc;

use super::{Align, Block, Inline, Style, parse};

/// Checks a table of texts and what they are.
fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|(text, expected)| (text, expected, show(&parse(text))))
        .filter(|(_, expected, got)| got != *expected)
        .map(|(text, expected, got)| format!("{text:?}\n  expected {expected}\n  got      {got}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn show(blocks: &[Rc<Block>]) -> String {
    blocks.iter().map(|block| show_block(block)).collect()
}

fn show_block(block: &Block) -> String {
    match block {
        Block::Paragraph(text) => format!("<p>{}</p>", show_inlines(text)),
        Block::Heading { level, text } => format!("<h{level}>{}</h{level}>", show_inlines(text)),
        Block::Code { language, text, closed } => {
            let open = if *closed { "" } else { " open" };
            format!("<pre {language}{open}>{text}</pre>")
        }
        Block::List { start, tight, items } => {
            let kind = start.map_or("ul".into(), |start| format!("ol {start}"));
            let loose = if *tight { "" } else { " loose" };
            let items: Vec<_> = items
                .iter()
                .map(|item| {
                    let task = match item.task {
                        None => "",
                        Some(false) => "[ ]",
                        Some(true) => "[x]",
                    };
                    format!("<li>{task}{}</li>", show(&item.blocks))
                })
                .collect();
            format!("<{kind}{loose}>{}</list>", items.concat())
        }
        Block::Note(text) => format!("<note>{}</note>", show_inlines(text)),
        Block::Quote(blocks) => format!("<q>{}</q>", show(blocks)),
        Block::Table { align, head, rows } => {
            let align: String = align
                .iter()
                .map(|align| match align {
                    Align::Natural => '-',
                    Align::Left => 'l',
                    Align::Centre => 'c',
                    Align::Right => 'r',
                })
                .collect();
            let rows: Vec<_> = std::iter::once(head)
                .chain(rows)
                .map(|row| {
                    let cells: Vec<_> = row.iter().map(|cell| show_inlines(cell)).collect();
                    format!("({})", cells.join("|"))
                })
                .collect();
            format!("<table {align}>{}</table>", rows.concat())
        }
        Block::Rule => "<hr>".into(),
    }
}

fn show_inlines(inlines: &[Inline]) -> String {
    inlines.iter().map(show_inline).collect()
}

fn show_inline(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) => text.clone(),
        Inline::Code(code) => format!("<code>{code}</code>"),
        Inline::Styled(style, inner) => {
            let tag = match style {
                Style::Emphasis => "em",
                Style::Strong => "b",
                Style::Strike => "s",
                Style::Superscript => "sup",
                Style::Subscript => "sub",
                Style::Code => "kbd",
                Style::Mark => "mark",
                Style::Underline => "u",
            };
            format!("<{tag}>{}</{tag}>", show_inlines(inner))
        }
        Inline::Link { href, label, shown_host } => {
            let host = shown_host.as_ref().map(|host| format!(" ({host})")).unwrap_or_default();
            format!("<a {href}>{}</a>{host}", show_inlines(label))
        }
        Inline::Break => "<br>".into(),
    }
}
