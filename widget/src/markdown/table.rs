//! Rows of tables.

use super::line::{Line, byte, part, trim};
use super::{Align, Ending, Row, inline};

/// More columns are no table: a row of two bytes could otherwise make thousands of cells.
const MAX_COLUMNS: usize = 64;

/// Reads the line under a head: one alignment per column.
pub(super) fn delimiters(line: &Line<'_>) -> Option<Vec<Align>> {
    if line.indent > 3 || !line.text.contains('|') {
        return None;
    }
    cells(line.text)
        .into_iter()
        .map(|cell| alignment(&cell))
        .collect()
}

fn alignment(cell: &str) -> Option<Align> {
    let (left, dashes) = cell
        .strip_prefix(':')
        .map_or((false, cell), |dashes| (true, dashes));
    let (right, dashes) = dashes
        .strip_suffix(':')
        .map_or((false, dashes), |dashes| (true, dashes));
    if dashes.is_empty() || dashes.bytes().any(|b| b != b'-') {
        return None;
    }
    Some(match (left, right) {
        (true, true) => Align::Centre,
        (true, false) => Align::Left,
        (false, true) => Align::Right,
        (false, false) => Align::Natural,
    })
}

/// Splits a row into its cells: `\|` is a bar within one.
pub(super) fn cells(row: &str) -> Vec<String> {
    let row = trim(row);
    let row = row.strip_prefix('|').unwrap_or(row);
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
pub(super) fn row(text: &str, columns: usize, ending: Ending) -> Row {
    let cells = cells(text);
    let last = cells.len() - 1;
    let each = cells.iter().take(columns).enumerate();
    each.map(|(at, cell)| inline::parse(cell, if at == last { ending } else { Ending::Final }))
        .collect()
}

/// Whether so many columns make a table.
pub(super) const fn is_sane(columns: usize) -> bool {
    columns <= MAX_COLUMNS
}
