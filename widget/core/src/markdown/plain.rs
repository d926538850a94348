//! The words alone, for screen readers and labels.

use std::rc::Rc;

use super::{Block, Inline};

/// Returns the words of a document without any mark, a line for each block.
#[must_use]
pub fn plain(blocks: &[Rc<Block>]) -> String {
    let mut out = String::new();
    add_blocks(blocks, &mut out);
    out
}

fn add_blocks(blocks: &[Rc<Block>], out: &mut String) {
    for block in blocks {
        match block.as_ref() {
            Block::Paragraph(text) | Block::Note(text) | Block::Heading { text, .. } => add(text, out),
            Block::Code { text, .. } => out.push_str(text),
            Block::List { items, .. } => items.iter().for_each(|item| add_blocks(&item.blocks, out)),
            Block::Quote(blocks) => add_blocks(blocks, out),
            Block::Table { head, rows, .. } => {
                for row in std::iter::once(head).chain(rows) {
                    for cell in row.iter() {
                        add(cell, out);
                        out.push(' ');
                    }
                    out.push('\n');
                }
            }
            Block::Rule => {}
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }
}

/// Adds the words of a running text.
pub(super) fn add(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Styled(_, inner) | Inline::Link { label: inner, .. } => add(inner, out),
            Inline::Break => out.push('\n'),
        }
    }
}
