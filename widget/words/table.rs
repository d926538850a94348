//! A table of words: a line `key = words` each. Build scripts and xtask read this file by its path.

/// Returns the entries of a table.
pub(crate) fn entries(table: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(" = "))
}
