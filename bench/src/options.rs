//! The words after `cargo xtask bench`.

use std::path::PathBuf;

use crate::error::{Attempt, BenchResult};

/// The words that are understood.
pub(crate) const USAGE: &str = "\
cargo xtask bench [options]

  --quick         one short round of each case: under a minute, for a first look
  --only PREFIX   the measures whose names begin so: proxy, widget, proxy.json, widget.open
  --json FILE     writes the measures as JSON
  --compare FILE  prints what changed since such a file was written
  --strict        fails where a bar is missed; without it a missed bar is only marked";

/// The choices for one run.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// The release binary under test.
    pub(crate) binary: PathBuf,
    /// Rather soon than exactly.
    pub(crate) quick: bool,
    pub(crate) strict: bool,
    only: Option<String>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) compare: Option<PathBuf>,
}

impl Options {
    /// Reads the words behind `run`: the binary, then the options.
    pub(crate) fn parse(words: &[&str]) -> BenchResult<Self> {
        let (binary, mut rest) = words.split_first().attempt("find the path of the binary")?;
        let mut options = Self { binary: PathBuf::from(binary), ..Self::default() };
        while let Some((word, behind)) = rest.split_first() {
            rest = match (*word, behind) {
                ("--quick", _) => options.set(|it| it.quick = true, behind),
                ("--strict", _) => options.set(|it| it.strict = true, behind),
                ("--only", [value, behind @ ..]) => options.set(|it| it.only = Some((*value).into()), behind),
                ("--json", [value, behind @ ..]) => options.set(|it| it.json = Some(value.into()), behind),
                ("--compare", [value, behind @ ..]) => {
                    options.set(|it| it.compare = Some(value.into()), behind)
                }
                _ => return Err(format!("`{word}` is not understood here\n\n{USAGE}").into()),
            };
        }
        Ok(options)
    }

    /// Tells if some measure whose name begins with `prefix` is asked for.
    pub(crate) fn wants(&self, prefix: &str) -> bool {
        let only = self.only.as_deref().unwrap_or_default();
        only.starts_with(prefix) || prefix.starts_with(only)
    }

    fn set<'a>(&mut self, set: impl FnOnce(&mut Self), rest: &'a [&'a str]) -> &'a [&'a str] {
        set(self);
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_order_and_unknown_ones_named() {
        let options =
            Options::parse(&["porthole", "--only", "proxy.json", "--quick", "--json", "a.json"]).unwrap();
        assert!(options.quick && !options.strict && options.json == Some("a.json".into()));
        for (prefix, expected) in
            [("proxy", true), ("proxy.json.16", true), ("widget", false), ("proxy.burst", false)]
        {
            assert_eq!(options.wants(prefix), expected, "{prefix}");
        }
        for words in [&["porthole", "--json"][..], &["porthole", "--fast"], &[]] {
            assert!(Options::parse(words).is_err(), "{words:?}");
        }
    }
}
