//! Blocks out of lines. Each line is read once, by the blocks that are open.

use std::mem;
use std::rc::Rc;

use super::code::{CODE_INDENT, OpenCode};
use super::cut::{byte, find_last, part, rest, trim};
use super::line::Line;
use super::reference::{self, Definition, References};
use super::{Align, Block, Inline, Item, Row, Style, TextEnd, inline, table, work};

/// Quotes and lists within each other; deeper marks are text.
const MAX_DEPTH: u8 = 8;
/// Blocks, items and rows in one block, and bytes in one paragraph: a longer one is continued in a new
/// one, so that the cost of the open block has a bound.
const MAX_CHILDREN: usize = 128;
const MAX_PARAGRAPH: usize = 8 * 1024;

/// The blocks of one level: those that are closed, and the one that may still grow.
#[derive(Clone, Default)]
pub(super) struct Scan {
    pub out: Vec<Rc<Block>>,
    /// The definitions in these blocks, which are not shown.
    pub definitions: Vec<Definition>,
    leaf: Leaf,
    depth: u8,
    pub references: Rc<References>,
    /// `true` once a line began at the margin: what is indented from then on is meant to be.
    has_margin: bool,
    /// The pieces that the open paragraph was already cut into.
    pieces: u32,
}

#[derive(Clone, Default)]
enum Leaf {
    #[default]
    None,
    Paragraph(String),
    Code(OpenCode),
    Table(Table),
    Quote(Box<Scan>),
    List(Box<List>),
}

#[derive(Clone)]
struct Table {
    align: Rc<Vec<Align>>,
    head: Rc<Row>,
    rows: Vec<Rc<Row>>,
    references: Rc<References>,
    /// The last row as text: its cells are read when it is known to be whole.
    last: String,
}

#[derive(Clone)]
struct List {
    mark: u8,
    start: Option<u32>,
    loose: bool,
    items: Vec<Rc<Item>>,
    task: Option<bool>,
    offset: usize,
    /// `true` after a blank line.
    blank: bool,
    scan: Scan,
}

impl Scan {
    /// Reads a text whose links may mean these.
    pub(super) fn new(references: Rc<References>) -> Self {
        Self { references, ..Self::default() }
    }

    /// Reads a whole line, without its newline.
    pub(super) fn line(&mut self, whole: &str) {
        work::add(whole.len() + 1);
        let line = Line::new(whole);
        if !self.continue_leaf(&line) {
            self.close(TextEnd::Final);
            self.start(&line);
        }
    }

    /// Offers a line to the open block; returns `false` if the block ends before it.
    fn continue_leaf(&mut self, line: &Line<'_>) -> bool {
        match &mut self.leaf {
            Leaf::None => line.is_blank(),
            Leaf::Code(code) => {
                let continues = code.continue_with(line);
                if code.is_closed() {
                    self.close(TextEnd::Final);
                }
                continues
            }
            Leaf::Table(table) => {
                if table.rows.len() >= MAX_CHILDREN {
                    self.out.push(Rc::new(table.block()));
                }
                table.continue_with(line, self.depth)
            }
            Leaf::Quote(scan) => {
                if scan.out.len() >= MAX_CHILDREN {
                    return false;
                }
                let inner = line.quoted();
                let lazy = scan.is_lazy() && !line.is_blank() && !starts(line, self.depth);
                match inner {
                    Some(inner) => scan.line(inner),
                    None if lazy => scan.line(line.text),
                    None => return false,
                }
                true
            }
            Leaf::List(list) => list.continue_with(line, self.depth),
            Leaf::Paragraph(_) => self.continue_paragraph(line),
        }
    }

    fn continue_paragraph(&mut self, line: &Line<'_>) -> bool {
        let Leaf::Paragraph(text) = &mut self.leaf else {
            return false;
        };
        if let Some(level) = line.underline() {
            let text = inline::parse(trim(text), TextEnd::Final, &self.references);
            self.leaf = Leaf::None;
            self.out.push(Rc::new(Block::Heading { level, text }));
            return true;
        }
        if let Some(align) = table::delimiters(line) {
            let (before, head) = last_line(text);
            let columns = table::cells(head).len();
            if table::has_bar(head) && columns == align.len() && table::can_be_columns(columns) {
                let head = Rc::new(table::row(head, columns, TextEnd::Final, &self.references));
                self.leaf = Leaf::Paragraph(before.into());
                self.close(TextEnd::Final);
                let (align, references) = (Rc::new(align), Rc::clone(&self.references));
                let (rows, last) = (Vec::new(), String::new());
                self.leaf = Leaf::Table(Table { align, head, rows, references, last });
                return true;
            }
        }
        let weak = line.marker().is_some_and(|m| m.content.is_empty() || m.number.is_some_and(|n| n != 1));
        if line.is_blank() || starts(line, self.depth) && !weak {
            return false;
        }
        if text.len() >= MAX_PARAGRAPH {
            self.piece(line.text);
        } else {
            text.push('\n');
            text.push_str(line.text);
        }
        true
    }

