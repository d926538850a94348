//! Blocks as nodes.

use std::rc::Rc;

use yew::Html;

use super::copy_button;
use super::element::{Fixed, classed, el, el_with, is, list, of_words, text};
use super::inline::{inlines, running};
use porthole_widget_core::markdown::{Align, Block, Item, Row};
use porthole_widget_core::words::{TASK_DONE, TASK_OPEN};

/// Shows a block and what is in it.
pub(super) fn block(shown: &Block) -> Html {
    let (tag, inner) = match shown {
        Block::Paragraph(words) | Block::Note(words) => return running("p", words),
        Block::Quote(blocks) => ("blockquote", blocks.iter().map(|inner| block(inner)).collect()),
        Block::Rule => ("hr", vec![]),
        Block::Heading { level, text } => return heading(*level, inlines(text)),
        Block::Code { language, text, .. } => return code(language, text),
        Block::List { start, tight, items } => return items_of(*start, *tight, items),
        Block::Table { align, head, rows } => return table(align, head, rows),
    };
    el(tag, AUTO, inner)
}

/// Quotes and lists stand on the side where the first words in them begin. The style sheet gives each text in them, and
/// each paragraph, the direction of its own first letter outside code.
const AUTO: Fixed = &[("dir", is("auto"))];

/// All are one below the panel's own heading: a reply may begin with any level, and order must hold.
fn heading(level: u8, words: Vec<Html>) -> Html {
    let class = match level {
        1 => "h h1",
        2 => "h h2",
        _ => "h",
    };
    el_with("p", &["role", "class", "aria-level"], &["heading", class, "2"], words)
}

fn code(language: &str, words: &str) -> Html {
    let head = el("div", &[], vec![text(language), copy_button()]);
    let code = el("pre", &[("tabindex", is("0"))], vec![of_words("code", words)]);
    classed("div", "code", vec![head, code])
}

fn items_of(start: Option<u32>, tight: bool, items: &[Rc<Item>]) -> Html {
    let items = items.iter().map(|shown| item(shown, tight)).collect();
    match start {
        None => el("ul", AUTO, items),
        Some(first) => el_with("ol", &["dir", "start"], &["auto", &first.to_string()], items),
    }
}

fn item(shown: &Item, tight: bool) -> Html {
    let mut inside = Vec::new();
    let mut class = "";
    if let Some(done) = shown.task {
        class = "task";
        let values = if done { ["img", "box done", TASK_DONE] } else { ["img", "box", TASK_OPEN] };
        inside.push(el_with("span", &["role", "class", "aria-label"], &values, vec![]));
    }
    for inner in &shown.blocks {
        match &**inner {
            // A tight list's paragraphs are bare text.
            Block::Paragraph(words) if tight => inside.push(list(inlines(words))),
            inner => inside.push(block(inner)),
        }
    }
    classed("li", class, inside)
}

fn table(align: &[Align], head: &Row, rows: &[Rc<Row>]) -> Html {
    let head = el("thead", &[], vec![row("th", align, head)]);
    let rows = el("tbody", &[], rows.iter().map(|cells| row("td", align, cells)).collect());
    let table = el("table", &[], vec![head, rows]);
    el("div", &[("class", is("table")), ("tabindex", is("0")), ("dir", is("auto"))], vec![table])
}

fn row(tag: &'static str, align: &[Align], cells: &Row) -> Html {
    let cell = |(column, words): (usize, &Vec<_>)| {
        let class = match align.get(column) {
            Some(Align::Centre) => "center",
            Some(Align::Right) => "right",
            Some(Align::Left) => "left",
            Some(Align::Natural) | None => "",
        };
        classed(tag, class, inlines(words))
    };
    el("tr", &[], cells.iter().enumerate().map(cell).collect())
}
