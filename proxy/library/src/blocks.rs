//! Cuts of a long section, between paragraphs, list items, table rows or sentences.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::markdown;
use crate::tokenizer;

/// The words from which a passage takes no further block.
const FULL_WORDS: usize = 80;
/// The most words of a passage, give or take a table's head.
const MAX_WORDS: usize = 200;

/// Cuts a section into pieces, of 80 to 200 words where the text allows it, none of them empty.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let whole = text.trim_matches('\n').trim_end();
    if tokenizer::count_words(whole) <= MAX_WORDS {
        return if whole.trim().is_empty() { Vec::new() } else { vec![whole.to_owned()] };
    }
    let blocks = blocks(text).into_iter().flat_map(|block| block.parts(text));
    join(blocks)
}

/// Joins short blocks into passages.
fn join(blocks: impl Iterator<Item = String>) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    for block in blocks {
        let words = tokenizer::count_words(&block);
        let is_full = length >= FULL_WORDS || length + words > MAX_WORDS;
        if is_full && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            length = 0;
        }
        if !piece.is_empty() {
            piece.push_str("\n\n");
        }
        piece.push_str(&block);
        length += words;
    }
    pieces.extend(Some(piece).filter(|piece| !piece.trim().is_empty()));
    pieces
}

/// An outermost block of Markdown.
struct Block {
    range: Range<usize>,
    kind: BlockKind,
}

/// The kind of a block decides where it may be cut.
enum BlockKind {
    Prose,
    /// Cut between its items, which begin at these offsets.
    List(Vec<usize>),
    /// Cut between rows; every part repeats the two lines of the head.
    Table,
    /// Cut between lines; every part is fenced again, with this language.
    Code(String),
}

/// Finds the outermost blocks of a text.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(text, markdown::options()).into_offset_iter() {
        match &event {
            Event::Start(tag) if depth == 0 => {
                let kind = BlockKind::from_tag(tag);
                blocks.push(Block { range, kind });
            }
            Event::Start(Tag::Item) if depth == 1 => {
                if let Some(BlockKind::List(items)) = blocks.last_mut().map(|block| &mut block.kind) {
                    items.push(range.start);
                }
            }
            _ => {}
        }
        depth += usize::from(matches!(event, Event::Start(_)));
        depth = depth.saturating_sub(usize::from(matches!(event, Event::End(_))));
    }
    blocks
}

impl BlockKind {
    fn from_tag(tag: &Tag<'_>) -> Self {
        match tag {
            Tag::List(_) => Self::List(Vec::new()),
            Tag::Table(_) => Self::Table,
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Self::Code(info.to_string()),
            Tag::CodeBlock(CodeBlockKind::Indented) => Self::Code(String::new()),
            _ => Self::Prose,
        }
    }
}

impl Block {
    fn parts(self, text: &str) -> Vec<String> {
        let Some(block) = text.get(self.range.clone()) else {
            return Vec::new();
        };
        let block = block.trim_end();
        if tokenizer::count_words(block) <= MAX_WORDS {
            return vec![block.to_owned()];
        }
        match self.kind {
            BlockKind::Prose => sentences(block),
            BlockKind::List(items) => {
                let cuts = items.iter().skip(1).map(|item| item.saturating_sub(self.range.start));
                gather(split_at(block, cuts).into_iter())
            }
            BlockKind::Table => table(block),
            BlockKind::Code(language) => code(block, &language),
        }
    }
}

fn split_at(text: &str, cuts: impl Iterator<Item = usize>) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for cut in cuts.chain([text.len()]) {
        parts.extend(text.get(start..cut));
        start = cut;
    }
    parts
}

/// Joins consecutive parts up to the greatest length; a longer part is cut between words.
fn gather<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut gathered = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    for part in parts.flat_map(cut_between_words) {
        let words = tokenizer::count_words(part);
        if length + words > MAX_WORDS && length > 0 {
            gathered.push(std::mem::take(&mut piece).trim_end().to_owned());
            length = 0;
        }
        piece.push_str(part);
        length += words;
    }
    gathered.push(piece.trim_end().to_owned());
    gathered.retain(|piece| !piece.trim().is_empty());
    gathered
}

fn cut_between_words(part: &str) -> Vec<&str> {
    use unicode_segmentation::UnicodeSegmentation;
    let ends = part.unicode_word_indices().skip(MAX_WORDS).step_by(MAX_WORDS).map(|(start, _)| start);
    split_at(part, ends)
}

fn sentences(text: &str) -> Vec<String> {
    use unicode_segmentation::UnicodeSegmentation;
    gather(text.unicode_sentences())
}

fn table(text: &str) -> Vec<String> {
    let head: usize = text.split_inclusive('\n').take(2).map(str::len).sum();
    let (head, rows) = text.split_at(head);
    gather(rows.split_inclusive('\n')).into_iter().map(|rows| format!("{head}{rows}")).collect()
}

fn code(text: &str, language: &str) -> Vec<String> {
    let is_fence = |line: &str| line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
    let lines = text.split_inclusive('\n').filter(|line| !is_fence(line));
    gather(lines).into_iter().map(|lines| format!("```{language}\n{lines}\n```")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Vec<String> {
        let pieces = pieces(text);
        for piece in &pieces {
            assert!(tokenizer::count_words(piece) <= MAX_WORDS + 20 && !piece.trim().is_empty(), "{piece:?}");
        }
        pieces
    }

    #[test]
    fn a_long_section_is_cut_between_paragraphs() {
        let paragraph = "Lamps are made by hand and they last. ".repeat(6);
        let pieces = check(&format!("{}\n\n", paragraph.trim()).repeat(8));
        assert_eq!(pieces.len(), 4);
        assert!(pieces.iter().all(|piece| piece.ends_with("last.")));
    }

    #[test]
    fn a_long_paragraph_is_cut_between_sentences() {
        let pieces = check(&"Lamps are made by hand and they last. ".repeat(60));
        assert!(pieces.len() > 1 && pieces.iter().all(|piece| piece.ends_with("last.")), "{pieces:?}");
    }

    #[test]
    fn a_long_list_is_cut_between_items_and_stays_a_list() {
        let pieces = check(&"- a lamp of brass and oak\n  with two lines\n".repeat(60));
        assert!(pieces.len() > 1 && pieces.iter().all(|piece| piece.starts_with("- a lamp")), "{pieces:?}");
    }

    #[test]
    fn every_part_of_a_long_table_has_the_tables_head() {
        let pieces = check(&format!(
            "| Lamp | Light |\n|---|---|\n{}",
            "| Linden table | six watts of it |\n".repeat(60)
        ));
        assert!(
            pieces.len() > 1
                && pieces.iter().all(|piece| piece.starts_with("| Lamp | Light |\n|---|---|\n| Linden"))
        );
    }

    #[test]
    fn every_part_of_long_code_is_fenced() {
        let pieces = check(&format!("```sh\n{}```\n", "cargo xtask run the whole thing\n".repeat(60)));
        assert!(pieces.len() > 1);
        assert!(
            pieces.iter().all(|piece| piece.starts_with("```sh\ncargo") && piece.ends_with("thing\n```"))
        );
    }

    #[test]
    fn a_text_without_an_end_is_cut_all_the_same() {
        assert!(check(&"lamp ".repeat(5_000)).len() > 20);
        assert!(check(&"灯".repeat(3_000)).len() > 10);
    }
}