    /// Continues a paragraph that is too long in a new one.
    pub(super) fn piece(&mut self, text: &str) {
        self.close(TextEnd::Final);
        self.pieces += 1;
        self.leaf = Leaf::Paragraph(text.into());
    }

    /// Begins a block, with none open.
    fn start(&mut self, line: &Line<'_>) {
        self.pieces = 0;
        let has_margin = self.has_margin;
        self.has_margin |= line.indent < CODE_INDENT;
        if let Some(code) = OpenCode::begin(line, has_margin) {
            self.leaf = Leaf::Code(code);
        } else if let Some((level, text)) = line.heading() {
            self.out.push(Rc::new(Block::Heading {
                level,
                text: inline::parse(text, TextEnd::Final, &self.references),
            }));
        } else if line.is_rule() {
            self.out.push(Rc::new(Block::Rule));
        } else if self.depth < MAX_DEPTH
            && let Some(inner) = line.quoted()
        {
            let mut scan = self.inner();
            scan.line(inner);
            self.leaf = Leaf::Quote(Box::new(scan));
        } else if self.depth < MAX_DEPTH
            && let Some(marker) = line.marker()
        {
            let mut list = List {
                mark: marker.mark,
                start: marker.number,
                loose: false,
                items: Vec::new(),
                task: None,
                offset: marker.offset,
                blank: false,
                scan: self.inner(),
            };
            list.begin_item(marker.content);
            self.leaf = Leaf::List(Box::new(list));
        } else if let Some(definition) = Definition::read(line.start(), &self.references.page) {
            self.definitions.push(definition);
            // An item that is nothing else is one of a list of sources.
            if self.depth > 0 && self.out.is_empty() {
                self.leaf = Leaf::Paragraph(line.text.into());
            }
        } else if !line.is_blank() {
            self.leaf = Leaf::Paragraph(line.text.into());
        }
    }

    fn inner(&self) -> Self {
        Self { depth: self.depth + 1, ..Self::new(Rc::clone(&self.references)) }
    }

    /// Ends the open block.
    pub(super) fn close(&mut self, ending: TextEnd) {
        let block = match mem::take(&mut self.leaf) {
            Leaf::None => return,
            Leaf::Paragraph(text) => return self.close_paragraph(trim(&text), ending),
            Leaf::Code(code) => code.block(),
            Leaf::Table(mut table) => {
                table.end_row(ending);
                table.block()
            }
            Leaf::Quote(mut scan) => {
                scan.close(ending);
                self.definitions.append(&mut scan.definitions);
                Block::Quote(scan.out)
            }
            Leaf::List(mut list) => {
                list.end_item(ending);
                self.definitions.append(&mut list.scan.definitions);
                Block::List { start: list.start, tight: !list.loose, items: list.items }
            }
        };
        self.out.push(Rc::new(block));
    }

    fn close_paragraph(&mut self, text: &str, ending: TextEnd) {
        let (before, last) = last_line(text);
        if ending == TextEnd::Growing && byte(last, 0) == b'|' && !table::has_bar(before) {
            // Most probably the head of a table whose second line is still to come.
            self.close_paragraph(before, TextEnd::Final);
            let head = table::row(last, usize::MAX, ending, &self.references);
            let align = Rc::new(vec![Align::Natural; head.len()]);
            self.out.push(Rc::new(Block::Table { align, head: Rc::new(head), rows: Vec::new() }));
            return;
        }
        if let Some((label, words)) = reference::note(text) {
            self.definitions.push(Definition::note(label));
            let mut note = vec![
                Inline::Styled(Style::Superscript, vec![Inline::Text(rest(label, 1).into())]),
                Inline::Text(" ".into()),
            ];
            note.append(&mut inline::parse(words, ending, &self.references));
            self.out.push(Rc::new(Block::Note(note)));
            return;
        }
        let inlines = inline::parse_piece(text, ending, &self.references, self.pieces);
        if !inlines.is_empty() {
            self.out.push(Rc::new(Block::Paragraph(inlines)));
        }
    }

