//! Rows of tables.

use super::cut::{byte, find, part, rest, skip, trim};
use super::line::Line;
use super::reference::References;
use super::{Align, Row, TextEnd, inline};

/// More columns are no table: a row of two bytes could otherwise make thousands of cells.
const MAX_COLUMNS: usize = 64;

/// Reads the line under a head: one alignment per column.
pub(super) fn delimiters(line: &Line<'_>) -> Option<Vec<Align>> {
    if line.indent > 3 || !has_bar(line.text) {
        return None;
    }
    let mut columns = Vec::new();
    for cell in &cells(line.text) {
        columns.push(alignment(cell)?);
    }
    Some(columns)
}

/// Returns `true` for a text with a bar.
pub(super) fn has_bar(text: &str) -> bool {
    find(text, 0, b"|") < text.len()
}

fn alignment(cell: &str) -> Option<Align> {
    let from = skip(cell, 0, b":");
    let to = skip(cell, from, b"-");
    let right = cell.len() - to;
    if from > 1 || right > 1 || from == to || right == 1 && byte(cell, to) != b':' {
        return None;
    }
    Some(match (from, right) {
        (0, 0) => Align::Natural,
        (_, 0) => Align::Left,
        (0, _) => Align::Right,
        _ => Align::Centre,
    })
}

/// Splits a row into its cells: `\|` is a bar within one.
pub(super) fn cells(row: &str) -> Vec<String> {
    let row = trim(row);
    let row = rest(row, usize::from(byte(row, 0) == b'|'));
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut from = 0;
    let mut at = 0;
    while at < row.len() && cells.len() <= MAX_COLUMNS {
        match byte(row, at) {
            b'\\' if byte(row, at + 1) == b'|' => {
                cell.push_str(part(row, from, at));
                from = at + 1;
                at += 1;
            }
            b'\\' => at += 1,
            b'|' => {
                cell.push_str(part(row, from, at));
                cells.push(trim(&cell).into());
                cell.clear();
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    cell.push_str(part(row, from, row.len()));
    if !trim(&cell).is_empty() || cells.is_empty() {
        cells.push(trim(&cell).into());
    }
    cells
}

/// Reads a row of at most so many cells; only the last cell may still grow.
pub(super) fn row(text: &str, columns: usize, ending: TextEnd, references: &References) -> Row {
    let mut row = Row::new();
    let cells = cells(text);
    for (at, cell) in cells.iter().enumerate() {
        let ending = if at + 1 == cells.len() { ending } else { TextEnd::Final };
        if at < columns {
            row.push(inline::parse(cell, ending, references));
        }
    }
    row
}

/// Returns `true` for a number of columns that a table may have.
pub(super) const fn can_be_columns(columns: usize) -> bool {
    columns <= MAX_COLUMNS
}
