//! Reads typed values out of the settings' texts and gathers every mistake on the way.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use secrecy::{ExposeSecret as _, SecretString};

use crate::error::SettingError;
use crate::setting::{self, Setting};
use crate::source::SettingSource;

/// Reads settings one after another; after a mistake reading goes on.
pub(crate) struct SettingReader<'a> {
    source: &'a SettingSource,
    errors: Vec<SettingError>,
}

impl<'a> SettingReader<'a> {
    pub(crate) fn new(source: &'a SettingSource) -> Self {
        Self { source, errors: Vec::new() }
    }

    /// Returns all mistakes, in the order of [`setting::ALL`].
    pub(crate) fn into_errors(self) -> Vec<SettingError> {
        let mut errors = self.errors;
        errors.sort_by_key(|error| setting::ALL.iter().position(|known| known.name == error.place()));
        errors
    }

    /// Records a mistake in a setting.
    pub(crate) fn reject(&mut self, setting: &Setting, reason: impl Display) {
        self.errors.push(SettingError::new(setting, reason));
    }

    /// Records several mistakes in a setting.
    pub(crate) fn reject_each(&mut self, setting: &Setting, reasons: impl IntoIterator<Item = impl Display>) {
        for reason in reasons {
            self.reject(setting, reason);
        }
    }

    /// Records a missing setting as a mistake; one that was rejected is not missing.
    pub(crate) fn require(&mut self, setting: &Setting, reason: impl Display) {
        if self.secret(setting).is_none() && !self.is_rejected(setting) {
            self.reject(setting, reason);
        }
    }

    /// Returns `true` after a mistake in this setting.
    pub(crate) fn is_rejected(&self, setting: &Setting) -> bool {
        self.errors.iter().any(|error| error.place() == setting.name)
    }

    /// Reads the text of a secret. A file that cannot be read is recorded once, however often it is asked for.
    pub(crate) fn secret(&mut self, setting: &Setting) -> Option<SecretString> {
        self.source.secret(setting).unwrap_or_else(|error| {
            if !self.errors.contains(&error) {
                self.errors.push(error);
            }
            None
        })
    }

    /// Reads the text of a setting without the white space around it.
    pub(crate) fn text(&mut self, setting: &Setting) -> Option<String> {
        self.secret(setting).map(|text| text.expose_secret().trim().to_owned())
    }

    /// Reads the non-empty entries of a list with this separator.
    pub(crate) fn list(&mut self, setting: &Setting, separator: char) -> Vec<String> {
        let text = self.text(setting).unwrap_or_default();
        text.split(separator).map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
    }

    /// Reads a value that parses; `expected` completes "expected …". A mistake gives `None`.
    pub(crate) fn parsed<T: FromStr>(&mut self, setting: &Setting, expected: &str) -> Option<T> {
        let text = self.text(setting)?;
        let value = text.parse().ok();
        if value.is_none() {
            self.reject(setting, format_args!("expected {expected}"));
        }
        value
    }

    /// Reads a whole number within a range; a mistake gives the range's start.
    pub(crate) fn number<T>(&mut self, setting: &Setting, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let text = self.text(setting).unwrap_or_default();
        let (start, end) = (*range.start(), *range.end());
        match text.parse() {
            Ok(value) if range.contains(&value) => value,
            _ => {
                self.reject(setting, format_args!("expected a whole number from {start} to {end}"));
                start
            }
        }
    }

    /// Reads `true` or `false`; `None` where nothing is set.
    pub(crate) fn switch(&mut self, setting: &Setting) -> Option<bool> {
        self.choice(setting, &[("true", true), ("false", false), ("1", true), ("0", false)])
    }

    /// Reads one of a few words; `None` where nothing is set or the word is not among them.
    pub(crate) fn choice<T: Copy>(&mut self, setting: &Setting, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(setting)?;
        let mut matching = words.iter().filter(|(word, _)| word.eq_ignore_ascii_case(&text));
        let found = matching.next().map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.reject(setting, format_args!("expected one of: {}", known.join(", ")));
        }
        found
    }
}
