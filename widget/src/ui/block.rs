//! Blocks as nodes. Each top-level block is a component, so that a frozen one is never rendered again.

use std::rc::Rc;

use yew::{Component, Context, Html, Properties, classes, html};

use super::copy_button;
use super::inline::inlines;
use crate::markdown::{Align, Block, Item, Row};
use crate::words;

/// A block of a reply.
#[derive(Debug)]
pub(super) struct BlockView;

/// The block to show.
#[derive(Clone, Debug, Properties)]
pub(super) struct Shown {
    pub block: Rc<Block>,
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.block, &other.block)
    }
}

impl Component for BlockView {
    type Message = ();
    type Properties = Shown;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, context: &Context<Self>) -> Html {
        block(&context.props().block)
    }
}

fn block(shown: &Block) -> Html {
    match shown {
        Block::Paragraph(text) => html! { <p>{ inlines(text) }</p> },
        Block::Heading { level, text } => heading(*level, inlines(text)),
        Block::Code { language, text, .. } => code(language, text),
        Block::List { start, tight, items } => list(*start, *tight, items),
        Block::Quote(blocks) => {
            html! { <blockquote>{ for blocks.iter().map(|inner| block(inner)) }</blockquote> }
        }
        Block::Table { align, head, rows } => table(align, head, rows),
        Block::Rule => html! { <hr /> },
    }
}

/// One below the panel's own heading; the look follows the level, not the element.
fn heading(level: u8, text: Html) -> Html {
    let look = match level {
        1 => "h h1",
        2 => "h h2",
        _ => "h",
    };
    let below = match level {
        1 => "2",
        2 => "3",
        _ => "4",
    };
    html! { <p class={look} role="heading" aria-level={below}>{ text }</p> }
}

fn code(language: &str, text: &str) -> Html {
    html! {
        <div class="code">
            <div><span>{ language }</span>{ copy_button(words::COPY) }</div>
            <pre tabindex="0"><code>{ text }</code></pre>
        </div>
    }
}

fn list(start: Option<u32>, tight: bool, items: &[Rc<Item>]) -> Html {
    let items = items.iter().map(|shown| item(shown, tight)).collect::<Html>();
    match start {
        None => html! { <ul>{ items }</ul> },
        Some(1) => html! { <ol>{ items }</ol> },
        Some(first) => html! { <ol start={first.to_string()}>{ items }</ol> },
    }
}

fn item(shown: &Item, tight: bool) -> Html {
    let class = classes!(shown.task.map(|_| "task"));
    html! {
        <li {class}>
            if let Some(done) = shown.task {
                <span class={if done { "box done" } else { "box" }} role="img" aria-label={if done { "done" } else { "to do" }} />
            }
            { for shown.blocks.iter().map(|inner| within(inner, tight)) }
        </li>
    }
}

/// A tight list's paragraphs are bare text.
fn within(shown: &Block, tight: bool) -> Html {
    match shown {
        Block::Paragraph(text) if tight => inlines(text),
        _ => block(shown),
    }
}

fn table(align: &[Align], head: &Row, rows: &[Rc<Row>]) -> Html {
    let class = |column: usize| match align.get(column) {
        Some(Align::Centre) => Some("center"),
        Some(Align::Right) => Some("right"),
        Some(Align::Left) => Some("left"),
        Some(Align::Natural) | None => None,
    };
    let head = head.iter().enumerate();
    let head = head.map(
        |(column, text)| html! { <th scope="col" class={classes!(class(column))}>{ inlines(text) }</th> },
    );
    let row = |row: &Rc<Row>| {
        let cells = row.iter().enumerate();
        let cells =
            cells.map(|(column, text)| html! { <td class={classes!(class(column))}>{ inlines(text) }</td> });
        html! { <tr>{ for cells }</tr> }
    };
    html! {
        <div class="table" tabindex="0" role="group">
            <table>
                <thead><tr>{ for head }</tr></thead>
                <tbody>{ for rows.iter().map(row) }</tbody>
            </table>
        </div>
    }
}
