//! The Markdown that chats use, parsed while it arrives.
//!
//! A line is read once. Blocks that later text cannot change are frozen, so that a view draws
//! them once; only the open block at the end is built again for each piece.
//! Links by name and footnotes are complete at the end, when all definitions are known. Harmless HTML becomes the same
//! nodes, all other HTML is text, images are links, and nothing here ever makes markup: the view builds nodes.

mod address;
mod code;
mod cut;
mod document;
mod emphasis;
mod entity;
mod formula;
mod host;
mod html;
mod inline;
mod label;
mod line;
mod link;
mod plain;
mod reference;
mod scan;
mod table;
#[cfg(test)]
mod tests;
pub mod work;

use std::rc::Rc;

pub use document::{Document, parse, parse_on_page};
pub use plain::plain;

/// The end of a piece of text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextEnd {
    /// Nothing follows: marks without a partner are literal.
    Final,
    /// More will follow: marks without a partner count as if theirs came next.
    Growing,
}

/// A block of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// The heading's text.
        text: Vec<Inline>,
    },
    /// A fenced block of code.
    Code {
        /// The first word after the fence; empty if there is none.
        language: String,
        /// The code, each line with its newline.
        text: String,
        /// `true` once the closing fence has been read.
        closed: bool,
    },
    /// A list.
    List {
        /// The first number of an ordered list, `None` for bullets.
        start: Option<u32>,
        /// `true` if no blank line stands between its items.
        tight: bool,
        /// The items, in order.
        items: Vec<Rc<Item>>,
    },
    /// A footnote, which begins with its number.
    Note(Vec<Inline>),
    /// A quotation.
    Quote(Vec<Rc<Block>>),
    /// A table.
    Table {
        /// One alignment per column.
        align: Rc<Vec<Align>>,
        /// The cells of the head, as many as there are columns.
        head: Rc<Row>,
        /// The rows; one may have fewer cells than the head.
        rows: Vec<Rc<Row>>,
    },
    /// A thematic break.
    Rule,
}

/// The cells of one row of a table.
pub type Row = Vec<Vec<Inline>>;

/// An item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// `true` if the task is done; `None` if the item is no task.
    pub task: Option<bool>,
    /// The blocks in the item.
    pub blocks: Vec<Rc<Block>>,
}

/// The alignment of a column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// As the text runs.
    Natural,
    /// To the left.
    Left,
    /// Centred.
    Centre,
    /// To the right.
    Right,
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// Code within a line.
    Code(String),
    /// Text in a style.
    Styled(Style, Vec<Inline>),
    /// A link to an `https`, `http`, `mailto` or `tel` address.
    Link {
        /// The address, without control characters.
        href: String,
        /// The text of the link.
        label: Vec<Inline>,
        /// The host it really leads to, where the label looks like another one, or all addresses that a message
        /// would go to: shown beside the label.
        shown_host: Option<String>,
    },
    /// A line break: in a chat each break is meant.
    Break,
}

/// A style of running text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Emphasis.
    Emphasis,
    /// Strong emphasis.
    Strong,
    /// Text that was struck out.
    Strike,
    /// Raised text.
    Superscript,
    /// Lowered text.
    Subscript,
    /// Code, or a key, with text within that may be in a style again.
    Code,
    /// Marked text.
    Mark,
    /// Underlined text.
    Underline,
}
