use std::rc::Rc;

use super::visible_text::is_unseen;
use crate::input::{self, Choices};
use crate::markdown::{Block, Document, Inline, parse, plain, work};

/// Steps for a byte that any text may take, as the widget's own tests bound it.
const STEPS_PER_BYTE: usize = 200;
/// Steps that even a short text may take.
const STEPS_AT_LEAST: usize = 4_000;
/// Blocks within blocks, and runs within runs: what a browser still draws without trouble.
const MAX_DEPTH: usize = 64;

/// Parses a reply: in linear time, alike however it arrives, and links lead to the web, to mail and to telephones.
pub fn markdown(input: &[u8]) {
    let (mut choices, body) = Choices::before(input, 1);
    let (size, given) = (choices.below(32) + 1, input::text(body));
    let _before = work::take();
    let whole = parse(&given);
    let took = work::take();
    assert!(took <= STEPS_AT_LEAST + STEPS_PER_BYTE * given.len(), "{took} steps for {} bytes", given.len());

    let mut growing = Document::new();
    let mut rest = &*given;
    while !rest.is_empty() {
        let (piece, more) = rest.split_at(rest.floor_char_boundary(size.max(4)));
        growing.push(piece);
        check_blocks(growing.open(), 0);
        rest = more;
    }
    growing.finish(&given);
    assert_eq!(growing.blocks(), whole, "in pieces of {size}");
    check_blocks(&whole, 0);
    assert!(!plain(&whole).chars().any(is_unseen));
}

fn check_blocks(blocks: &[Rc<Block>], depth: usize) {
    assert!(depth < MAX_DEPTH, "{depth} blocks deep");
    for block in blocks {
        match &**block {
            Block::Paragraph(text) | Block::Note(text) => check_inlines(text, depth),
            Block::Heading { level, text } => {
                assert!((1..=6).contains(level));
                check_inlines(text, depth);
            }
            Block::List { items, .. } => items.iter().for_each(|item| check_blocks(&item.blocks, depth + 1)),
            Block::Quote(blocks) => check_blocks(blocks, depth + 1),
            Block::Table { align, head, rows } => {
                assert_eq!(align.len(), head.len());
                for row in rows.iter().chain([head]) {
                    assert!(row.len() <= head.len());
                    row.iter().for_each(|cell| check_inlines(cell, depth));
                }
            }
            Block::Code { .. } | Block::Rule => {}
        }
    }
}

fn check_inlines(inlines: &[Inline], depth: usize) {
    assert!(depth < MAX_DEPTH, "{depth} runs deep");
    for inline in inlines {
        match inline {
            Inline::Text(_) | Inline::Code(_) | Inline::Break => {}
            Inline::Styled(_, inner) => check_inlines(inner, depth + 1),
            Inline::Link { href, label, .. } => {
                let schemes = ["https:", "http:", "mailto:", "tel:"];
                let lower = href.to_ascii_lowercase();
                assert!(schemes.iter().any(|scheme| lower.starts_with(scheme)), "{href}");
                assert!(!href.contains(|c: char| c.is_control() || is_unseen(c)), "{href:?}");
                let nested = |inline: &Inline| matches!(inline, Inline::Link { .. });
                assert!(!label.iter().any(nested), "a link in a link");
                check_inlines(label, depth + 1);
            }
        }
    }
}