    /// Returns the fence of the code that is open at the end, at any depth.
    pub(super) fn fence(&self) -> Option<u8> {
        match &self.leaf {
            Leaf::Code(code) => code.fence(),
            Leaf::Quote(scan) => scan.fence(),
            Leaf::List(list) => list.scan.fence(),
            Leaf::None | Leaf::Paragraph(_) | Leaf::Table(_) => None,
        }
    }

    /// Returns `true` where a paragraph is open at the end, which any line of text continues.
    fn is_lazy(&self) -> bool {
        match &self.leaf {
            Leaf::Paragraph(_) => true,
            Leaf::Quote(scan) => scan.is_lazy(),
            Leaf::List(list) => !list.blank && list.scan.is_lazy(),
            Leaf::None | Leaf::Code(_) | Leaf::Table(_) => false,
        }
    }
}

/// Returns `true` where a line begins a block other than a paragraph.
fn starts(line: &Line<'_>, depth: u8) -> bool {
    line.fence().is_some()
        || line.heading().is_some()
        || line.is_rule()
        || Definition::read(line.start(), "").is_some_and(|definition| definition.href.is_some())
        || reference::note(line.start()).is_some()
        || depth < MAX_DEPTH && (line.quoted().is_some() || line.marker().is_some())
}

/// Splits a text into its last line and the lines before it.
fn last_line(text: &str) -> (&str, &str) {
    match find_last(text, b'\n') {
        Some(at) => (part(text, 0, at), rest(text, at + 1)),
        None => ("", text),
    }
}

impl Table {
    fn continue_with(&mut self, line: &Line<'_>, depth: u8) -> bool {
        if !table::has_bar(line.text) || starts(line, depth) {
            return false;
        }
        self.end_row(TextEnd::Final);
        self.last.push_str(line.text);
        true
    }

    /// Makes a table of the rows so far; those that follow make another one with the same head.
    fn block(&mut self) -> Block {
        Block::Table { align: self.align.clone(), head: self.head.clone(), rows: mem::take(&mut self.rows) }
    }

    fn end_row(&mut self, ending: TextEnd) {
        if !self.last.is_empty() {
            self.rows.push(Rc::new(table::row(&self.last, self.head.len(), ending, &self.references)));
            self.last.clear();
        }
    }
}

impl List {
    fn continue_with(&mut self, line: &Line<'_>, depth: u8) -> bool {
        if self.scan.out.len() >= MAX_CHILDREN {
            return false;
        }
        if line.is_blank() {
            self.scan.line("");
            self.blank = true;
            return true;
        }
        let next = line.marker().filter(|m| m.mark == self.mark && !line.is_rule());
        // Below a number two columns are enough: so it is written, whatever the rules say.
        if self.start.is_some() && next.is_none() && line.indent >= 2 {
            self.offset = self.offset.min(line.indent);
        }
        if line.indent >= self.offset {
            self.loose |= self.blank && matches!(self.scan.leaf, Leaf::None) && !self.scan.out.is_empty();
            self.scan.line(line.outdent(self.offset));
        } else if let Some(marker) = next {
            if self.items.len() + 1 >= MAX_CHILDREN {
                return false;
            }
            self.loose |= self.blank;
            self.end_item(TextEnd::Final);
            self.offset = marker.offset;
            self.begin_item(marker.content);
        } else if !self.blank && self.scan.is_lazy() && !starts(line, depth) {
            self.scan.line(line.text);
        } else {
            return false;
        }
        self.blank = false;
        true
    }

    fn begin_item(&mut self, content: &str) {
        self.task = None;
        let mut content = content;
        if byte(content, 0) == b'[' && byte(content, 2) == b']' && byte(content, 3) == b' ' {
            self.task = match byte(content, 1) {
                b' ' => Some(false),
                b'x' | b'X' => Some(true),
                _ => None,
            };
        }
        if self.task.is_some() {
            content = rest(content, 4);
        }
        self.scan.line(content);
    }

    fn end_item(&mut self, ending: TextEnd) {
        self.scan.close(ending);
        let blocks = mem::take(&mut self.scan.out);
        self.items.push(Rc::new(Item { task: self.task, blocks }));
    }
}
