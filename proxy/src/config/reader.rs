//! Reads typed values out of the settings' texts and gathers every mistake on the way.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use secrecy::{ExposeSecret as _, SecretString};

use super::Mistake;
use super::setting::Setting;
use super::source::Source;

/// Reads settings one after another; a mistake is noted and reading goes on.
pub(super) struct Reader<'a> {
    source: &'a Source,
    pub(super) mistakes: Vec<Mistake>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Self {
            source,
            mistakes: Vec::new(),
        }
    }

    /// Notes what is wrong with a setting.
    pub(super) fn object(&mut self, setting: &Setting, what: impl Display) {
        self.mistakes.push(Mistake::new(setting, what));
    }

    /// Notes that a setting is required; one that could not be read is not missing.
    pub(super) fn miss(&mut self, setting: &Setting, what: impl Display) {
        if !self.has_objected(setting) {
            self.object(setting, what);
        }
    }

    /// Whether something is wrong with a setting, as far as was read.
    pub(super) fn has_objected(&self, setting: &Setting) -> bool {
        let mut mistakes = self.mistakes.iter();
        mistakes.any(|mistake| mistake.place() == setting.name)
    }

    /// The text of a secret. What keeps it from being read is noted once, however often it is asked for.
    pub(super) fn secret(&mut self, setting: &Setting) -> Option<SecretString> {
        self.source.secret(setting).unwrap_or_else(|mistake| {
            if !self.mistakes.contains(&mistake) {
                self.mistakes.push(mistake);
            }
            None
        })
    }

    /// The text of a setting without the white space around it.
    pub(super) fn text(&mut self, setting: &Setting) -> Option<String> {
        self.secret(setting)
            .map(|text| text.expose_secret().trim().to_owned())
    }

    /// The non-empty entries of a comma-separated list.
    pub(super) fn list(&mut self, setting: &Setting) -> Vec<String> {
        let text = self.text(setting).unwrap_or_default();
        text.split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// A value that parses; `expected` completes "expected …". A mistake gives `None`.
    pub(super) fn parsed<T: FromStr>(&mut self, setting: &Setting, expected: &str) -> Option<T> {
        let text = self.text(setting)?;
        let value = text.parse().ok();
        if value.is_none() {
            self.object(setting, format_args!("expected {expected}"));
        }
        value
    }

    /// A whole number within a range; a mistake gives the range's start.
    pub(super) fn number<T>(&mut self, setting: &Setting, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let text = self.text(setting).unwrap_or_default();
        match text.parse() {
            Ok(value) if range.contains(&value) => value,
            _ => {
                self.object(
                    setting,
                    format_args!(
                        "expected a whole number from {} to {}",
                        range.start(),
                        range.end()
                    ),
                );
                *range.start()
            }
        }
    }

    /// `true` or `false`; `None` where nothing is set.
    pub(super) fn switch(&mut self, setting: &Setting) -> Option<bool> {
        self.choice(
            setting,
            &[("true", true), ("false", false), ("1", true), ("0", false)],
        )
    }

    /// One of a few words; `None` where nothing is set or the word is not among them.
    pub(super) fn choice<T: Copy>(&mut self, setting: &Setting, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(setting)?;
        let found = words
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(&text))
            .map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.object(setting, format_args!("expected one of: {}", known.join(", ")));
        }
        found
    }
}
