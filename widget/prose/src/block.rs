//! Blocks as nodes.

use std::rc::Rc;

use porthole_widget_core::markdown::{Align, Block, Inline, Item, Row};
use porthole_widget_core::words::{TASK_DONE, TASK_OPEN};

use crate::inline::{inlines, running};
use crate::nodes::{Attributes, Nodes};

/// Quotes and lists stand on the side where the first words in them begin. The style sheet gives each text in them, and
/// each paragraph, the direction of its own first letter outside code.
const AUTO: Attributes<'_> = &[("dir", "auto")];

/// Adds a block and what is in it.
pub(crate) fn block(shown: &Block, nodes: &mut Nodes) {
    match shown {
        Block::Paragraph(words) | Block::Note(words) => running("p", words, nodes),
        Block::Quote(blocks) => {
            nodes.open("blockquote", AUTO);
            for inner in blocks {
                block(inner, nodes);
            }
            nodes.close();
        }
        Block::Rule => nodes.empty("hr", &[]),
        Block::Heading { level, text } => heading(*level, text, nodes),
        Block::Code { language, text, .. } => code(language, text, nodes),
        Block::List { start, tight, items } => list(*start, *tight, items, nodes),
        Block::Table { align, head, rows } => table(align, head, rows, nodes),
    }
}

/// All are one below the panel's own heading: a reply may begin with any level, and order must hold.
fn heading(level: u8, words: &[Inline], nodes: &mut Nodes) {
    let class = match level {
        1 => "h h1",
        2 => "h h2",
        _ => "h",
    };
    nodes.open("p", &[("role", "heading"), ("class", class), ("aria-level", "2")]);
    inlines(words, nodes);
    nodes.close();
}

fn code(language: &str, words: &str, nodes: &mut Nodes) {
    nodes.open("div", &[("class", "code")]);
    nodes.open("div", &[]);
    nodes.words("span", &[], language);
    nodes.empty(COPY_BUTTON, &[]);
    nodes.close();
    nodes.open("pre", &[("tabindex", "0")]);
    nodes.words("code", &[], words);
    nodes.close();
    nodes.close();
}

/// The button that copies code: no element, `prose.js` makes it.
const COPY_BUTTON: &str = "copy";

fn list(start: Option<u32>, tight: bool, items: &[Rc<Item>], nodes: &mut Nodes) {
    match start {
        None => nodes.open("ul", AUTO),
        Some(first) => nodes.open("ol", &[("dir", "auto"), ("start", &first.to_string())]),
    }
    for shown in items {
        item(shown, tight, nodes);
    }
    nodes.close();
}

fn item(shown: &Item, tight: bool, nodes: &mut Nodes) {
    nodes.open("li", &[("class", if shown.task.is_some() { "task" } else { "" })]);
    if let Some(done) = shown.task {
        let (class, name) = if done { ("box done", TASK_DONE) } else { ("box", TASK_OPEN) };
        nodes.empty("span", &[("role", "img"), ("class", class), ("aria-label", name)]);
    }
    for inner in &shown.blocks {
        match &**inner {
            // A tight list's paragraphs are bare text.
            Block::Paragraph(words) if tight => inlines(words, nodes),
            inner => block(inner, nodes),
        }
    }
    nodes.close();
}

fn table(align: &[Align], head: &Row, rows: &[Rc<Row>], nodes: &mut Nodes) {
    nodes.open("div", &[("class", "table"), ("tabindex", "0"), ("dir", "auto")]);
    nodes.open("table", &[]);
    nodes.open("thead", &[]);
    row("th", align, head, nodes);
    nodes.close();
    nodes.open("tbody", &[]);
    for cells in rows {
        row("td", align, cells, nodes);
    }
    nodes.close();
    nodes.close();
    nodes.close();
}

fn row(tag: &str, align: &[Align], cells: &Row, nodes: &mut Nodes) {
    nodes.open("tr", &[]);
    for (column, words) in cells.iter().enumerate() {
        let class = match align.get(column) {
            Some(Align::Centre) => "center",
            Some(Align::Right) => "right",
            Some(Align::Left) => "left",
            Some(Align::Natural) | None => "",
        };
        nodes.open(tag, &[("class", class)]);
        inlines(words, nodes);
        nodes.close();
    }
    nodes.close();
}
